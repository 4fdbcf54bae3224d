//! Whom an open question asks to join, as rows of the list of customers. Before a yes the shop knows
//! no more than the name that was shown with a code, or an address with most of it hidden.

use crate::customers;
use crate::enrol;
use crate::local::{Local, LocalError};
use reda_domain::money::Money;
use reda_domain::{ProgramId, Timestamp};
use reda_protocol::entity::ProgramBody;
use reda_protocol::rpc::{CustomerFilter, CustomerLine, CustomerSort, CustomersQuery};
use std::cmp::Reverse;

/// Somebody who is asked, once, whatever they are asked to join.
pub(crate) struct Asked {
    line: CustomerLine,
    programs: Vec<ProgramId>,
}

/// Everybody whom an open question asks, the last one asked first.
pub(crate) async fn everyone(
    local: &Local,
    programs: &[ProgramBody],
    now: Timestamp,
) -> Result<Vec<Asked>, LocalError> {
    let mut open = local.requests().await?;
    open.retain(|request| enrol::is_open(request, now));
    open.sort_by_key(|request| Reverse(request.asked_at));
    let currency = customers::currency(local).await?;
    let mut all: Vec<Asked> = Vec::new();
    for request in open {
        let Some(person) = enrol::whom(local, &request).await? else { continue };
        if let Some(known) = all.iter_mut().find(|it| it.line.person == person) {
            known.programs.push(request.program);
            continue;
        }
        let member = match person.id {
            Some(id) => local.member(id).await?,
            None => None,
        };
        let own = customers::lines(local, member.as_slice(), None, programs).await?.pop();
        let line = own.unwrap_or(CustomerLine {
            person,
            card: None,
            spend: Money { amount: 0, currency },
            visits: 0,
            first_visit_at: None,
            last_visit_at: None,
            joined_at: None,
            waiting: true,
        });
        all.push(Asked { line, programs: vec![request.program] });
    }
    Ok(all)
}

/// Of these, whom a query finds, in its order.
pub(crate) fn found(
    asked: Vec<Asked>,
    query: &CustomersQuery,
    now: Timestamp,
) -> Vec<CustomerLine> {
    let wanted = asked.into_iter().filter(|it| is_wanted(it, &query.filter, now));
    let mut rows: Vec<CustomerLine> = wanted.map(|it| it.line).collect();
    match query.sort {
        CustomerSort::Name => rows.sort_by_key(|row| row.person.name.to_lowercase()),
        CustomerSort::LastVisit => rows.sort_by_key(|row| Reverse(row.last_visit_at)),
        CustomerSort::Spend => rows.sort_by_key(|row| Reverse(row.spend.amount)),
        CustomerSort::Joined => rows.sort_by_key(|row| Reverse(row.joined_at)),
        CustomerSort::Points => {
            rows.sort_by_key(|row| Reverse(row.card.as_ref().map(|card| card.balance)));
        }
    }
    rows
}

fn is_wanted(asked: &Asked, filter: &CustomerFilter, now: Timestamp) -> bool {
    let line = &asked.line;
    let (from, before) = customers::since(filter.seen, now);
    let tier = || line.card.as_ref().and_then(|card| card.tier.as_deref());
    filter.program.is_none_or(|program| asked.programs.contains(&program))
        && filter.tier.as_deref().is_none_or(|wanted| tier() == Some(wanted))
        && from.is_none_or(|from| line.last_visit_at >= Some(from))
        && before.is_none_or(|before| line.last_visit_at < Some(before))
        && begins(&line.person.name, &filter.text)
}

