//! Who may do what in a shop.

use crate::town::TestTown;
use reda_cluster::each_engine;
use reda_domain::business::Role;
use serde_json::json;
use uuid::Uuid;

#[each_engine]
async fn a_cashier_runs_no_programme_and_prints_no_code() {
    let town = TestTown::open().await;
    let (_, joined) = town.member("Ana").await;
    let pause = json!({ "program": town.program(), "status": "paused" });
    let print = json!({ "customer": joined.handle });
    let earn = json!({ "points": 1, "per": { "amount": 100, "currency": "KES" } });
    let make = json!({ "name": "Tea", "kind": "points", "earn": earn });
    for (kind, body) in [
        ("update_program", pause.clone()),
        ("issue_printed_code", print.clone()),
        ("create_program", make.clone()),
    ] {
        town.till.op(kind, body.clone()).await.error(403, "not_allowed");
        // The refusal is the operation's result, and stays it.
        let id = Uuid::now_v7();
        town.till.op_as(id, kind, body.clone()).await.error(403, "not_allowed");
        town.till.op_as(id, kind, body).await.error(403, "not_allowed");
    }
    let owner = town.owner().await;
    owner.op("issue_printed_code", print).await.applied();
    owner.op("create_program", make).await.applied();
    owner.op("update_program", pause).await.applied();
}

#[each_engine]
async fn a_manager_runs_programmes_at_the_till() {
    let town = TestTown::open().await;
    let zed = town.customer("Zed").await;
    let till = town.hire(&zed, Role::Manager).await;
    let pause = json!({ "program": town.program(), "status": "paused" });
    till.op("update_program", pause).await.applied();
}

#[each_engine]
async fn a_printed_code_is_for_members_alone() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let stranger = town.till.scan(&ana.code_now()).await.applied()["customer"]["id"].clone();
    let owner = town.owner().await;
    let body = json!({ "customer": stranger });
    owner.op("issue_printed_code", body).await.error(404, "customer_unknown");
    let body = json!({ "customer": Uuid::now_v7() });
    owner.op("issue_printed_code", body).await.error(404, "customer_unknown");
    let joined = town.join(&ana).await;
    let body = json!({ "customer": joined.handle });
    let code = owner.op("issue_printed_code", body).await.applied();
    let found = town.till.scan(code["text"].as_str().unwrap()).await.applied();
    assert_eq!((&found["status"], &found["customer"]["id"]), (&json!("member"), &joined.handle));
    let mut till = town.till.line().await;
    till.sees("printed_code", |it| it["member"] == joined.handle).await;
}

#[each_engine]
async fn who_works_in_two_shops_says_for_which() {
    let town = TestTown::open().await;
    let (shop, _) = town.other_shop().await;
    let zed = town.customer("Zed").await;
    town.hire(&zed, Role::Owner).await;
    let scan = json!({ "code": "x" });
    zed.http.op("scan", scan.clone()).await.refused("not_a_code");
    let id = reda_domain::OperationId(Uuid::now_v7());
    let act =
        reda_actions::AddStaff { business: shop.business, user: zed.user, role: Role::Cashier };
    let actor = reda_actions::Actor::Server;
    let op = reda_actions::Op { id, actor, at: reda_server::now(), act: act.into() };
    town.server.app().engine().submit(op, String::new()).await.unwrap();
    zed.http.op("scan", scan.clone()).await.error(422, "business_required");
    let named = |business| json!({ "id": Uuid::now_v7(), "kind": "scan", "body": scan, "business": business });
    for business in [shop.business.0, town.shop.business.0] {
        zed.http.post("/api/operations", named(business)).await.refused("not_a_code");
    }
    let nowhere = named(Uuid::now_v7());
    zed.http.post("/api/operations", nowhere).await.error(403, "forbidden");
}

#[each_engine]
async fn a_person_who_works_nowhere_asks_for_no_operation() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    ana.http.op("scan", json!({ "code": "x" })).await.error(403, "forbidden");
}
