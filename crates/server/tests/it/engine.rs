//! The lane: bounded, fair to neighbours, and true to what it acknowledged.

use crate::town::TestTown;
use futures_util::future::join_all;
use reda_actions::{Act, Actor, Op, Scan, SignUp, StaffActor};
use reda_actions::{AwardPoints, AwardTo, CodeRead, Worth};
use reda_cluster::each_engine;
use reda_domain::address::{Address, Phone};
use reda_domain::business::Role;
use reda_domain::points::Points;
use reda_domain::refusal::Refusal;
use reda_domain::scan::ScanKind;
use reda_domain::{CardId, OperationId};
use reda_server::EngineError;
use reda_store::Val;
use serde_json::{Value, json};
use uuid::Uuid;

fn op(actor: Actor, act: impl Into<Act>) -> Op {
    Op { id: OperationId(Uuid::now_v7()), actor, at: reda_server::now(), act: act.into() }
}

fn owner(town: &TestTown) -> Actor {
    Actor::Staff(StaffActor {
        business: town.shop.business,
        staff: town.shop.staff,
        user: town.shop.user,
        role: Role::Owner,
        device: None,
    })
}

#[each_engine]
async fn an_operation_that_fails_does_not_take_its_neighbours_down() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    let card: CardId = serde_json::from_value(joined.card).unwrap();
    let award = || {
        let worth = Worth::Points(Points(5));
        op(owner(&town), AwardPoints { to: AwardTo::Card(card), worth, sale: None })
    };
    // The database refuses a second proven owner of a number, whatever made it come to that.
    let taken = SignUp {
        name: None,
        address: Address::Phone(Phone::from_e164("+254720000001".to_owned())),
        password_hash: String::new(),
        language: Default::default(),
        verified: true,
    };
    let bad = op(Actor::Nobody, taken);
    let mut ops: Vec<Op> = (0..10).map(|_| award()).collect();
    ops.insert(5, bad.clone());
    let engine = town.server.app().engine();
    let answers = join_all(ops.iter().map(|op| engine.submit(op.clone(), String::new()))).await;
    for (op, answer) in ops.iter().zip(answers) {
        match op.id == bad.id {
            true => assert_eq!(answer, Err(EngineError::Failed)),
            false => assert_eq!(answer.unwrap().result.refused, None),
        }
    }
    assert_eq!(ana.card().await["balance"], 50);
    let kept = "SELECT COUNT(*) FROM operations WHERE id = $1";
    assert_eq!(town.number(kept, [bad.id.0.into()]).await, 0, "a failure is not kept");
}

#[each_engine]
async fn a_yes_that_fails_half_way_leaves_nothing_and_counts_when_it_is_given_again() {
    let town = TestTown::open().await;
    let (_, bens) = town.member("Ben").await;
    let ana = town.customer("Ana").await;
    let (handle, request) = town.asked(&ana).await;
    town.till.award_on(&request, 7).await.applied();
    // A card that stands where hers is to be: the database refuses the second one.
    let id = |it: &Value| serde_json::from_value::<Uuid>(it.clone()).unwrap();
    let put = "UPDATE loyalty_cards SET business_customer_id = $1 WHERE id = $2";
    town.sql(put, [id(&handle).into(), id(&bens.card).into()]).await;
    let before = town.rows().await;
    let signature = ana.signature(&request, "accept").await;
    let yes = json!({ "answer": "accept", "signature": signature });
    let failed = ana.answer_with(&request, yes.clone()).await;
    assert!(failed.status >= 500, "{failed:?}");
    assert_eq!(town.rows().await, before, "nothing remains");
    town.sql(put, [id(&bens.handle).into(), id(&bens.card).into()]).await;
    ana.answer_with(&request, yes).await.ok();
    assert_eq!(ana.card().await["balance"], 7);
    town.books_are_sound().await;
}