/// Whether each word of what was typed begins a word of the name.
fn begins(name: &str, typed: &str) -> bool {
    let (name, typed) = (name.to_lowercase(), typed.to_lowercase());
    typed.split_whitespace().all(|part| name.split_whitespace().any(|word| word.starts_with(part)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use reda_domain::BusinessId;
    use reda_protocol::frame::{Changes, EntityKind, Item};
    use reda_protocol::rpc::Seen;
    use reda_protocol::scope::ScopeName;
    use serde_json::{Value, json};
    use uuid::Uuid;

    const SHOP: Uuid = Uuid::from_u128(1);
    const POINTS: Uuid = Uuid::from_u128(2);
    const TEA: Uuid = Uuid::from_u128(3);
    const NOW: Timestamp = Timestamp(1_793_491_200_000);

    fn item(entity: EntityKind, id: u128, body: Value) -> Item {
        Item { entity, id: Uuid::from_u128(id), seq: 1, deleted: false, body: Some(body) }
    }

    fn request(id: u128, program: Uuid, more: Value) -> Item {
        let mut body = json!({
            "id": Uuid::from_u128(id), "kind": "enrollment", "status": "pending", "business": SHOP,
            "business_name": "Baraka", "program": program, "program_name": "Points",
            "customer": null, "asked_name": null, "asked_address": null,
            "asked_at": NOW.plus_ms(-10_000), "expires_at": NOW.plus_ms(10_000),
            "counter_until": NOW, "seen_at": null, "closed_at": null, "card": null, "points": 0,
            "reason": null, "waiting": 0, "shares": [], "never_shares": [], "wording": "v2",
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        item(EntityKind::Request, id, body)
    }

    /// Amina, who is a member and asked about tea; Zawadi by her code, twice; a number; and a question
    /// that ran out.
    async fn shop() -> (tempfile::TempDir, Local) {
        let dir = tempfile::tempdir().unwrap();
        let scope = ScopeName::Business(BusinessId(SHOP));
        let local = Local::open(dir.path(), scope).await.unwrap();
        let amina = json!({
            "id": Uuid::from_u128(10), "name": "Amina Hassan", "phone": null, "email": null,
            "visits": 1, "spend": 5, "joined_at": NOW, "last_visit_at": NOW,
        });
        let zawadi = json!({ "customer": Uuid::from_u128(11), "asked_name": "Zawadi Njeri" });
        let items = vec![
            item(EntityKind::Member, 10, amina),
            request(20, TEA, json!({ "customer": Uuid::from_u128(10) })),
            request(21, POINTS, zawadi.clone()),
            request(22, TEA, zawadi),
            request(23, POINTS, json!({ "asked_address": "0722 ••• 412" })),
            request(24, POINTS, json!({ "asked_address": "0733 ••• 111", "expires_at": NOW })),
        ];
        local.apply(&Changes { scope, epoch: 1, from: 0, to: 6, items }).await.unwrap();
        (dir, local)
    }

    fn query() -> CustomersQuery {
        let filter = CustomerFilter {
            text: String::new(),
            program: None,
            tier: None,
            seen: Seen::Ever,
            waiting: true,
        };
        CustomersQuery { filter, sort: CustomerSort::Name, offset: 0, limit: 50 }
    }

    async fn names(local: &Local, query: &CustomersQuery) -> Vec<String> {
        let view = customers::list(local, query, NOW).await.unwrap();
        assert_eq!((view.count as usize, view.waiting, view.total), (view.page.len(), 3, 1));
        view.page.into_iter().map(|row| row.person.name).collect()
    }

    #[tokio::test]
    async fn whom_an_open_question_asks_is_listed_once_by_what_the_shop_may_know() {
        let (_dir, local) = shop().await;
        let all = ["0722 ••• 412", "Amina Hassan", "Zawadi Njeri"];
        assert_eq!(names(&local, &query()).await, all);
        let view = customers::list(&local, &query(), NOW).await.unwrap();
        let is_new: Vec<bool> = view.page.iter().map(|row| row.waiting).collect();
        assert_eq!(is_new, [true, false, true]);
    }

    #[tokio::test]
    async fn who_waits_is_filtered_as_customers_are() {
        let (_dir, local) = shop().await;
        let by = |change: fn(&mut CustomerFilter)| {
            let mut query = query();
            change(&mut query.filter);
            query
        };
        let of_tea = by(|it| it.program = Some(ProgramId(TEA)));
        assert_eq!(names(&local, &of_tea).await, ["Amina Hassan", "Zawadi Njeri"]);
        let typed = by(|it| it.text = "nje za".to_owned());
        assert_eq!(names(&local, &typed).await, ["Zawadi Njeri"]);
        let lately = by(|it| it.seen = Seen::ThisWeek);
        assert_eq!(names(&local, &lately).await, ["Amina Hassan"]);
        let gold = by(|it| it.tier = Some("Gold".to_owned()));
        assert_eq!(names(&local, &gold).await, [""; 0]);
    }
}
