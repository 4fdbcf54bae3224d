//! Many at once, over real sockets, by calls and by frames; on PostgreSQL through two servers.

use crate::crowd::{CALLERS, CARRIERS, Carrier, Crowd, operation};
use crate::http::{Answer, Http};
use crate::town::Customer;
use futures_util::future::join_all;
use reda_cluster::each_engine;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::timeout;

/// What must come comes within this time.
const WAIT_MAX: Duration = Duration::from_secs(20);
const CALLS: usize = 32;

/// Balance, held and available of the person's only card.
async fn points(ana: &Customer) -> [i64; 3] {
    let card = ana.card().await;
    ["balance", "held", "available"].map(|name| card[name].as_i64().unwrap())
}

#[each_engine]
async fn thirty_two_acceptances_on_the_page_and_at_the_till_make_one_card() {
    for carrier in CARRIERS {
        let crowd = Crowd::gather(carrier).await;
        let shop = format!("/api/businesses/{}", crowd.town.shop.business);
        let in_person = json!({ "settings": { "in_person": true } });
        crowd.town.owner().await.patch(&shop, in_person).await.ok();
        let ana = crowd.town.customer("Ana").await;
        let (_, request) = crowd.town.asked(&ana).await;
        let signature = ana.signature(&request, "accept").await;
        let path = format!("/api/requests/{}/answer", request.as_str().unwrap());
        let body = json!({ "answer": "accept", "signature": signature });
        let pages = crowd.callers(ana.token());
        let page = (0..CALLS / 2).map(|n| pages[n % CALLERS].post(&path, body.clone()));
        let yes = || {
            let yes = json!({ "request": request, "answer": "accept" });
            crowd.operation("answer_in_person", yes)
        };
        let at_till: Vec<Value> = (0..CALLS / 2).map(|_| yes()).collect();
        let (on_page, at_till) =
            tokio::join!(join_all(page), crowd.all_at_once(&crowd.town.till, &at_till));
        let on_page = on_page.into_iter().map(Answer::ok);
        let cards = on_page.chain(at_till.into_iter().map(Answer::applied));
        let cards: Vec<Value> = cards.map(|it| it["card"].clone()).collect();
        assert_eq!(cards.len(), CALLS);
        assert!(cards.iter().all(|card| *card == cards[0] && card.is_string()), "{cards:?}");
        for (sql, n) in [
            ("SELECT COUNT(*) FROM loyalty_cards", 1),
            ("SELECT COUNT(*) FROM enrollments", 1),
            ("SELECT COUNT(*) FROM customers", 1),
            ("SELECT COUNT(*) FROM consents", 1),
        ] {
            assert_eq!(crowd.town.number(sql, []).await, n, "{carrier:?} {sql}");
        }
        crowd.town.books_are_sound().await;
    }
}

#[each_engine]
async fn one_operation_thirty_two_times_is_done_once() {
    for carrier in CARRIERS {
        let crowd = Crowd::gather(carrier).await;
        let (ana, joined) = crowd.town.member("Ana").await;
        let award = crowd.award("card", &joined.card, 5);
        let again = vec![award; CALLS];
        let answers = crowd.all_at_once(&crowd.town.till, &again).await;
        let answers: Vec<Value> = answers.into_iter().map(Answer::ok).collect();
        assert_eq!(answers.len(), CALLS);
        assert!(answers.iter().all(|it| *it == answers[0]), "{carrier:?} {answers:?}");
        assert_eq!(crowd.town.number("SELECT COUNT(*) FROM points_entries", []).await, 1);
        assert_eq!(ana.card().await["balance"], 5);
    }
}

