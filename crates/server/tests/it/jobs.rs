//! What the server does by itself.

use crate::town::TestTown;
use reda_cluster::each_engine;
use reda_server::now;
use reda_store::tables::job_leases;
use serde_json::json;

/// Lets the open question run out, and the jobs run.
async fn pass(town: &TestTown) {
    town.sql("UPDATE approval_requests SET expires_at_ms = 1 WHERE status = 'pending'", []).await;
    town.server.app().run_jobs().await;
}

#[each_engine]
async fn a_question_that_ran_out_is_closed_and_told_to_both_sides() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let (mut page, mut till) = (ana.page().await, town.till.line().await);
    let (handle, request) = town.asked(&ana).await;
    town.till.award_on(&request, 30).await.applied();
    pass(&town).await;
    for line in [&mut page, &mut till] {
        line.sees("request", |it| it["id"] == request && it["status"] == "expired").await;
    }
    let read = page.sees("notification", |it| it["type"] == "request_expired").await;
    assert_eq!(read["title"], "The question from Baraka Mini-Mart ran out");
    let read = till.sees("notification", |it| it["type"] == "enrollment_expired").await;
    assert_eq!(read["message"], "Nothing was saved. 30 waiting points were dropped.");
    assert!(!read.to_string().contains("Ana"), "{read}");
    assert_ne!(town.ask(&handle).await, request, "silence is not a no");
}

#[each_engine]
async fn the_address_of_whoever_did_not_answer_is_forgotten() {
    let town = TestTown::open().await;
    let body = json!({ "phone": "0733000999", "program": town.program() });
    town.till.op("ask_enrollment", body.clone()).await.applied();
    let other = town.till.op(
        "ask_enrollment",
        json!({ "phone": "0733000998",
        "program": town.program() }),
    );
    let cancel = json!({ "request": other.await.applied()["request"] });
    town.till.op("cancel_request", cancel).await.applied();
    let mut till = town.till.line().await;
    pass(&town).await;
    till.sees("request", |it| it["status"] == "expired").await;
    let kept = "SELECT COUNT(*) FROM approval_requests WHERE asked_address IS NOT NULL";
    assert_eq!(town.number(kept, []).await, 0);
    town.till.op("ask_enrollment", body).await.applied();
}

#[each_engine]
async fn a_job_runs_by_itself_and_once() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let mut page = ana.page().await;
    let (_, request) = town.asked(&ana).await;
    town.sql("UPDATE approval_requests SET expires_at_ms = 1", []).await;
    page.sees("request", |it| it["id"] == request && it["status"] == "expired").await;
    let before = town.rows().await;
    town.server.app().run_jobs().await;
    assert_eq!(town.rows().await, before);
}

#[each_engine]
async fn nobody_takes_a_turn_that_another_node_has() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let (_, request) = town.asked(&ana).await;
    let mut tx = town.server.app().db().begin().await.unwrap();
    let (start, end) = (now(), now().plus_ms(60_000));
    let token = job_leases::take(&mut tx, "expire_requests", start, end).await.unwrap().unwrap();
    assert_eq!(job_leases::take(&mut tx, "expire_requests", start, end).await.unwrap(), None);
    tx.commit().await.unwrap();
    let mut till = town.till.line().await;
    pass(&town).await;
    assert_eq!(ana.request(&request).await["status"], "pending");

    // Who sleeps through the end of its turn finds that another one has begun.
    let mut tx = town.server.app().db().begin().await.unwrap();
    let next = job_leases::take(&mut tx, "expire_requests", end, end.plus_ms(1)).await.unwrap();
    assert_eq!(next, Some(token + 1));
    assert!(!job_leases::extend(&mut tx, "expire_requests", token, end).await.unwrap());
    assert!(job_leases::extend(&mut tx, "expire_requests", token + 1, start).await.unwrap());
    tx.commit().await.unwrap();
    town.server.app().run_jobs().await;
    till.sees("request", |it| it["id"] == request && it["status"] == "expired").await;
}