#[each_engine]
async fn what_another_program_changed_counts_with_the_next_operation() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    let told = async || {
        town.till.award(&joined.card, 7).await.applied();
        let inbox = ana.http.get("/api/notifications").await.ok();
        inbox["notifications"][0]["title"].as_str().unwrap().to_owned()
    };
    let in_english = told().await;
    assert_eq!(told().await, in_english);
    town.sql("UPDATE users SET language = 'sw' WHERE id = $1", [ana.user.0.into()]).await;
    assert_ne!(told().await, in_english);
    town.sql("UPDATE loyalty_cards SET balance = 100, earned = 100", []).await;
    town.till.award(&joined.card, 7).await.applied();
    assert_eq!(ana.card().await["balance"], 107);
}

#[each_engine]
async fn a_lane_that_is_full_says_so() {
    let town = TestTown::open().await;
    let engine = town.server.app().engine();
    let before = town.number("SELECT COUNT(*) FROM operations", []).await;
    let junk = || {
        let read =
            CodeRead::Refused { kind: ScanKind::Unknown, why: Refusal::NotACode, code: None };
        op(owner(&town), Scan { read })
    };
    let answers = join_all((0..5000).map(|_| engine.submit(junk(), String::new()))).await;
    let done = answers.iter().filter(|it| it.is_ok()).count();
    let busy = answers.iter().filter(|it| **it == Err(EngineError::Busy)).count();
    assert!(busy > 0 && done + busy == 5000, "{done} done, {busy} told that it is busy");
    let kept = town.number("SELECT COUNT(*) FROM operations", []).await - before;
    assert_eq!(usize::try_from(kept), Ok(done));
    town.till.scan("x").await.refused("not_a_code");
}

/// Lets the file grow no more, as long as the connection lives that writes.
async fn fill_the_disk(town: &TestTown) {
    let mut tx = town.server.app().db().begin().await.unwrap();
    let pages: i64 = tx.rows("PRAGMA page_count", vec![]).await.unwrap()[0].get(0).unwrap();
    tx.rows(format!("PRAGMA max_page_count = {pages}"), Vec::<Val>::new()).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn after_a_full_disk_the_lane_goes_on_and_nothing_acknowledged_is_lost() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    fill_the_disk(&town).await;
    let body = json!({ "card": joined.card, "points": 1 });
    let mut acknowledged = 0;
    let refused = loop {
        let id = Uuid::now_v7();
        let answer = town.till.op_as(id, "award_points", body.clone()).await;
        match answer.body["outcome"].as_str() {
            Some("applied") => acknowledged += 1,
            _ => break (id, answer),
        }
        assert!(acknowledged < 2000, "the file does not grow");
    };
    refused.1.error(500, "internal");
    assert_eq!(ana.card().await["balance"], acknowledged, "what was said is there to be read");
    // There is room again.
    town.till.op_as(refused.0, "award_points", body).await.applied();
    assert_eq!(ana.card().await["balance"], acknowledged + 1);
    town.books_are_sound().await;
}

#[each_engine]
async fn what_was_acknowledged_before_a_stop_is_there_after_it() {
    let town = TestTown::open().await;
    let (_, joined) = town.member("Ana").await;
    let till = town.till.clone();
    let ids: Vec<Uuid> = (0..60).map(|_| Uuid::now_v7()).collect();
    let body = json!({ "card": joined.card, "points": 1 });
    let asking = ids.iter().map(async |id| {
        let operation = json!({ "id": id, "kind": "award_points", "body": body,
            "staff_token": till.staff_token });
        let call = till.http.call(reqwest::Method::POST, "/api/operations").json(&operation);
        let response = call.send().await.ok()?.error_for_status().ok()?;
        response.json::<Value>().await.ok()
    });
    let (answers, town) = tokio::join!(join_all(asking), town.restarted());
    for (id, answer) in ids.iter().zip(answers) {
        let again = town.till.op_as(*id, "award_points", body.clone()).await.ok();
        assert!(answer.is_none_or(|answer| answer == again), "{again}");
    }
    assert_eq!(town.number("SELECT COUNT(*) FROM points_entries", []).await, 60);
    assert_eq!(town.number("SELECT balance FROM loyalty_cards", []).await, 60);
}
