//! People as a screen looks for them: what it sorts and searches by, kept beside the bodies.

use super::read::{body, text_of};
use super::{Local, LocalError, broken};
use reda_domain::tier::Band;
use reda_domain::{HandleId, ProgramId, Timestamp};
use reda_protocol::entity::{CardBody, MemberBody};
use reda_protocol::frame::{EntityKind, Item};
use reda_protocol::rpc::CustomerSort;
use reda_protocol::scope::ScopeName;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};

const PUT_PERSON: &str = "INSERT INTO people (scope, id, name, spend, last_visit_at, joined_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    ON CONFLICT (scope, id) DO UPDATE SET name = excluded.name, spend = excluded.spend,
    last_visit_at = excluded.last_visit_at, joined_at = excluded.joined_at RETURNING n";
const PUT_WORDS: &str = "INSERT OR REPLACE INTO people_words (rowid, words) VALUES (?1, ?2)";
const PUT_CARD: &str =
    "INSERT INTO people_cards (scope, id, member, program, number, balance, earned)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
    ON CONFLICT (scope, id) DO UPDATE SET member = excluded.member, program = excluded.program,
    number = excluded.number, balance = excluded.balance, earned = excluded.earned";
const DROP_WORDS: &str = "DELETE FROM people_words
    WHERE rowid IN (SELECT n FROM people WHERE scope = ?1 AND id = ?2)";
const DROP_PERSON: &str = "DELETE FROM people WHERE scope = ?1 AND id = ?2";
const DROP_CARD: &str = "DELETE FROM people_cards WHERE scope = ?1 AND id = ?2";
const DROP_ALL: [&str; 3] = [
    "DELETE FROM people_words WHERE rowid IN (SELECT n FROM people WHERE scope = ?1)",
    "DELETE FROM people WHERE scope = ?1",
    "DELETE FROM people_cards WHERE scope = ?1",
];
const ALL: &str = "SELECT count(*) FROM people WHERE scope = ?1";
const CARDS_OF: &str = "SELECT r.id, r.body FROM people_cards c
    JOIN replica r ON r.scope = c.scope AND r.entity = 'card' AND r.id = c.id
    WHERE c.scope = ?1 AND c.member IN (SELECT unhex(value) FROM json_each(?2)) ORDER BY c.id";

/// From so many digits on, cards are looked for as well.
const CARD_DIGITS: usize = 4;

/// What a screen looks for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Search {
    /// As typed: names, a phone number or a card number, or the beginnings of them.
    pub(crate) text: String,
    /// Only holders of this programme's card.
    pub(crate) program: Option<ProgramId>,
    /// Only holders of a card in one of these; nobody where there is none.
    pub(crate) tiers: Option<Vec<Band>>,
    /// Only who was here at or after this time.
    pub(crate) seen_since: Option<Timestamp>,
    /// Only who was not here since this time.
    pub(crate) unseen_since: Option<Timestamp>,
    pub(crate) sort: CustomerSort,
    pub(crate) offset: u32,
    pub(crate) limit: u32,
}

/// What was found: one page of it, and how many there are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Found {
    pub(crate) page: Vec<MemberBody>,
    pub(crate) count: u32,
    /// All members, whatever is looked for.
    pub(crate) total: u32,
}

