//! Lists of a business's customers: its members, and people met by a code whom an open request
//! asks. Every question is bounded by the business.

use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::tier::Band;
use reda_domain::{BusinessId, HandleId, ProgramId, Timestamp};
use uuid::Uuid;

/// More words of a search are not looked at.
const WORDS_MAX: usize = 6;
/// More handles that were merged into one are not looked for.
const MERGED_MAX: usize = 200;

/// Which customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Member,
    /// Whom an open request asks, members or not.
    Pending,
}

/// What a list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Beginnings of words, all of which a member must have. Who is no member has none.
    pub search: String,
    pub program: Option<ProgramId>,
    /// Only holders of a card in one of these; nobody where there is none.
    pub tiers: Option<Vec<Band>>,
    pub standing: Option<Standing>,
    pub visited_from: Option<Timestamp>,
    pub visited_before: Option<Timestamp>,
    /// Only who was not here since, or never.
    pub unseen_since: Option<Timestamp>,
}

/// By what a list is ordered; ids decide between equals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Name,
    LastVisit,
    Visits,
    Spend,
    Joined,
}

/// An order, one way or the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    pub by: By,
    pub descending: bool,
}

/// A customer's place in an order; the next page starts behind the last one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub value: Value,
    pub id: HandleId,
}

/// What a list is ordered by: a name, or a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Text(String),
    Number(i64),
}

impl By {
    fn column(self) -> &'static str {
        match self {
            By::Name => "c.listed_name",
            By::LastVisit => "COALESCE(c.last_visit_at_ms, 0)",
            By::Visits => "c.visits",
            By::Spend => "c.spend",
            By::Joined => "COALESCE(c.joined_at_ms, 0)",
        }
    }
}

/// A statement with the values of its holes.
struct Asked {
    sql: String,
    vals: Vec<Val>,
}

impl Asked {
    fn hole(&mut self, val: impl Into<Val>) -> String {
        self.vals.push(val.into());
        format!("${}", self.vals.len())
    }

    fn and(&mut self, condition: &str) {
        self.sql.push_str(" AND ");
        self.sql.push_str(condition);
    }
}

fn asked(columns: &str, business: BusinessId, filter: &Filter, now: Timestamp) -> Asked {
    let mut it = Asked { sql: String::new(), vals: vec![] };
    let (shop, now) = (it.hole(business.0), it.hole(now.0));
    let open = format!(
        "SELECT 1 FROM approval_requests r WHERE r.business_customer_id = c.id
         AND r.status = 'pending' AND r.expires_at_ms > {now}"
    );
    it.sql = format!(
        "SELECT {columns} FROM business_customers c
         WHERE c.business_id = {shop} AND c.ended_at_ms IS NULL
         AND (c.joined_at_ms IS NOT NULL OR EXISTS ({open}))"
    );
    for word in filter.search.split_whitespace().take(WORDS_MAX) {
        let pattern = it.hole(format!("% {}%", escaped(&word.to_lowercase())));
        it.and(&format!("c.search LIKE {pattern} ESCAPE '\\'"));
    }
    const HOLDS: &str = "EXISTS (SELECT 1 FROM loyalty_cards l
        WHERE l.business_customer_id = c.id AND l.ended_at_ms IS NULL";
    let program = filter.program.map(|program| it.hole(program.0));
    let (holds, is_asked) = match &program {
        Some(program) => (
            format!("{HOLDS} AND l.program_id = {program})"),
            format!("EXISTS ({open} AND r.program_id = {program})"),
        ),
        None => ("c.joined_at_ms IS NOT NULL".to_owned(), format!("EXISTS ({open})")),
    };
    match filter.standing {
        Some(Standing::Member) => it.and(&holds),
        Some(Standing::Pending) => it.and(&is_asked),
        None if program.is_some() => it.and(&format!("({holds} OR {is_asked})")),
        None => {}
    }
    if let Some(tiers) = &filter.tiers {
        let mut any = vec!["1 = 0".to_owned()];
        for Band { program, from, below } in tiers {
            let (program, from) = (it.hole(program.0), it.hole(from.0));
            let below = it.hole(below.0);
            let earned = format!("l.earned >= {from} AND l.earned < {below}");
            any.push(format!("(l.program_id = {program} AND {earned})"));
        }
        it.and(&format!("{HOLDS} AND ({}))", any.join(" OR ")));
    }
    if let Some(from) = filter.visited_from {
        let from = it.hole(from.0);
        it.and(&format!("c.last_visit_at_ms >= {from}"));
    }
    if let Some(before) = filter.visited_before {
        let before = it.hole(before.0);
        it.and(&format!("c.last_visit_at_ms < {before}"));
    }
    if let Some(since) = filter.unseen_since {
        let since = it.hole(since.0);
        it.and(&format!("(c.last_visit_at_ms IS NULL OR c.last_visit_at_ms < {since})"));
    }
    it
}

/// A text as `LIKE` takes it literally.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// How many customers there are.
pub async fn count(
    tx: &mut Tx,
    business: BusinessId,
    filter: &Filter,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let it = asked("COUNT(*)", business, filter, now);
    tx.rows(it.sql, it.vals).await?[0].get(0)
}

/// The customers behind `after`, in order, at most `limit`.
pub async fn page(
    tx: &mut Tx,
    business: BusinessId,
    filter: &Filter,
    order: Order,
    after: Option<&Place>,
    limit: i64,
    now: Timestamp,
) -> Result<Vec<Place>, StoreError> {
    let column = order.by.column();
    let mut it = asked(&format!("c.id, {column}"), business, filter, now);
    let (than, way) = if order.descending { ("<", "DESC") } else { (">", "ASC") };
    if let Some(after) = after {
        let value = match &after.value {
            Value::Text(text) => it.hole(text.as_str()),
            Value::Number(number) => it.hole(*number),
        };
        let id = it.hole(after.id.0);
        it.and(&format!("({column} {than} {value} OR ({column} = {value} AND c.id {than} {id}))"));
    }
    let limit = it.hole(limit);
    it.sql.push_str(&format!(" ORDER BY {column} {way}, c.id {way} LIMIT {limit}"));
    let read = |row: &Row| {
        Ok(Place {
            id: HandleId(row.get::<Uuid>(0)?),
            value: match order.by {
                By::Name => Value::Text(row.get(1)?),
                By::LastVisit | By::Visits | By::Spend | By::Joined => Value::Number(row.get(1)?),
            },
        })
    };
    tx.rows(it.sql, it.vals).await?.iter().map(read).collect()
}

/// The handles that were merged into this one, and itself.
pub async fn with_merged(tx: &mut Tx, id: HandleId) -> Result<Vec<HandleId>, StoreError> {
    const MERGED: &str = "SELECT id FROM business_customers WHERE merged_into IN";
    let mut all = vec![id];
    let mut last = vec![id];
    while !last.is_empty() && all.len() < MERGED_MAX {
        let keys = last.iter().map(|id| Val::from(id.0)).collect();
        let rows = tx.load(MERGED, keys).await?;
        last = rows.iter().map(|row| row.get(0).map(HandleId)).collect::<Result<_, _>>()?;
        all.extend(&last);
    }
    Ok(all)
}
