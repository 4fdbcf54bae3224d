//! Members are found by whatever a manager begins to type, and counted rightly.

use super::*;
use proptest::prelude::*;
use reda_domain::points::Points;
use reda_domain::tier::Band;
use reda_domain::{BusinessId, ProgramId, Timestamp};
use reda_protocol::frame::{Changes, Item};
use reda_protocol::rpc::CustomerSort;
use serde_json::{Value, json};

const SHOP: Uuid = Uuid::from_u128(1);
const POINTS: Uuid = Uuid::from_u128(2);

fn scope() -> ScopeName {
    ScopeName::Business(BusinessId(SHOP))
}

fn item(entity: EntityKind, id: u128, body: Option<Value>) -> Item {
    Item { entity, id: Uuid::from_u128(id), seq: 1, deleted: body.is_none(), body }
}

fn member(id: u128, name: &str, phone: Option<&str>, last_visit: Option<&str>) -> Item {
    let body = json!({
        "id": Uuid::from_u128(id), "name": name, "phone": phone, "email": null, "visits": 1,
        "spend": id, "joined_at": "2026-01-01T00:00:00.000Z", "last_visit_at": last_visit,
    });
    item(EntityKind::Member, id, Some(body))
}

fn card(id: u128, member: u128, number: &str, balance: i64) -> Item {
    let body = json!({
        "id": Uuid::from_u128(id), "number": number, "program": POINTS, "program_name": "Points",
        "business": SHOP, "business_name": "Baraka", "member": Uuid::from_u128(member),
        "balance": balance, "held": 0, "available": balance, "earned": balance,
        "created_at": "2026-01-01T00:00:00.000Z",
    });
    item(EntityKind::Card, id, Some(body))
}

fn search(text: &str) -> Search {
    Search {
        text: text.to_owned(),
        program: None,
        tiers: None,
        seen_since: None,
        unseen_since: None,
        sort: CustomerSort::Name,
        offset: 0,
        limit: 50,
    }
}

async fn shop(dir: &Path) -> Local {
    let local = Local::open(dir, scope()).await.unwrap();
    let items = vec![
        member(10, "Amina Hassan", Some("+254722000412"), Some("2026-11-20T08:00:00.000Z")),
        member(11, "Brian Otieno", Some("+254747111273"), Some("2026-08-01T08:00:00.000Z")),
        member(12, "Zoë Achieng", None, None),
        card(20, 10, "079927398713", 1240),
        card(21, 11, "123456789012", 1500),
    ];
    let changes = Changes { scope: scope(), epoch: 1, from: 0, to: 5, items };
    local.apply(&changes).await.unwrap();
    local
}

async fn names(local: &Local, search: &Search) -> Vec<String> {
    let found = local.search(search).await.unwrap();
    assert_eq!(found.count as usize, found.page.len(), "{search:?}");
    found.page.into_iter().map(|member| member.name).collect()
}

#[tokio::test]
async fn the_beginning_of_a_name_a_number_or_a_card_finds_its_member() {
    let dir = tempfile::tempdir().unwrap();
    let local = shop(dir.path()).await;
    let amina =
        ["ami", "HASS", "hassan am", "0722", "722 000", "+254 722", "0799 2739", "722000412"];
    for text in amina {
        assert_eq!(names(&local, &search(text)).await, ["Amina Hassan"], "{text}");
    }
    assert_eq!(names(&local, &search("zoe")).await, ["Zoë Achieng"]);
    assert_eq!(names(&local, &search("mina")).await, [""; 0]);
    assert_eq!(names(&local, &search("")).await, ["Amina Hassan", "Brian Otieno", "Zoë Achieng"]);
}

#[tokio::test]
async fn the_list_is_sorted_and_filtered_as_asked() {
    let dir = tempfile::tempdir().unwrap();
    let local = shop(dir.path()).await;
    let by_points = Search { sort: CustomerSort::Points, ..search("") };
    assert_eq!(names(&local, &by_points).await, ["Brian Otieno", "Amina Hassan", "Zoë Achieng"]);
    let by_spend = Search { sort: CustomerSort::Spend, ..search("") };
    assert_eq!(names(&local, &by_spend).await[0], "Zoë Achieng");
    let holders = Search { program: Some(ProgramId(POINTS)), ..search("") };
    assert_eq!(names(&local, &holders).await, ["Amina Hassan", "Brian Otieno"]);
    let november = Timestamp(1_793_491_200_000);
    let lately = Search { seen_since: Some(november), ..search("") };
    assert_eq!(names(&local, &lately).await, ["Amina Hassan"]);
    let long_ago = Search { unseen_since: Some(november), ..search("") };
    assert_eq!(names(&local, &long_ago).await, ["Brian Otieno", "Zoë Achieng"]);
}

#[tokio::test]
async fn a_tier_finds_whose_card_has_earned_so_much() {
    let dir = tempfile::tempdir().unwrap();
    let local = shop(dir.path()).await;
    let tier = |from: i64, below: i64| {
        let band = Band { program: ProgramId(POINTS), from: Points(from), below: Points(below) };
        Search { tiers: Some(vec![band]), ..search("") }
    };
    assert_eq!(names(&local, &tier(1000, 1240)).await, [""; 0]);
    assert_eq!(names(&local, &tier(1240, 1500)).await, ["Amina Hassan"]);
    assert_eq!(names(&local, &tier(1500, i64::MAX)).await, ["Brian Otieno"]);
    let none = Search { tiers: Some(vec![]), ..search("") };
    assert_eq!(names(&local, &none).await, [""; 0]);
}

#[tokio::test]
async fn a_tag_finds_whom_staff_gave_it() {
    let dir = tempfile::tempdir().unwrap();
    let local = shop(dir.path()).await;
    let mut brian = member(11, "Brian Otieno", None, None);
    brian.body.as_mut().unwrap()["tags"] = json!(["Wholesale"]);
    let changes = Changes { scope: scope(), epoch: 1, from: 5, to: 6, items: vec![brian] };
    local.apply(&changes).await.unwrap();
    assert_eq!(names(&local, &search("whole")).await, ["Brian Otieno"]);
}

#[tokio::test]
async fn a_page_is_a_part_of_what_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    let local = shop(dir.path()).await;
    let found = local.search(&Search { limit: 1, offset: 1, ..search("") }).await.unwrap();
    assert_eq!((found.count, found.total, found.page.len()), (3, 3, 1));
    assert_eq!(found.page[0].name, "Brian Otieno");
}

#[tokio::test]
async fn who_was_renamed_or_left_is_found_no_more_under_the_old_name() {
    let dir = tempfile::tempdir().unwrap();
    let local = shop(dir.path()).await;
    let items = vec![member(10, "Amina Odhiambo", None, None), item(EntityKind::Member, 11, None)];
    local.apply(&Changes { scope: scope(), epoch: 1, from: 5, to: 7, items }).await.unwrap();
    assert_eq!(names(&local, &search("hassan")).await, [""; 0]);
    assert_eq!(names(&local, &search("0722")).await, [""; 0]);
    assert_eq!(names(&local, &search("odhiambo")).await, ["Amina Odhiambo"]);
    assert_eq!(names(&local, &search("brian")).await, [""; 0]);
    local.reset(scope(), 2).await.unwrap();
    assert_eq!(local.search(&search("")).await.unwrap().total, 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_is_typed_is_an_answer_and_no_error(text in "\\PC{0,40}") {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let local = shop(dir.path()).await;
            local.search(&search(&text)).await.unwrap();
        });
    }
}
