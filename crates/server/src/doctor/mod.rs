//! Finds what is inconsistent in a database and mends what can be mended. Looks at one moment of
//! it, also beside a running server; mends only while no server has it open.

mod mend;

use crate::clock::Clock;
use crate::error::ServerError;
use crate::lock::Lock;
use reda_domain::scope::{Scope, Touched};
use reda_domain::{CardId, EnrollmentId, EntryId, HoldId, OperationId, PrintedCodeId, RequestId};
use reda_store::tables::audit::{self, Broken};
use reda_store::tables::{entries, holds};
use reda_store::{Db, Location, StoreError, Tx, ills};

/// Operations without a line that are named; there is no use in naming thousands.
const NAMED_MAX: i64 = 20;

/// Something inconsistent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ailment {
    EnrollmentWithoutCard(EnrollmentId),
    /// The card's balance is not what its entries add up to.
    BalanceOff {
        card: CardId,
        has: i64,
        entries: ills::Entries,
    },
    /// Points are set aside for a question that is closed.
    OrphanHold(HoldId),
    /// The card does not set aside what its open holds do.
    HeldOff {
        card: CardId,
        has: i64,
        holds: i64,
    },
    /// An award waited on a request that was accepted, and was not posted.
    AwardNotPosted {
        request: RequestId,
        award: EntryId,
    },
    /// A printed code is live for someone who is no member of the shop that gave it.
    PrintedCodeAstray(PrintedCodeId),
    /// A feed does not show a row that it should.
    Untold(Touched),
    /// A feed's head is behind what stands in the feed.
    HeadBehind {
        scope: Scope,
        newest: i64,
    },
    AuditBroken {
        scope: String,
        broken: Broken,
    },
    OperationWithoutLine {
        operation: OperationId,
        kind: String,
    },
}

impl Ailment {
    /// Whether it can be mended without asking anybody what is true.
    pub fn is_mendable(&self) -> bool {
        match self {
            Ailment::EnrollmentWithoutCard(_)
            | Ailment::OrphanHold(_)
            | Ailment::HeldOff { .. }
            | Ailment::AwardNotPosted { .. }
            | Ailment::PrintedCodeAstray(_)
            | Ailment::Untold(_)
            | Ailment::HeadBehind { .. } => true,
            Ailment::BalanceOff { entries, .. } => entries.are_sound(),
            // What was written cannot be known again; only a backup has it.
            Ailment::AuditBroken { .. } | Ailment::OperationWithoutLine { .. } => false,
        }
    }

    /// What is done about it, as the audit log names it.
    fn name(&self) -> &'static str {
        match self {
            Ailment::EnrollmentWithoutCard(_) => "enrollment_without_card",
            Ailment::BalanceOff { .. } => "balance_off",
            Ailment::OrphanHold(_) => "orphan_hold",
            Ailment::HeldOff { .. } => "held_off",
            Ailment::AwardNotPosted { .. } => "award_not_posted",
            Ailment::PrintedCodeAstray(_) => "printed_code_astray",
            Ailment::Untold(_) => "untold",
            Ailment::HeadBehind { .. } => "head_behind",
            Ailment::AuditBroken { .. } => "audit_broken",
            Ailment::OperationWithoutLine { .. } => "operation_without_line",
        }
    }
}

/// In words, for whoever runs the server.
impl std::fmt::Display for Ailment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Ailment::EnrollmentWithoutCard(id) => write!(f, "enrolment {id} has no card"),
            Ailment::BalanceOff { card, has, entries } if entries.are_sound() => {
                write!(f, "card {card} says {has} points, its entries add up to {}", entries.sum)
            }
            Ailment::BalanceOff { card, has, .. } => {
                write!(
                    f,
                    "card {card} says {has} points, and its entries disagree among themselves"
                )
            }
            Ailment::OrphanHold(id) => {
                write!(f, "hold {id} sets points aside for a question that is closed")
            }
            Ailment::HeldOff { card, has, holds } => {
                write!(f, "card {card} sets {has} points aside, its open holds {holds}")
            }
            Ailment::AwardNotPosted { request, award } => {
                write!(
                    f,
                    "award {award} waited on request {request}, which was accepted; it was not posted"
                )
            }
            Ailment::PrintedCodeAstray(id) => {
                write!(f, "printed code {id} is live for someone who is no member")
            }
            Ailment::Untold(it) => {
                write!(f, "the feed {} does not show {} {}", it.scope, it.entity.name(), it.id)
            }
            Ailment::HeadBehind { scope, newest } => {
                write!(f, "the head of feed {scope} is behind its newest number {newest}")
            }
            Ailment::AuditBroken { scope, broken } => {
                write!(f, "the audit chain {scope} is not as it was written: {}", in_words(*broken))
            }
            Ailment::OperationWithoutLine { operation, kind } => {
                write!(f, "operation {operation} ({kind}) has no line in the audit log")
            }
        }
    }
}

