//! The replica keeps what it is told, whole and in order.

use super::*;
use reda_domain::{BusinessId, StaffId};
use reda_protocol::frame::{Changes, Item, cursor};
use reda_protocol::scope::Cursor;
use serde_json::{Value, json};

const SHOP: Uuid = Uuid::from_u128(1);
const ME: Uuid = Uuid::from_u128(2);

fn scope() -> ScopeName {
    ScopeName::Business(BusinessId(SHOP))
}

fn item(entity: EntityKind, id: u128, body: Option<Value>) -> Item {
    Item { entity, id: Uuid::from_u128(id), seq: 1, deleted: body.is_none(), body }
}

fn changes(epoch: i64, from: i64, to: i64, items: Vec<Item>) -> Changes {
    Changes { scope: scope(), epoch, from, to, items }
}

fn business(name: &str) -> Item {
    let body = json!({ "id": SHOP, "name": name, "country": "KE", "currency": "KES" });
    item(EntityKind::Business, 1, Some(body))
}

fn notification(id: u128, staff: Uuid, at: &str, is_read: bool) -> Item {
    let body = json!({
        "id": Uuid::from_u128(id), "staff": staff, "type": "enrollment_accepted", "title": "t",
        "message": "m", "related_id": null, "related_type": null, "metadata": {},
        "is_read": is_read, "created_at": at, "a_later_field": 1,
    });
    item(EntityKind::Notification, id, Some(body))
}

async fn name(local: &Local) -> Option<String> {
    local.business().await.unwrap().map(|shop| shop.name)
}

#[tokio::test]
async fn changes_move_rows_and_cursor_together_and_survive_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let local = Local::open(dir.path(), scope()).await.unwrap();
    assert_eq!(local.cursor().await.unwrap(), Cursor::default());
    local.apply(&changes(7, 0, 3, vec![business("Baraka")])).await.unwrap();
    local.apply(&changes(7, 3, 4, vec![business("Baraka Mini-Mart")])).await.unwrap();
    local.close().await;

    let local = Local::open(dir.path(), scope()).await.unwrap();
    assert_eq!(local.cursor().await.unwrap(), cursor(7, 4));
    assert_eq!(name(&local).await.as_deref(), Some("Baraka Mini-Mart"));
    local.apply(&changes(7, 4, 5, vec![item(EntityKind::Business, 1, None)])).await.unwrap();
    assert_eq!(name(&local).await, None);
}

#[tokio::test]
async fn a_gap_and_another_epoch_are_refused_and_change_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let local = Local::open(dir.path(), scope()).await.unwrap();
    local.apply(&changes(7, 0, 3, vec![business("Baraka")])).await.unwrap();
    for wrong in [changes(7, 4, 5, vec![]), changes(7, 2, 5, vec![]), changes(8, 3, 5, vec![])] {
        let wrong = Changes { items: vec![business("Wrong")], ..wrong };
        let refused = local.apply(&wrong).await.unwrap_err();
        assert!(matches!(refused, LocalError::Gap { at: 3, .. }), "{refused}");
    }
    assert_eq!(name(&local).await.as_deref(), Some("Baraka"));
    assert_eq!(local.cursor().await.unwrap(), cursor(7, 3));
}

#[tokio::test]
async fn a_reset_drops_the_scope_and_starts_from_0() {
    let dir = tempfile::tempdir().unwrap();
    let local = Local::open(dir.path(), scope()).await.unwrap();
    local.apply(&changes(7, 0, 3, vec![business("Baraka")])).await.unwrap();
    local.reset(scope(), 8).await.unwrap();
    assert_eq!(local.cursor().await.unwrap(), cursor(8, 0));
    assert_eq!(name(&local).await, None);
    local.apply(&changes(8, 0, 2, vec![business("Restored")])).await.unwrap();
    assert_eq!(name(&local).await.as_deref(), Some("Restored"));
}

#[tokio::test]
async fn a_broken_file_is_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("replica.db"), "this is no database, ".repeat(100)).unwrap();
    let local = Local::open(dir.path(), scope()).await.unwrap();
    local.apply(&changes(7, 0, 1, vec![business("Baraka")])).await.unwrap();
    sqlx::raw_sql("PRAGMA user_version = 99").execute(&local.pool).await.unwrap();
    local.close().await;
    let local = Local::open(dir.path(), scope()).await.unwrap();
    assert_eq!(local.cursor().await.unwrap(), Cursor::default(), "another version");
}