impl Local {
    /// The members that a search finds, in its order.
    pub(crate) async fn search(&self, search: &Search) -> Result<Found, LocalError> {
        let words = Words::of(&search.text);
        let mut tx = self.pool.begin().await?;
        let total = sqlx::query_scalar(ALL).bind(self.scope.to_string()).fetch_one(&mut *tx);
        let total: u32 = total.await?;
        let filter = filter(search, &words);
        let bound = |sql: String| {
            sqlx::query(AssertSqlSafe(sql))
                .bind(self.scope.to_string())
                .bind(words.matching.clone())
                .bind(words.digits.clone())
                .bind(search.program.map(|program| program.0))
                .bind(search.seen_since.map(text_of))
                .bind(search.unseen_since.map(text_of))
                .bind(search.tiers.as_deref().map(written))
        };
        let counting = bound(format!("SELECT count(*) FROM people p {filter}"));
        let count = counting.fetch_one(&mut *tx).await?.try_get(0)?;
        let bodies = format!(
            "SELECT r.id, r.body FROM people p
             JOIN replica r ON r.scope = p.scope AND r.entity = 'member' AND r.id = p.id
             {filter} {} LIMIT {} OFFSET {}",
            order(search.sort),
            search.limit,
            search.offset
        );
        let rows = bound(bodies).fetch_all(&mut *tx).await?;
        let page =
            rows.iter().map(|row| body(EntityKind::Member, row)).collect::<Result<_, _>>()?;
        Ok(Found { page, count, total })
    }

    /// The cards of these members, the oldest first.
    pub(crate) async fn cards_of(
        &self,
        members: impl IntoIterator<Item = HandleId>,
    ) -> Result<Vec<CardBody>, LocalError> {
        let ids: Vec<String> = members.into_iter().map(|id| id.0.simple().to_string()).collect();
        let query = sqlx::query(CARDS_OF).bind(self.scope.to_string());
        let rows = query.bind(Value::from(ids).to_string()).fetch_all(&self.pool).await?;
        rows.iter().map(|row| body(EntityKind::Card, row)).collect()
    }
}

/// The holes have the same numbers in every text, so that one way of binding does for all.
fn filter(search: &Search, words: &Words) -> String {
    let mut sql = "WHERE p.scope = ?1".to_owned();
    match (&words.matching, &words.digits) {
        (None, _) => {}
        (Some(_), None) => {
            sql.push_str(
                " AND p.n IN (SELECT rowid FROM people_words WHERE people_words MATCH ?2)",
            );
        }
        // ':' is what follows '9': the numbers that begin with these digits.
        (Some(_), Some(_)) => sql.push_str(
            " AND p.n IN (SELECT rowid FROM people_words WHERE people_words MATCH ?2
              UNION SELECT q.n FROM people_cards c JOIN people q ON q.scope = c.scope
              AND q.id = c.member WHERE c.scope = ?1 AND c.number >= ?3 AND c.number < ?3 || ':')",
        ),
    }
    if search.program.is_some() {
        sql.push_str(
            " AND p.id IN (SELECT member FROM people_cards WHERE scope = ?1 AND program = ?4)",
        );
    }
    if search.tiers.is_some() {
        sql.push_str(
            " AND p.id IN (SELECT c.member FROM people_cards c
              JOIN json_each(?7) t ON c.program = unhex(t.value ->> 'program')
              AND c.earned >= t.value ->> 'from' AND c.earned < t.value ->> 'below'
              WHERE c.scope = ?1)",
        );
    }
    if search.seen_since.is_some() {
        sql.push_str(" AND p.last_visit_at >= ?5");
    }
    if search.unseen_since.is_some() {
        sql.push_str(" AND (p.last_visit_at IS NULL OR p.last_visit_at < ?6)");
    }
    sql
}

/// Tiers as the filter reads them.
fn written(tiers: &[Band]) -> String {
    let band =
        |it: &Band| json!({ "program": it.program.0.simple(), "from": it.from, "below": it.below });
    Value::from_iter(tiers.iter().map(band)).to_string()
}

fn order(sort: CustomerSort) -> &'static str {
    match sort {
        CustomerSort::Name => "ORDER BY p.name COLLATE NOCASE, p.n",
        CustomerSort::LastVisit => "ORDER BY p.last_visit_at DESC, p.n DESC",
        CustomerSort::Spend => "ORDER BY p.spend DESC, p.n",
        CustomerSort::Joined => "ORDER BY p.joined_at DESC, p.n DESC",
        CustomerSort::Points => {
            "ORDER BY (SELECT max(balance) FROM people_cards c WHERE c.scope = ?1
             AND c.member = p.id AND (?4 IS NULL OR c.program = ?4)) DESC, p.n"
        }
    }
}