#[each_engine]
async fn one_operation_by_calls_and_frames_at_once_is_done_once() {
    let crowd = Crowd::gather(Carrier::Frames).await;
    let (ana, joined) = crowd.town.member("Ana").await;
    let award = crowd.award("card", &joined.card, 5);
    let again = vec![award.clone(); CALLS / 2];
    let calls = crowd.callers(crowd.town.till.token());
    let by_calls =
        (0..CALLS / 2).map(|n| calls[n % CALLERS].post("/api/operations", award.clone()));
    let (frames, calls) =
        tokio::join!(crowd.all_at_once(&crowd.town.till, &again), join_all(by_calls));
    let answers: Vec<Value> = frames.into_iter().chain(calls).map(Answer::ok).collect();
    assert_eq!(answers.len(), CALLS);
    assert!(answers.iter().all(|it| *it == answers[0]), "{answers:?}");
    assert_eq!(ana.card().await["balance"], 5);
    crowd.town.books_are_sound().await;
}

#[each_engine]
async fn first_awards_while_the_card_is_made_all_count_once() {
    for carrier in CARRIERS {
        let crowd = Crowd::gather(carrier).await;
        let ana = crowd.town.customer("Ana").await;
        let (_, request) = crowd.town.asked(&ana).await;
        let awards: Vec<Value> =
            (1..=CALLS).map(|points| crowd.award("request", &request, points)).collect();
        let (answers, accepted) = tokio::join!(
            crowd.all_at_once(&crowd.town.till, &awards),
            ana.answer(&request, "accept"),
        );
        accepted.ok();
        // Only so many awards wait on one request; whoever came too early for a place is told.
        let awarded = answers.iter().filter(|it| it.body["outcome"] == "applied");
        let expected: i64 = awarded.map(|it| it.body["data"]["points"].as_i64().unwrap()).sum();
        assert!(expected > 0);
        assert_eq!(ana.card().await["balance"], expected, "{carrier:?}");
        crowd.town.books_are_sound().await;
    }
}

#[each_engine]
async fn awards_from_everywhere_add_up() {
    for carrier in CARRIERS {
        let crowd = Crowd::gather(carrier).await;
        let (ana, joined) = crowd.town.member("Ana").await;
        let awards: Vec<Value> =
            (0..4 * CALLS).map(|_| crowd.award("card", &joined.card, 1)).collect();
        for answer in crowd.all_at_once(&crowd.town.till, &awards).await {
            answer.applied();
        }
        assert_eq!(ana.card().await["balance"], 4 * CALLS, "{carrier:?}");
        crowd.town.books_are_sound().await;
    }
}

#[each_engine]
async fn a_refresh_token_used_twice_at_once_keeps_its_session() {
    let crowd = Crowd::gather(Carrier::Calls).await;
    let ana = crowd.town.customer("Ana").await;
    let callers = crowd.callers(ana.token());
    let refresh = json!({ "refresh_token": ana.refresh_token });
    let (one, two) = tokio::join!(
        callers[0].post("/api/auth/refresh", refresh.clone()),
        callers[1].post("/api/auth/refresh", refresh),
    );
    let tokens = [one.ok(), two.ok()].map(|it| json!({ "refresh_token": it["refresh_token"] }));
    for token in tokens {
        callers[0].post("/api/auth/refresh", token).await.ok();
    }
}

#[each_engine]
async fn two_awards_and_a_deduction_at_once_count_in_some_order() {
    for carrier in CARRIERS {
        let crowd = Crowd::gather(carrier).await;
        let (ana, joined) = crowd.town.member("Ana").await;
        let places = crowd.places(&crowd.town.till).await;
        for turn in 0..8 {
            let [before, ..] = points(&ana).await;
            // There is enough only after both awards.
            let needs = before + 12;
            let card = &joined.card;
            let call = |place: usize, body| places[(turn + place) % CALLERS].op(body);
            let (five, asked, seven) = tokio::join!(
                call(0, crowd.award("card", card, 5)),
                call(1, crowd.deduction(card, needs)),
                call(2, crowd.award("card", card, 7)),
            );
            drop((five.applied(), seven.applied()));
            if asked.body["outcome"] == "applied" {
                assert_eq!(points(&ana).await, [needs, needs, 0]);
                let cancel = json!({ "request": asked.applied()["request"] });
                call(turn, crowd.operation("cancel_request", cancel)).await.applied();
            } else {
                let details = asked.refused("not_enough_points");
                let there = details["available"].as_i64().unwrap() - before;
                assert!([0, 5, 7].contains(&there), "{details}");
            }
            assert_eq!(points(&ana).await, [needs, 0, needs]);
        }
        crowd.town.books_are_sound().await;
    }
}

