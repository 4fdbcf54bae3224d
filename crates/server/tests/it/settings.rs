//! What a business decides for itself, and who may.

use crate::town::TestTown;
use reda_cluster::each_engine;
use reda_domain::business::Role;
use serde_json::json;

fn path(town: &TestTown) -> String {
    format!("/api/businesses/{}", town.shop.business)
}

#[each_engine]
async fn an_owner_changes_a_setting_and_every_till_sees_it() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let mut till = town.till.line().await;
    let before = owner.get(&path(&town)).await.ok();
    assert_eq!(
        (&before["name"], &before["settings"]["approval_minutes"]),
        (&json!("Baraka Mini-Mart"), &json!(2))
    );
    let change = json!({ "name": "Baraka", "settings": { "approval_minutes": 5 } });
    let after = owner.patch(&path(&town), change).await.ok();
    assert_eq!(
        (&after["name"], &after["settings"]["approval_minutes"]),
        (&json!("Baraka"), &json!(5))
    );
    till.sees("business", |it| *it == after).await;
    let back = json!({ "settings": { "approval_minutes": 2 } });
    owner.op("update_business", back).await.applied();
    assert_eq!(town.till.http.get(&path(&town)).await.ok()["settings"], before["settings"]);
}

#[each_engine]
async fn a_setting_out_of_bounds_changes_nothing() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let before = owner.get(&path(&town)).await.ok();
    let change = |settings| json!({ "name": "Other", "settings": settings });
    let details = owner.patch(&path(&town), change(json!({ "approval_minutes": 11 }))).await;
    let details = details.error(422, "setting_out_of_range");
    assert_eq!(details, json!({ "setting": "approval_minutes" }));
    for malformed in [json!({ "no_such_thing": 1 }), json!({ "approval_minutes": "long" })] {
        owner.patch(&path(&town), change(malformed)).await.error(422, "invalid_body");
    }
    owner.patch(&path(&town), json!({ "name": " " })).await.error(422, "bad_name");
    owner.patch(&path(&town), json!({ "color": "red" })).await.error(422, "invalid_body");
    assert_eq!(owner.get(&path(&town)).await.ok(), before);
}

#[each_engine]
async fn settings_are_the_owners_to_change_and_nobody_elses_to_read() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    let change = json!({ "settings": { "approval_minutes": 5 } });
    ana.http.get(&path(&town)).await.error(404, "business_unknown");
    ana.http.patch(&path(&town), change.clone()).await.error(404, "business_unknown");
    let (_, other) = town.other_shop().await;
    other.http.get(&path(&town)).await.error(404, "business_unknown");
    town.http.get(&path(&town)).await.error(401, "unauthorized");
    let manager = town.hire(&ana, Role::Manager).await;
    manager.op("update_business", change.clone()).await.error(403, "not_allowed");
    ana.http.patch(&path(&town), change).await.error(403, "not_allowed");
    let mut page = ana.page().await;
    let shop = page.sees("business", |it| it["settings"].is_null()).await;
    assert_eq!(shop["name"], "Baraka Mini-Mart");
    assert_eq!(ana.card().await["id"], joined.card);
}
