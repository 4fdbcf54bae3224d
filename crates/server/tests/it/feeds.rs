//! The feed: snapshot and catch-up are one mechanism, and no change is missed.

use crate::http::Http;
use crate::line::{Feed, Line, hello};
use crate::town::TestTown;
use futures_util::future::join_all;
use reda_cluster::each_engine;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Follows a scope by polling, so many items at a time, until the head.
async fn polled(http: &Http, scope: &str, limit: i64) -> Feed {
    let mut feed = Feed::default();
    loop {
        let epoch = feed.epoch.map(|epoch| format!("&epoch={epoch}")).unwrap_or_default();
        let since = feed.seq;
        let path = format!("/api/changes?scope={scope}{epoch}&since={since}&limit={limit}");
        let changes = http.get(&path).await.ok();
        assert!(changes["items"].as_array().unwrap().len() <= usize::try_from(limit).unwrap());
        assert_eq!(changes["scope"], scope);
        feed.take(&changes);
        if feed.seq == changes["head"].as_i64().unwrap() {
            return feed;
        }
    }
}

/// A shop where things have happened.
async fn lively() -> (TestTown, crate::town::Customer, Value) {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    let ben = town.customer("Ben").await;
    let (_, request) = town.asked(&ben).await;
    ben.answer(&request, "decline").await.ok();
    let cleo = town.customer("Cleo").await;
    town.asked(&cleo).await;
    town.till.award(&joined.card, 5).await.applied();
    town.till.award(&joined.card, 6).await.applied();
    (town, ana, joined.card)
}

#[each_engine]
async fn who_followed_all_along_has_what_the_snapshot_has() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let (mut till, mut page) = (town.till.line().await, ana.page().await);
    let joined = town.join(&ana).await;
    town.till.award(&joined.card, 5).await.applied();
    let owner = town.owner().await;
    owner.op("issue_printed_code", json!({ "customer": joined.handle })).await.applied();
    ana.http.patch("/api/me", json!({ "name": "Anna" })).await.ok();
    ana.http.patch("/api/notifications/read/all", json!(null)).await.ok();
    let paused = json!({ "program": town.program(), "status": "paused" });
    owner.op("update_program", paused).await.applied();
    for (live, mut fresh) in [(&mut till, town.till.line().await), (&mut page, ana.page().await)] {
        live.caught_up().await;
        fresh.caught_up().await;
        assert!(live.intervals > fresh.intervals, "it was told of each change as it came");
        live.feed().is(fresh.feed());
    }
    let member = till.feed().one("member", &joined.handle).unwrap();
    assert_eq!(member["name"], "Anna");
}

#[each_engine]
async fn polling_agrees_with_the_socket() {
    let (town, ana, _) = lively().await;
    let (mut till, mut page) = (town.till.line().await, ana.page().await);
    till.caught_up().await;
    page.caught_up().await;
    let (shop, person) = (format!("b:{}", town.shop.business), format!("u:{}", ana.user));
    for limit in [1, 3, 200] {
        polled(&town.till.http, &shop, limit).await.is(till.feed());
        polled(&ana.http, &person, limit).await.is(page.feed());
    }
    // Whoever has everything is told so.
    let at = till.feed();
    let path = format!("/api/changes?scope={shop}&epoch={}&since={}", at.epoch.unwrap(), at.seq);
    let nothing = town.till.http.get(&path).await.ok();
    assert_eq!((&nothing["items"], &nothing["to"]), (&json!([]), &json!(at.seq)));
}

#[each_engine]
async fn who_comes_back_gets_only_what_is_new() {
    let (town, ana, card) = lively().await;
    let mut page = ana.page().await;
    page.caught_up().await;
    let scope = page.feeds.keys().next().unwrap().clone();
    let cursor = page.feed().cursor();
    drop(page);
    town.till.award(&card, 9).await.applied();

    let mut back = Line::open(&town.server.socket_url()).await;
    let mut greeting = hello(ana.token());
    greeting["cursors"] = json!({ scope.clone(): cursor });
    back.say(greeting).await;
    back.frame("welcome").await;
    let changes = back_frame(&mut back, cursor["seq"].as_i64().unwrap(), &scope).await;
    let told = changes["items"].as_array().unwrap().iter();
    let kinds: BTreeSet<_> = told.map(|it| it["entity"].as_str().unwrap()).collect();
    // Of the shop the page shows what no visit changes.
    assert_eq!(kinds, BTreeSet::from(["card", "notification"]));
}

/// The first frame of changes, for a line that stands at `seq` already.
async fn back_frame(line: &mut Line, seq: i64, scope: &str) -> Value {
    line.feeds.insert(scope.to_owned(), Feed { seq, ..Feed::default() });
    line.frame("changes").await
}

#[each_engine]
async fn who_was_told_to_start_anew_gets_nothing_before_saying_from_where() {
    let (town, ana, card) = lively().await;
    let scope = format!("u:{}", ana.user);
    let mut page = Line::open(&town.server.socket_url()).await;
    let mut greeting = hello(ana.token());
    greeting["cursors"] = json!({ scope.clone(): { "epoch": 1, "seq": 3 } });
    page.say(greeting).await;
    page.frame("reset").await;
    town.till.award(&card, 5).await.applied();
    for _ in 0..9 {
        page.say(json!({ "type": "ping" })).await;
        page.frame("pong").await;
    }
    assert_eq!(page.intervals, 0);
    page.say(json!({ "type": "since", "scopes": { scope: { "seq": 0 } } })).await;
    page.caught_up().await;
}