/// Sooner or later by a few round trips.
async fn hesitate(http: &Http, calls: usize) {
    for _ in 0..calls {
        http.get("/health/live").await.ok();
    }
}

#[each_engine]
async fn of_a_yes_a_cancel_and_the_clock_one_wins() {
    for carrier in CARRIERS {
        let crowd = Crowd::gather(carrier).await;
        let (ana, joined) = crowd.town.member("Ana").await;
        crowd.town.till.award(&joined.card, 100).await.applied();
        for round in 0..6 {
            one_of_three_wins(&crowd, &ana, &joined.card, round).await;
        }
        crowd.town.books_are_sound().await;
    }
}

/// The customer says yes, the till takes the question back, and its time is over.
async fn one_of_three_wins(crowd: &Crowd, ana: &Customer, card: &Value, round: usize) {
    const MINUTES_MS: i64 = 2 * 60 * 1000;
    let (tills, pages) = (crowd.places(&crowd.town.till).await, crowd.callers(ana.token()));
    let [before, ..] = points(ana).await;
    let asked = tills[round].op(crowd.deduction(card, 10)).await;
    let request = asked.applied()["request"].clone();
    let signature = ana.signature(&request, "accept").await;
    let path = format!("/api/requests/{}/answer", request.as_str().unwrap());
    let body = json!({ "answer": "accept", "signature": signature });
    let yes = pages.iter().map(async |http| {
        hesitate(http, round % 3).await;
        http.post(&path, body.clone()).await
    });
    let cancel = tills.iter().map(async |till| {
        hesitate(&crowd.town.http, (round + 1) % 3).await;
        till.op(crowd.operation("cancel_request", json!({ "request": request }))).await
    });
    let clock = async {
        hesitate(&crowd.town.http, (round + 2) % 4).await;
        crowd.town.passes(MINUTES_MS);
        crowd.town.server.app().run_jobs().await;
    };
    let (yes, cancel, ()) = tokio::join!(join_all(yes), join_all(cancel), clock);
    let status = closed(crowd, &request).await;
    let said = |answers: &[Answer], ok: &dyn Fn(&Answer) -> bool| {
        answers.iter().filter(|it| ok(it)).count()
    };
    let yeses = said(&yes, &|it| it.status == 200);
    let cancels = said(&cancel, &|it| it.body["outcome"] == "applied");
    let agree = match status.as_str() {
        "accepted" => (yeses, cancels) == (CALLERS, 0),
        "cancelled" => yeses == 0 && cancels > 0,
        "expired" => (yeses, cancels) == (0, 0),
        other => panic!("{other}"),
    };
    assert!(agree, "{status}: {yes:?} {cancel:?}");
    let left = if status == "accepted" { before - 10 } else { before };
    assert_eq!(points(ana).await, [left, 0, left]);
    let outcomes = "SELECT o.outcome FROM hold_outcomes o JOIN holds h ON h.id = o.hold_id
        WHERE h.request_id = $1";
    assert_eq!(crowd.of_request(outcomes, &request).await.len(), 1);
}

/// What a request came to. Whoever else had the job's turn may still be at it.
async fn closed(crowd: &Crowd, request: &Value) -> String {
    const STATUS: &str =
        "SELECT status FROM approval_requests WHERE id = $1 AND status <> 'pending'";
    let closed = async {
        loop {
            crowd.town.server.app().run_jobs().await;
            if let [status] = crowd.of_request(STATUS, request).await.as_slice() {
                return status.clone();
            }
        }
    };
    timeout(WAIT_MAX, closed).await.expect("it is closed")
}

/// The shop lets codes approve points.
async fn codes_approve(crowd: &Crowd) {
    let shop = format!("/api/businesses/{}", crowd.town.shop.business);
    let allow = json!({ "settings": { "approval_evidence": ["fresh_code"] } });
    crowd.town.owner().await.patch(&shop, allow).await.ok();
}

/// Codes have changed, and what was shown before counts no more.
fn later(crowd: &Crowd) {
    crowd.town.passes(90 * 1000);
}