/// What is wrong with a line.
pub fn in_words(broken: Broken) -> String {
    match broken {
        Broken::Altered(n) => format!("line {n} was altered"),
        Broken::Missing(n) => format!("line {n} is missing"),
        Broken::CutOff(n) => format!("it ends before line {n}, which was written"),
        Broken::BeyondHead(n) => format!("line {n} is beyond the chain's end"),
    }
}

/// What the doctor found, and did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub found: Vec<Ailment>,
    /// Those of them that were mended.
    pub mended: Vec<Ailment>,
}

impl Report {
    /// Whether nothing is wrong any more.
    pub fn is_sound(&self) -> bool {
        self.found.len() == self.mended.len()
    }
}

/// Looks a database over, and mends it if asked.
pub async fn visit(
    database: &Location,
    repair: bool,
    clock: &Clock,
) -> Result<Report, ServerError> {
    let _lock = match database.file().filter(|_| repair) {
        Some(file) => Some(Lock::take(file)?),
        None => None,
    };
    let used = reda_store::usage(database).await?.filter(|_| repair);
    if used.is_some_and(|it| it.servers > 0) {
        return Err(ServerError::Locked { path: format!("{database:?}") });
    }
    let db = Db::open(database).await?;
    let report = if repair { mend::all(&db, clock).await } else { look(&db).await };
    db.close().await;
    Ok(report?)
}

/// Follows every audit chain to its end.
pub async fn chains(database: &Location) -> Result<Vec<audit::Chain>, ServerError> {
    let db = Db::open(database).await?;
    let mut tx = db.snapshot().await?;
    let chains = audit::verify_all(&mut tx).await?;
    drop(tx);
    db.close().await;
    Ok(chains)
}

async fn look(db: &Db) -> Result<Report, StoreError> {
    let mut tx = db.snapshot().await?;
    Ok(Report { found: examine(&mut tx).await?, mended: vec![] })
}

/// Everything that is inconsistent, in the order in which it is mended.
async fn examine(tx: &mut Tx) -> Result<Vec<Ailment>, StoreError> {
    let mut found = vec![];
    let behind = ills::behind(tx).await?;
    found.extend(behind.into_iter().map(|(scope, newest)| Ailment::HeadBehind { scope, newest }));
    let without = ills::without_card(tx).await?;
    found.extend(without.into_iter().map(Ailment::EnrollmentWithoutCard));
    for card in entries::disagreeing(tx).await? {
        let rows = reda_store::tables::cards::by_ids(tx, [card]).await?;
        let has = rows.first().map_or(0, |it| it.balance.0);
        let entries = ills::entries_of(tx, card).await?;
        found.push(Ailment::BalanceOff { card, has, entries });
    }
    let orphans = ills::orphan_holds(tx).await?;
    found.extend(orphans.into_iter().map(Ailment::OrphanHold));
    for card in holds::disagreeing(tx).await? {
        let rows = reda_store::tables::cards::by_ids(tx, [card]).await?;
        let has = rows.first().map_or(0, |it| it.held.0);
        let holds = ills::held_on(tx, card).await?;
        found.push(Ailment::HeldOff { card, has, holds });
    }
    let unposted = ills::unposted(tx).await?;
    let unposted = unposted.into_iter();
    found.extend(unposted.map(|(request, award)| Ailment::AwardNotPosted { request, award }));
    let astray = ills::astray_codes(tx).await?;
    found.extend(astray.into_iter().map(Ailment::PrintedCodeAstray));
    found.extend(ills::untold(tx).await?.into_iter().map(Ailment::Untold));
    for chain in audit::verify_all(tx).await? {
        let scope = chain.scope;
        found.extend(chain.broken.map(|broken| Ailment::AuditBroken { scope, broken }));
    }
    let unaudited = audit::unaudited(tx, NAMED_MAX).await?.into_iter();
    found.extend(
        unaudited.map(|(operation, kind)| Ailment::OperationWithoutLine { operation, kind }),
    );
    Ok(found)
}