#[each_engine]
async fn a_cursor_of_another_epoch_starts_again_from_nothing() {
    let (town, ana, _) = lively().await;
    let scope = format!("u:{}", ana.user);
    let mut fresh = ana.page().await;
    fresh.caught_up().await;
    let epoch = fresh.feed().epoch.unwrap();
    let beyond = json!({ "epoch": epoch, "seq": 1_000_000 });
    for cursor in [json!({ "epoch": 1, "seq": 3 }), beyond] {
        let mut page = Line::open(&town.server.socket_url()).await;
        let mut greeting = hello(ana.token());
        greeting["cursors"] = json!({ scope.clone(): cursor });
        page.say(greeting).await;
        let reset = page.frame("reset").await;
        assert_eq!((&reset["scope"], &reset["epoch"]), (&json!(scope), &json!(epoch)));
        let start =
            json!({ "type": "since", "scopes": { scope.clone(): { "epoch": epoch, "seq": 0 } } });
        page.say(start).await;
        page.caught_up().await;
        page.feed().is(fresh.feed());

        let (epoch, seq) = (&cursor["epoch"], &cursor["seq"]);
        let path = format!("/api/changes?scope={scope}&epoch={epoch}&since={seq}");
        let answer = ana.http.get(&path).await.ok();
        assert_eq!(answer, json!({ "reset": true, "epoch": fresh.feed().epoch }));
    }
}

#[each_engine]
async fn a_long_feed_comes_in_several_frames() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    for _ in 0..5 {
        let awards = join_all((0..50).map(|_| town.till.award(&joined.card, 1))).await;
        awards.into_iter().for_each(|award| drop(award.applied()));
    }
    let mut page = ana.page().await;
    page.caught_up().await;
    assert!(page.intervals >= 2, "{} intervals", page.intervals);
    assert!(page.feed().all("notification").len() >= 250);
    assert_eq!(page.feed().one("card", &joined.card).unwrap()["balance"], 250);
    polled(&ana.http, &format!("u:{}", ana.user), 200).await.is(page.feed());
}

#[each_engine]
async fn a_reader_who_does_not_read_keeps_nobody_waiting() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    for _ in 0..4 {
        let awards = join_all((0..50).map(|_| town.till.award(&joined.card, 1))).await;
        awards.into_iter().for_each(|award| drop(award.applied()));
    }
    let (mut deaf, mut page) = (ana.page().await, ana.page().await);
    page.caught_up().await;
    // Each asks for everything anew: far more than any buffer between the two holds.
    let scope = format!("u:{}", ana.user);
    for _ in 0..300 {
        let start = json!({ "epoch": null, "seq": 0 });
        deaf.say(json!({ "type": "since", "scopes": { scope.clone(): start } })).await;
    }
    let data = town.till.award(&joined.card, 5).await.applied();
    page.sees("card", |it| it["balance"] == data["balance"]).await;
    ana.page().await.caught_up().await;
}

#[each_engine]
async fn nobody_follows_somebody_else() {
    let (town, ana, _) = lively().await;
    let ben = town.customer("Ben").await;
    let start = json!({ "epoch": null, "seq": 0 });
    let anas = format!("u:{}", ana.user);
    let shops = format!("b:{}", town.shop.business);
    for (token, scope) in [
        (ben.token(), &anas),
        (ben.token(), &shops),
        (town.till.token(), &anas),
        (ana.token(), &shops),
    ] {
        let mut greeting = hello(token);
        greeting["cursors"] = json!({ scope.clone(): start });
        let mut line = Line::open(&town.server.socket_url()).await;
        line.say(greeting).await;
        line.ends("forbidden", 4003).await;

        let mut line = Line::welcomed(&town.server.socket_url(), token).await;
        line.say(json!({ "type": "since", "scopes": { scope.clone(): start } })).await;
        line.ends("forbidden", 4003).await;
    }
    ben.http.get(&format!("/api/changes?scope={anas}")).await.error(404, "not_found");
    ben.http.get("/api/changes?scope=everything").await.error(422, "invalid_body");
    ben.http.get("/api/changes").await.error(422, "invalid_body");
}

#[each_engine]
async fn an_owner_follows_themselves_and_the_shop() {
    let (town, ..) = lively().await;
    let owner = town.owner().await;
    let mut line = Line::open(&town.server.socket_url()).await;
    let mut greeting = hello(owner.token.as_deref().unwrap());
    let start = json!({ "epoch": null, "seq": 0 });
    let own = format!("u:{}", town.shop.user);
    let shop = format!("b:{}", town.shop.business);
    greeting["cursors"] = json!({ own.clone(): start, shop.clone(): start });
    line.say(greeting).await;
    let welcome = line.frame("welcome").await;
    assert_eq!(welcome["scopes"], json!([own, shop]));
    line.caught_up().await;
    let mut till = town.till.line().await;
    till.caught_up().await;
    line.feeds[&shop].is(till.feed());
    assert_eq!(line.feeds[&own].all("user").len(), 1);
}

#[each_engine]
async fn a_result_says_where_the_feed_shows_it() {
    let (town, _, card) = lively().await;
    let mut till = town.till.line().await;
    let body = json!({ "card": card, "points": 5 });
    let answer = town.till.op_as(Uuid::now_v7(), "award_points", body).await.ok();
    let shop = format!("b:{}", town.shop.business);
    let moved = answer["moved"].as_object().unwrap();
    assert_eq!(moved.keys().collect::<Vec<_>>(), [&shop], "no scope that the till may not read");
    let seq = moved[&shop]["seq"].as_i64().unwrap();
    till.until(|feed| (feed.seq >= seq).then_some(())).await;
    assert_eq!(till.feed().epoch, moved[&shop]["epoch"].as_i64());
    let balance = answer["data"]["balance"].clone();
    assert_eq!(till.feed().one("card", &card).unwrap()["balance"], balance);
}
