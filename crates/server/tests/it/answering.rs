//! Answering a request: by whom it asks, once, and in time.

use crate::http::Answer;
use crate::town::TestTown;
use futures_util::future::join_all;
use reda_cluster::each_engine;
use serde_json::{Value, json};
use uuid::Uuid;

#[each_engine]
async fn answering_again_the_same_way_gives_the_same() {
    let town = TestTown::open().await;
    let (ana, ben) = (town.customer("Ana").await, town.customer("Ben").await);
    for (person, answer) in [(&ana, "accept"), (&ben, "decline")] {
        let (_, request) = town.asked(person).await;
        let first = person.answer(&request, answer).await.ok();
        let rows = town.rows().await;
        let again = person.answer(&request, answer).await.ok();
        assert_eq!(first, again);
        let changed: Vec<_> =
            town.rows().await.into_iter().filter(|it| !rows.contains(it)).collect();
        // The second asking is an operation of its own, with its line; it changes nothing else.
        assert!(matches!(changed[..], [("operations", _), ("audit_log", _)]), "{changed:?}");
    }
}

#[each_engine]
async fn answering_again_the_other_way_is_refused() {
    let town = TestTown::open().await;
    let (ana, ben) = (town.customer("Ana").await, town.customer("Ben").await);
    for (person, first, other) in [(&ana, "accept", "decline"), (&ben, "decline", "accept")] {
        let (_, request) = town.asked(person).await;
        person.answer(&request, first).await.ok();
        let details = person.answer(&request, other).await.error(409, "already_answered");
        assert_eq!(details, json!({ "answer": first }));
    }
    assert_eq!(town.number("SELECT COUNT(*) FROM loyalty_cards", []).await, 1);
}

#[each_engine]
async fn a_late_answer_is_refused() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let (_, request) = town.asked(&ana).await;
    town.sql("UPDATE approval_requests SET expires_at_ms = 1", []).await;
    for answer in ["accept", "decline"] {
        let body = json!({ "answer": answer });
        ana.answer_with(&request, body).await.error(409, "request_expired");
    }
    town.till.award_on(&request, 5).await.refused("request_expired");
    let cancel = json!({ "request": request });
    town.till.op("cancel_request", cancel).await.refused("request_expired");
    assert_eq!(town.number("SELECT COUNT(*) FROM loyalty_cards", []).await, 0);
    let found = town.till.scan(&ana.code_now()).await.applied();
    assert_eq!(found["status"], "not_enrolled", "an expired question is no pending one");
}

#[each_engine]
async fn asking_again_after_a_request_ran_out_asks_anew() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let (handle, request) = town.asked(&ana).await;
    town.sql("UPDATE approval_requests SET expires_at_ms = 1", []).await;
    let again = town.ask(&handle).await;
    assert_ne!(again, request);
    ana.answer(&again, "accept").await.ok();
}

#[each_engine]
async fn nobody_else_can_answer_or_even_see_a_request() {
    let town = TestTown::open().await;
    let (ana, ben) = (town.customer("Ana").await, town.customer("Ben").await);
    let (_, request) = town.asked(&ana).await;
    let signature = ana.signature(&request, "accept").await;
    for body in
        [json!({ "answer": "accept" }), json!({ "answer": "accept", "signature": signature })]
    {
        ben.answer_with(&request, body).await.error(404, "request_unknown");
    }
    let seen = format!("/api/requests/{}/seen", request.as_str().unwrap());
    ben.http.post(&seen, json!({})).await.error(404, "request_unknown");
    let nobody = town.http.post(&seen, json!({})).await;
    nobody.error(401, "unauthorized");
    town.till.http.post(&seen, json!({})).await.error(403, "forbidden");
    assert_eq!(ben.http.get("/api/me/requests").await.ok()["items"], json!([]));
    ana.answer(&request, "accept").await.ok();
}

#[each_engine]
async fn a_signature_counts_only_for_what_it_signed() {
    let town = TestTown::open().await;
    let (ana, ben) = (town.customer("Ana").await, town.customer("Ben").await);
    let (_, request) = town.asked(&ana).await;
    let good = ana.signature(&request, "accept").await;
    let answer = |signature: Value| json!({ "answer": "accept", "signature": signature });
    let with = |field: &str, value: Value| {
        let mut signature = good.clone();
        signature[field] = value;
        signature
    };
    let bad = [
        ana.signature(&request, "decline").await,
        with("key", ben.key_id.clone()),
        with("key", json!(Uuid::now_v7())),
        with("value", json!("AAAA")),
        with("value", json!("not base64!")),
        with("value", json!("A".repeat(5000))),
    ];
    for signature in bad {
        let refused = ana.answer_with(&request, answer(signature.clone())).await;
        assert_eq!(refused.error(422, "signature_invalid"), Value::Null, "{signature}");
    }
    ana.answer_with(&request, answer(with("also", json!(1)))).await.error(422, "invalid_body");
    ana.answer_with(&request, answer(good)).await.ok();
}

#[each_engine]
async fn a_revoked_key_signs_nothing() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let (_, request) = town.asked(&ana).await;
    let revoke = "UPDATE customer_keys SET revoked_at_ms = 1 WHERE id = $1";
    town.sql(revoke, [ana.key().0.into()]).await;
    ana.answer(&request, "accept").await.error(422, "signature_invalid");
    ana.answer_with(&request, json!({ "answer": "accept" })).await.ok();
}

#[each_engine]
async fn an_answer_is_one_of_two_words() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let (_, request) = town.asked(&ana).await;
    for body in [
        json!({ "answer": "maybe" }),
        json!({}),
        json!({ "answer": "accept", "force": true }),
        json!([]),
        json!(null),
    ] {
        ana.answer_with(&request, body).await.error(422, "invalid_body");
    }
    ana.answer_with(&json!("not-an-id"), json!({ "answer": "accept" }))
        .await
        .error(404, "not_found");
}

#[each_engine]
async fn however_many_yeses_race_there_is_one_card() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let (_, request) = town.asked(&ana).await;
    let signature = ana.signature(&request, "accept").await;
    let body = json!({ "answer": "accept", "signature": signature });
    let answers = join_all((0..12).map(|_| ana.answer_with(&request, body.clone()))).await;
    let answers: Vec<Value> = answers.into_iter().map(Answer::ok).collect();
    assert!(answers.iter().all(|it| *it == answers[0]), "{answers:?}");
    for table in ["loyalty_cards", "enrollments", "customers", "consents", "business_customers"] {
        let rows = town.rows().await;
        assert!(rows.contains(&(table, 1)), "{table}: {rows:?}");
    }
}

#[each_engine]
async fn of_a_yes_and_a_no_at_once_one_stands() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let (_, request) = town.asked(&ana).await;
    let say = |answer: &str| ana.answer_with(&request, json!({ "answer": answer }));
    let (yes, no) = tokio::join!(say("accept"), say("decline"));
    let accepted = match (yes.status, no.status) {
        (200, 409) => true,
        (409, 200) => false,
        other => panic!("one of the two stands, not {other:?}"),
    };
    assert_eq!(town.number("SELECT COUNT(*) FROM loyalty_cards", []).await, i64::from(accepted));
    assert_eq!(town.number("SELECT COUNT(*) FROM consents", []).await, 1);
}