#[tokio::test]
async fn a_person_sees_their_own_notifications_newest_first() {
    let dir = tempfile::tempdir().unwrap();
    let local = Local::open(dir.path(), scope()).await.unwrap();
    let items = vec![
        notification(10, ME, "2026-11-21T10:00:00.000Z", true),
        notification(11, ME, "2026-11-21T12:00:00.000Z", false),
        notification(12, ME, "2026-11-21T11:00:00.000Z", false),
        notification(13, SHOP, "2026-11-21T13:00:00.000Z", false),
    ];
    local.apply(&changes(7, 0, 9, items)).await.unwrap();
    let me = StaffId(ME);
    let mine = local.notifications(me, 2).await.unwrap();
    let ids: Vec<u128> = mine.iter().map(|one| one.id.0.as_u128()).collect();
    assert_eq!(ids, [11, 12]);
    assert_eq!(local.unread(me).await.unwrap(), 2);
}

#[tokio::test]
async fn a_request_leads_to_its_card_and_the_card_to_its_member() {
    let (card, member) = (Uuid::from_u128(20), Uuid::from_u128(21));
    let request = json!({
        "id": Uuid::from_u128(22), "kind": "enrollment", "status": "accepted", "business": SHOP,
        "business_name": "b", "program": SHOP, "program_name": "p", "customer": null,
        "points": 0, "reason": null, "asked_address": "0722 ••• 412", "asked_at": "2026-11-21T10:00:00Z",
        "expires_at": "2026-11-28T10:00:00Z", "counter_until": "2026-11-21T10:02:00Z",
        "seen_at": null, "closed_at": null, "card": card, "waiting": 0, "shares": [],
        "never_shares": [], "wording": "w",
    });
    let card_body = json!({
        "id": card, "number": "079927398713", "program": SHOP, "program_name": "p",
        "business": SHOP, "business_name": "b", "member": member, "balance": 5, "held": 0,
        "available": 5, "created_at": "2026-11-21T10:00:00Z",
    });
    let member_body = json!({
        "id": member, "name": "Amina", "phone": null, "email": null, "visits": 0, "spend": 0,
        "joined_at": null, "last_visit_at": null,
    });
    let dir = tempfile::tempdir().unwrap();
    let local = Local::open(dir.path(), scope()).await.unwrap();
    let items = vec![
        item(EntityKind::Request, 22, Some(request)),
        item(EntityKind::Card, 20, Some(card_body)),
        item(EntityKind::Member, 21, Some(member_body)),
    ];
    local.apply(&changes(7, 0, 3, items)).await.unwrap();
    let wants = crate::counter::Wants {
        request: Some(reda_domain::RequestId(Uuid::from_u128(22))),
        ..Default::default()
    };
    let facts = local.facts(wants).await.unwrap();
    assert_eq!(facts.cursor, cursor(7, 3));
    assert_eq!(facts.card.unwrap().balance.0, 5);
    assert_eq!(facts.member.unwrap().name, "Amina");
    assert!(local.has_card_numbered("079927398713").await.unwrap());
    assert!(!local.has_card_numbered("000000000000").await.unwrap());
}

#[tokio::test]
async fn a_body_that_cannot_be_read_names_its_row() {
    let dir = tempfile::tempdir().unwrap();
    let local = Local::open(dir.path(), scope()).await.unwrap();
    let odd = item(EntityKind::Business, 1, Some(json!({ "name": 5 })));
    local.apply(&changes(7, 0, 1, vec![odd])).await.unwrap();
    let error = local.business().await.unwrap_err().to_string();
    assert!(error.contains("business") && error.contains(&SHOP.to_string()), "{error}");
}

#[tokio::test]
async fn after_a_full_disk_the_replica_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let local = Local::open(dir.path(), scope()).await.unwrap();
    local.apply(&changes(7, 0, 3, vec![business("Baraka")])).await.unwrap();
    let mut all = vec![];
    for _ in 0..CONNECTIONS {
        let mut one = local.pool.acquire().await.unwrap();
        // No more pages than there are: the least that SQLite takes.
        sqlx::query("PRAGMA max_page_count = 1").execute(&mut *one).await.unwrap();
        all.push(one);
    }
    drop(all);
    let large = changes(7, 3, 4, vec![business(&"x".repeat(1 << 20))]);
    local.apply(&large).await.unwrap_err();
    assert_eq!(local.cursor().await.unwrap(), cursor(7, 3));
    // Each connection is full once; those that come after them are not.
    let mut failed = 1;
    while local.apply(&large).await.is_err() {
        failed += 1;
        assert!(failed <= CONNECTIONS);
    }
    assert_eq!(local.cursor().await.unwrap(), cursor(7, 4));
}