#[each_engine]
async fn one_shown_code_at_every_server_at_once_approves_one_request() {
    for carrier in CARRIERS {
        let crowd = Crowd::gather(carrier).await;
        codes_approve(&crowd).await;
        let (ana, joined) = crowd.town.member("Ana").await;
        crowd.town.till.award(&joined.card, 1000).await.applied();
        for round in 1..=4 {
            later(&crowd);
            let asks: Vec<Value> =
                (0..CALLERS).map(|_| crowd.deduction(&joined.card, 10)).collect();
            let asked = crowd.all_at_once(&crowd.town.till, &asks).await;
            let code = ana.code_at(crowd.town.clock.now());
            let shown = asked.into_iter().map(|it| {
                let shown = json!({ "request": it.applied()["request"], "code": code });
                crowd.operation("answer_by_code", shown)
            });
            let shown: Vec<Value> = shown.collect();
            let answers = crowd.all_at_once(&crowd.town.till, &shown).await;
            let said =
                |name: &str, word: &str| answers.iter().filter(|it| it.body[name] == word).count();
            let counts = (said("outcome", "applied"), said("code", "code_used"));
            assert_eq!(counts, (1, CALLERS - 1), "{carrier:?} {answers:?}");
            assert_eq!(crowd.town.number("SELECT COUNT(*) FROM code_uses", []).await, round);
            assert_eq!(ana.card().await["balance"], 1000 - 10 * round);
        }
        crowd.town.books_are_sound().await;
    }
}

#[each_engine]
async fn one_shown_code_at_every_server_at_once_names_one_person() {
    for carrier in CARRIERS {
        let crowd = Crowd::gather(carrier).await;
        let ana = crowd.town.customer("Ana").await;
        let code = ana.code_now();
        let scan = || crowd.operation("scan", json!({ "code": code }));
        let scans: Vec<Value> = (0..CALLS).map(|_| scan()).collect();
        let answers = crowd.all_at_once(&crowd.town.till, &scans).await;
        let found: Vec<Value> = answers.into_iter().map(Answer::applied).collect();
        assert!(found.iter().all(|it| it["customer"] == found[0]["customer"]), "{found:?}");
        assert_eq!(crowd.town.number("SELECT COUNT(*) FROM business_customers", []).await, 1);
        let logged = crowd.town.number("SELECT COUNT(*) FROM qr_scan_logs", []).await;
        assert_eq!(usize::try_from(logged), Ok(CALLS), "every showing is logged");
    }
}

#[each_engine]
async fn a_code_that_one_shop_scans_while_another_approves_by_it_counts_for_one_in_order() {
    for carrier in CARRIERS {
        let crowd = Crowd::gather(carrier).await;
        codes_approve(&crowd).await;
        let (ana, joined) = crowd.town.member("Ana").await;
        let (_, elsewhere) = crowd.town.other_shop().await;
        crowd.town.till.award(&joined.card, 1000).await.applied();
        let (here, there) = (crowd.places(&crowd.town.till).await, crowd.places(&elsewhere).await);
        for round in 0..CALLERS / 2 {
            later(&crowd);
            let asked = here[round].op(crowd.deduction(&joined.card, 10)).await;
            let code = ana.code_at(crowd.town.clock.now());
            let shown = json!({ "request": asked.applied()["request"], "code": code });
            let scan = operation(&elsewhere, "scan", json!({ "code": code }));
            // On PostgreSQL neighbouring places are at different servers.
            let (approved, scanned) = tokio::join!(
                here[round].op(crowd.operation("answer_by_code", shown)),
                there[(round + 1) % CALLERS].op(scan),
            );
            scanned.applied();
            match approved.body["outcome"].as_str() {
                Some("applied") => {}
                _ => drop(approved.refused("code_used")),
            }
        }
        let uses = crowd.town.number("SELECT COUNT(*) FROM code_uses", []).await;
        assert_eq!(ana.card().await["balance"], 1000 - 10 * uses, "{carrier:?}");
        crowd.town.books_are_sound().await;
    }
}
