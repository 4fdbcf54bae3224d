//! What `reda bench search` measures inside the till: a list of customers, from what was typed to
//! what the window is given.

use crate::customers;
use crate::local::{Local, LocalError};
use reda_domain::{BusinessId, Timestamp};
use reda_protocol::frame::{Changes, EntityKind, Item};
use reda_protocol::rpc::{CustomerFilter, CustomerSort, CustomersQuery, Seen};
use reda_protocol::scope::ScopeName;
use serde_json::{Value, json};
use std::path::Path;
use uuid::Uuid;

/// What the window asks for at once.
const PAGE: u32 = 50;
/// Members that come in one frame.
const AT_ONCE: usize = 500;
const FIRST_NAMES: [&str; 12] = [
    "Amina", "Brian", "Cynthia", "Daudi", "Esther", "Faith", "Grace", "Hassan", "Imani", "Joseph",
    "Kevin", "Lucy",
];
const LAST_NAMES: [&str; 14] = [
    "Achieng", "Barasa", "Chebet", "Hassan", "Juma", "Kamau", "Kiptoo", "Mutua", "Mwangi", "Njeri",
    "Odhiambo", "Otieno", "Wafula", "Wanjiru",
];

/// The replica of a shop with many members.
pub struct Crowd(Local);

impl Crowd {
    /// Fills a replica in an empty folder with so many members, a card each, as a feed would.
    pub async fn make(dir: &Path, members: usize) -> Result<Self, LocalError> {
        let scope = ScopeName::Business(BusinessId(id(0, 0)));
        let local = Local::open(dir, scope).await?;
        let mut from = 0;
        for first in (0..members).step_by(AT_ONCE) {
            let some = first..members.min(first + AT_ONCE);
            let items: Vec<Item> = some.flat_map(|n| [member(n), card(n)]).collect();
            let to = from + 1;
            local.apply(&Changes { scope, epoch: 1, from, to, items }).await?;
            from = to;
        }
        Ok(Self(local))
    }

    /// What the window is given for a query; how many were found.
    pub async fn list(&self, text: &str, now: Timestamp) -> Result<(Value, u32), LocalError> {
        let query = CustomersQuery {
            filter: CustomerFilter {
                text: text.to_owned(),
                program: None,
                tier: None,
                seen: Seen::Ever,
                waiting: false,
            },
            sort: CustomerSort::Name,
            offset: 0,
            limit: PAGE,
        };
        let view = customers::list(&self.0, &query, now).await?;
        let count = view.count;
        Ok((json!(view), count))
    }
}

fn id(kind: u64, n: usize) -> Uuid {
    Uuid::from_u64_pair(kind, n as u64)
}

fn member(n: usize) -> Item {
    let first = FIRST_NAMES[n % FIRST_NAMES.len()];
    let last = LAST_NAMES[n / FIRST_NAMES.len() % LAST_NAMES.len()];
    let body = json!({
        "id": id(1, n), "name": format!("{first} {last}"), "phone": format!("+2547{n:08}"),
        "email": null, "visits": n % 40, "spend": n % 90_000,
        "joined_at": "2026-01-01T00:00:00.000Z", "last_visit_at": "2026-11-01T08:00:00.000Z",
    });
    item(EntityKind::Member, id(1, n), body)
}

fn card(n: usize) -> Item {
    let body = json!({
        "id": id(2, n), "number": format!("{n:012}"), "program": id(3, 0),
        "program_name": "Points", "business": id(0, 0), "business_name": "Baraka",
        "member": id(1, n), "balance": n % 3_000, "held": 0, "available": n % 3_000,
        "created_at": "2026-01-01T00:00:00.000Z",
    });
    item(EntityKind::Card, id(2, n), body)
}

fn item(entity: EntityKind, id: Uuid, body: Value) -> Item {
    Item { entity, id, seq: 1, deleted: false, body: Some(body) }
}