/// What was typed, as the index of words understands it.
#[derive(Debug, PartialEq)]
struct Words {
    /// Each word as the beginning of one.
    matching: Option<String>,
    /// Digits alone may be the first of a card's number, if there are enough to tell cards apart.
    digits: Option<String>,
}

impl Words {
    fn of(text: &str) -> Self {
        let is_number = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+-()".contains(c);
        if text.chars().all(is_number) {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            if digits.is_empty() {
                return Self { matching: None, digits: None };
            }
            let matching = Some(format!("\"{digits}\"*"));
            return Self { matching, digits: Some(digits).filter(|it| it.len() >= CARD_DIGITS) };
        }
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let matching = words.map(|word| format!("\"{word}\"*")).collect::<Vec<_>>().join(" ");
        Self { matching: Some(matching).filter(|it| !it.is_empty()), digits: None }
    }
}

/// The words by which a member is found: the name, the tags, the e-mail address, and the phone
/// number in the ways people type it (`0722…`, `722…`, `254722…`).
fn words_of(member: &MemberBody) -> String {
    let email = member.email.as_ref().map(|email| email.as_str().to_owned());
    let phone = member.phone.iter().flat_map(|phone| phone.spellings());
    let words = std::iter::once(member.name.clone()).chain(member.tags.iter().cloned());
    let words = words.chain(email).chain(phone);
    words.collect::<Vec<_>>().join(" ")
}

/// Keeps what screens look for in step with a body that came.
pub(super) async fn keep(
    on: &mut SqliteConnection,
    scope: ScopeName,
    item: &Item,
    kept: &Value,
) -> Result<(), LocalError> {
    match item.entity {
        EntityKind::Member => {
            let member: MemberBody = serde_json::from_value(kept.clone())
                .map_err(broken(EntityKind::Member, item.id))?;
            let row = sqlx::query(PUT_PERSON)
                .bind(scope.to_string())
                .bind(item.id)
                .bind(&member.name)
                .bind(member.spend)
                .bind(member.last_visit_at.map(text_of))
                .bind(member.joined_at.map(text_of))
                .fetch_one(&mut *on)
                .await?;
            let n: i64 = row.try_get(0)?;
            sqlx::query(PUT_WORDS).bind(n).bind(words_of(&member)).execute(on).await?;
        }
        EntityKind::Card => {
            let card: CardBody =
                serde_json::from_value(kept.clone()).map_err(broken(EntityKind::Card, item.id))?;
            let Some(member) = card.member else { return Ok(()) };
            let query = sqlx::query(PUT_CARD).bind(scope.to_string()).bind(item.id);
            let query = query.bind(member.0).bind(card.program.0).bind(&card.number);
            query.bind(card.balance.0).bind(card.earned.0).execute(on).await?;
        }
        _ => {}
    }
    Ok(())
}

/// Drops what screens look for with the body that went.
pub(super) async fn drop_one(
    on: &mut SqliteConnection,
    scope: ScopeName,
    item: &Item,
) -> Result<(), LocalError> {
    let texts: &[&'static str] = match item.entity {
        EntityKind::Member => &[DROP_WORDS, DROP_PERSON],
        EntityKind::Card => &[DROP_CARD],
        _ => &[],
    };
    for sql in texts {
        sqlx::query(*sql).bind(scope.to_string()).bind(item.id).execute(&mut *on).await?;
    }
    Ok(())
}

/// Drops all of a scope.
pub(super) async fn drop_all(
    on: &mut SqliteConnection,
    scope: ScopeName,
) -> Result<(), LocalError> {
    for sql in DROP_ALL {
        sqlx::query(sql).bind(scope.to_string()).execute(&mut *on).await?;
    }
    Ok(())
}
