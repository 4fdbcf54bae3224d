//! A business's customers: lists, what passed with them, and what staff change.

use crate::town::{Customer, Joined, TestTown};
use reda_cluster::each_engine;
use reda_store::Val;
use serde_json::{Value, json};

fn path(town: &TestTown, rest: &str) -> String {
    format!("/api/businesses/{}/{rest}", town.shop.business)
}

/// The names in a list.
fn names(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().expect("a list");
    items.iter().map(|it| it["name"].as_str().expect("a name")).collect()
}

async fn listed(town: &TestTown, query: &str) -> Value {
    town.till.http.get(&path(town, &format!("customers?{query}"))).await.ok()
}

async fn erased(person: &Customer, town: &TestTown) {
    let leave = format!("/api/me/businesses/{}/leave", town.shop.business);
    assert_eq!(person.http.post(&leave, json!({})).await.status, 204);
}

#[each_engine]
async fn a_search_finds_members_and_never_strangers() {
    let town = TestTown::open().await;
    let ana = town.verified("Anastasia Wanjiru").await;
    let joined = town.join(&ana).await;
    let zed = town.verified("Zedekiah").await;
    town.asked(&zed).await;
    town.verified("Walker By").await;
    let all = listed(&town, "").await;
    assert_eq!((&all["count"], names(&all)), (&json!(2), vec!["Zedekiah", "Anastasia Wanjiru"]));
    assert_eq!(
        (&all["items"][0]["status"], &all["items"][0]["phone"]),
        (&json!("pending"), &Value::Null)
    );
    let number = ana.card().await["number"].as_str().unwrap().to_owned();
    let phone = &ana.phone;
    let spaced = format!("{}%20{}", &phone[..4], &phone[4..]);
    for q in ["anast", "WANJ", "wanj%20anas", phone, &spaced, "254722", "%2B254722", &number] {
        let found = listed(&town, &format!("q={q}")).await;
        assert_eq!((&found["count"], names(&found)), (&json!(1), vec!["Anastasia Wanjiru"]), "{q}");
        assert_eq!(found["items"][0]["id"], joined.handle);
    }
    for q in ["zed", "walker", "%25", "_", "\\", "stasia", "'"] {
        assert_eq!(listed(&town, &format!("q={q}")).await["count"], 0, "{q}");
    }
    for (status, count) in [("member", 1), ("pending", 1)] {
        assert_eq!(listed(&town, &format!("status={status}")).await["count"], count);
    }
    let none = format!("program={}", uuid::Uuid::now_v7());
    assert_eq!(listed(&town, &none).await["count"], 0);
    assert_eq!(listed(&town, &format!("program={}", town.program())).await["count"], 2);
    ana.http.patch("/api/me", json!({ "name": "Bahati" })).await.ok();
    assert_eq!(listed(&town, "q=bahati").await["count"], 1, "a new name is found at once");
    assert_eq!(listed(&town, "q=anast").await["count"], 0);
    erased(&ana, &town).await;
    assert_eq!(listed(&town, "q=bahati").await["count"], 0);
    assert_eq!(listed(&town, "").await["count"], 1);
}

#[each_engine]
async fn the_pages_of_a_list_hold_what_it_counts_each_once() {
    let town = TestTown::open().await;
    for (name, points) in [("Cleo", 3), ("Abdi", 3), ("Beth", 1), ("Dan", 0), ("Abdi", 2)] {
        let (_, joined) = town.member(name).await;
        for _ in 0..points {
            let sale = json!({ "amount": 20_000, "currency": "KES" });
            let award = json!({ "card": joined.card, "amount": sale });
            town.till.op("award_points", award).await.applied();
        }
    }
    for sort in [
        "name",
        "-name",
        "visits",
        "-visits",
        "spend",
        "-spend",
        "last_visit",
        "-last_visit",
        "joined",
        "-joined",
    ] {
        let mut seen: Vec<Value> = vec![];
        let mut after = String::new();
        loop {
            let page = listed(&town, &format!("sort={sort}&limit=2{after}")).await;
            assert_eq!(page["count"], 5);
            seen.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        let ids: std::collections::BTreeSet<String> =
            seen.iter().map(|it| it["id"].to_string()).collect();
        assert_eq!((seen.len(), ids.len()), (5, 5), "{sort}");
        let field = sort.trim_start_matches('-');
        if ["visits", "spend"].contains(&field) {
            let mut values: Vec<i64> = seen.iter().map(|it| it[field].as_i64().unwrap()).collect();
            if sort.starts_with('-') {
                values.reverse();
            }
            assert!(values.is_sorted(), "{sort}: {values:?}");
        }
    }
    assert_eq!(names(&listed(&town, "").await), ["Abdi", "Abdi", "Beth", "Cleo", "Dan"]);
    let bad = path(&town, "customers?sort=shoe_size");
    town.till.http.get(&bad).await.error(422, "invalid_body");
    let bad = path(&town, "customers?after=zzz");
    town.till.http.get(&bad).await.error(422, "invalid_body");
}

#[each_engine]
async fn a_list_is_narrowed_by_the_last_visit() {
    let town = TestTown::open().await;
    let (_, joined) = town.member("Ana").await;
    town.member("Ben").await;
    town.till.award(&joined.card, 5).await.applied();
    for (query, who) in [
        ("visited_from=2020-01-01T00:00:00Z", vec!["Ana"]),
        ("visited_from=2200-01-01T00:00:00Z", vec![]),
        ("visited_before=2020-01-01T00:00:00Z", vec![]),
        ("visited_before=2200-01-01T00:00:00Z", vec!["Ana"]),
        ("unseen_since=2020-01-01T00:00:00Z", vec!["Ben"]),
        ("unseen_since=2200-01-01T00:00:00Z", vec!["Ana", "Ben"]),
    ] {
        let found = listed(&town, query).await;
        assert_eq!((names(&found), &found["count"]), (who.clone(), &json!(who.len())), "{query}");
    }
}

#[each_engine]
async fn a_list_and_its_file_are_narrowed_by_the_tier() {
    let town = TestTown::open().await;
    for (name, points) in [("Ana", 5), ("Ben", 1), ("Cleo", 0)] {
        let (_, joined) = town.member(name).await;
        if points > 0 {
            town.till.award(&joined.card, points).await.applied();
        }
    }
    let owner = town.owner().await;
    let tier =
        |name: &str, from: i64| json!({ "name": name, "from": from, "multiplier_percent": 100 });
    let tiers = json!([tier("Bronze", 1), tier("Gold", 5)]);
    let change = json!({ "program": town.program(), "tiers": tiers });
    owner.op("update_program", change).await.applied();
    for (query, who) in [
        ("tier=Gold", vec!["Ana"]),
        ("tier=Bronze&status=member", vec!["Ben"]),
        ("tier=Silver", vec![]),
        (&format!("tier=Gold&program={}", uuid::Uuid::now_v7()), vec![]),
    ] {
        let found = listed(&town, query).await;
        assert_eq!((names(&found), &found["count"]), (who.clone(), &json!(who.len())), "{query}");
        let file = path(&town, &format!("customers.csv?{query}"));
        let text = owner.call(reqwest::Method::GET, &file).send().await.unwrap().text().await;
        assert_eq!(text.unwrap().lines().count(), who.len() + 1, "{query}");
    }
}

#[each_engine]
async fn what_passed_with_a_customer_is_told_newest_first() {
    let town = TestTown::open().await;
    let (_, joined) = town.member("Ana").await;
    town.till.award(&joined.card, 7).await.applied();
    let customer = joined.handle.as_str().unwrap();
    let line = path(&town, &format!("customers/{customer}/timeline"));
    let all = town.till.http.get(&line).await.ok();
    let all = all["items"].as_array().unwrap();
    let kinds: Vec<&str> = all.iter().map(|it| it["kind"].as_str().unwrap()).collect();
    for kind in ["scan", "request", "closed", "points", "message"] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
    assert!(all.iter().any(|it| it["kind"] == "points" && it["points"] == 7 && it["balance"] == 7));
    let times: Vec<&str> = all.iter().rev().map(|it| it["at"].as_str().unwrap()).collect();
    assert!(times.is_sorted(), "{times:?}");
    let mut pages = vec![];
    let mut after = String::new();
    loop {
        let page = town.till.http.get(&format!("{line}?limit=2{after}")).await.ok();
        pages.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(&pages, all, "in pages it is the same");
    let detail = town.till.http.get(&path(&town, &format!("customers/{customer}"))).await.ok();
    assert_eq!(detail["customer"]["cards"][0]["balance"], 7);
    assert_eq!(detail["consents"][0]["answer"], "accept");
}

#[each_engine]
async fn staff_name_tag_and_note_a_member_for_themselves() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    let write = json!({ "customer": joined.handle, "name": "Mama Ana", "notes": " likes tea ",
        "tags": ["VIP", " VIP "] });
    town.till.op("update_customer", write).await.applied();
    let mut till = town.till.line().await;
    let member = till.sees("member", |it| it["id"] == joined.handle).await;
    assert_eq!((&member["name"], &member["tags"]), (&json!("Mama Ana"), &json!(["VIP"])));
    let found = listed(&town, "q=vip").await;
    assert_eq!(names(&found), ["Mama Ana"]);
    assert_eq!(ana.http.get("/api/me").await.ok()["name"], "Ana", "the name is theirs");
    let detail = path(&town, &format!("customers/{}", joined.handle.as_str().unwrap()));
    assert_eq!(town.till.http.get(&detail).await.ok()["notes"], "likes tea");
    let back = json!({ "customer": joined.handle, "name": "" });
    town.till.op("update_customer", back).await.applied();
    assert_eq!(names(&listed(&town, "").await), ["Ana"]);
    let tags = json!({ "customer": joined.handle, "tags": [""] });
    town.till.op("update_customer", tags).await.error(422, "invalid_body");
    let zed = town.customer("Zed").await;
    let (stranger, _) = town.asked(&zed).await;
    let write = json!({ "customer": stranger, "notes": "who?" });
    town.till.op("update_customer", write).await.error(404, "customer_unknown");
}

#[each_engine]
async fn two_who_are_one_become_one_and_no_line_is_lost() {
    let town = TestTown::open().await;
    let (ana, keep) = town.member("Ana").await;
    let (number, merge) = town.noted("Ana Old").await;
    town.till.award(&keep.card, 5).await.applied();
    town.till.award(&merge.card, 30).await.applied();
    let owner = town.owner().await;
    let print = json!({ "customer": merge.handle });
    let printed = owner.op("issue_printed_code", print).await.applied();
    let both = json!({ "keep": keep.handle, "merge": merge.handle });
    town.till.op("merge_customers", both.clone()).await.error(403, "not_allowed");
    let mut till = town.till.line().await;
    till.sees("member", |it| it["id"] == merge.handle).await;
    owner.op("merge_customers", both.clone()).await.applied();
    till.gone("member", &merge.handle).await;
    till.gone("card", &merge.card).await;
    assert_eq!(ana.card().await["balance"], 35);
    let old = town.by_code(&number).await;
    assert_eq!(old.get("/api/me/cards").await.ok()["items"], json!([]));
    assert!(town.balances_agree().await);
    let lines = "SELECT COUNT(*) FROM points_entries";
    assert_eq!(town.number(lines, []).await, 4, "two awards, and the points that moved");
    let line = path(&town, &format!("customers/{}/timeline", keep.handle.as_str().unwrap()));
    let passed = town.till.http.get(&line).await.ok();
    let points = passed["items"].as_array().unwrap().iter().filter(|it| it["kind"] == "points");
    assert_eq!(points.count(), 4);
    let found = town.till.scan(printed["text"].as_str().unwrap()).await.applied();
    assert_eq!(found["customer"]["id"], keep.handle, "the paper card goes on");
    owner.op("merge_customers", both).await.error(404, "customer_unknown");
    let same = json!({ "keep": keep.handle, "merge": keep.handle });
    let refused = owner.op("merge_customers", same).await.refused("cannot_merge");
    assert_eq!(refused["why"], "same");
    // Whoever has the number is a stranger here again.
    let write = json!({ "name": "Ana Old", "phone": number });
    let again = owner.op("create_customer", write).await.applied()["customer"].clone();
    assert!(again != keep.handle && again != merge.handle);
}

#[each_engine]
async fn nobody_who_could_say_no_loses_their_points_by_a_merge() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let (ana, hers) = town.member("Ana").await;
    let (ben, his) = town.member("Ben").await;
    let (_, note) = town.noted("Auntie").await;
    town.till.award(&his.card, 30).await.applied();
    let merging = async |keep: &Value, merge: &Value| {
        owner.op("merge_customers", json!({ "keep": keep, "merge": merge })).await
    };
    let refused = merging(&hers.handle, &his.handle).await.refused("cannot_merge");
    assert_eq!(refused["why"], "both_have_accounts");
    let refused = merging(&note.handle, &his.handle).await.refused("cannot_merge");
    assert_eq!(refused["why"], "other_has_account");
    assert_eq!(
        (ana.card().await["balance"].clone(), ben.card().await["balance"].clone()),
        (json!(0), json!(30))
    );
    merging(&his.handle, &note.handle).await.applied();
    assert_eq!(ben.card().await["balance"], 30);
    town.books_are_sound().await;
}

/// A proven address, a password and a live key are each enough to say no by.
#[each_engine]
async fn an_account_is_whoever_has_proven_an_address_or_has_a_password_or_a_key() {
    const STRIPPED: &str =
        "UPDATE users SET password_hash = NULL, phone_verified = 0 WHERE id = $1";
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let (_, kept) = town.member("Ana").await;
    let (ben, his) = town.member("Ben").await;
    let user = || [Val::from(ben.user.0)];
    let merge = json!({ "keep": kept.handle, "merge": his.handle });
    town.sql("UPDATE users SET password_hash = NULL, phone_verified = 1 WHERE id = $1", user())
        .await;
    let gone = "UPDATE customer_keys SET revoked_at_ms = 1 WHERE user_id = $1";
    let back = "UPDATE customer_keys SET revoked_at_ms = NULL WHERE user_id = $1";
    town.sql(gone, user()).await;
    owner.op("merge_customers", merge.clone()).await.refused("cannot_merge");
    town.sql(STRIPPED, user()).await;
    town.sql(back, user()).await;
    owner.op("merge_customers", merge.clone()).await.refused("cannot_merge");
    town.sql(gone, user()).await;
    owner.op("merge_customers", merge).await.applied();
}

#[each_engine]
async fn a_card_in_a_programme_of_its_own_moves_whole() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let earn = json!({ "points": 1, "per": { "amount": 100, "currency": "KES" } });
    let make = json!({ "name": "Tea", "kind": "points", "earn": earn });
    let tea = owner.op("create_program", make).await.applied()["program"].clone();
    let active = json!({ "program": tea, "status": "active" });
    owner.op("update_program", active).await.applied();
    let (ana, keep) = town.member("Ana").await;
    let tea = serde_json::from_value(tea).unwrap();
    let Joined { handle, card, .. } = town.owner_at_till().note("Old", "0733000555", tea).await;
    town.till.award(&card, 9).await.applied();
    let both = json!({ "keep": keep.handle, "merge": handle });
    owner.op("merge_customers", both).await.applied();
    let cards = ana.http.get("/api/me/cards").await.ok();
    let moved = cards["items"].as_array().unwrap().iter().find(|it| it["id"] == card);
    assert_eq!(moved.expect("the card is Ana's")["balance"], 9);
    town.till.award(&card, 1).await.applied();
    assert!(town.balances_agree().await);
}

#[each_engine]
async fn the_file_of_customers_is_for_managers_and_holds_no_formula() {
    let town = TestTown::open().await;
    let (_, joined) = town.member("=HYPERLINK(\"http://x\")").await;
    town.till.award(&joined.card, 5).await.applied();
    let file = path(&town, "customers.csv");
    town.till.http.get(&file).await.error(403, "not_allowed");
    let owner = town.owner().await;
    let call = owner.call(reqwest::Method::GET, &file).send().await.unwrap();
    assert_eq!(call.headers()["content-type"], "text/csv; charset=utf-8");
    let text = call.text().await.unwrap();
    assert_eq!(text.lines().count(), 2);
    assert!(text.contains("\"'=HYPERLINK(\"\"http://x\"\")\""), "{text}");
    assert!(!text.contains(",="), "{text}");
}

#[each_engine]
async fn requests_and_scans_are_read_by_who_may() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let (_, request) = town.asked(&ana).await;
    town.till.scan("nonsense").await.refused("not_a_code");
    town.till.scan(&ana.code_off_by(-5)).await.refused("code_expired");
    let list = path(&town, "requests?status=pending");
    assert_eq!(town.till.http.get(&list).await.ok()["items"][0]["id"], request);
    let none = path(&town, "requests?status=accepted");
    assert_eq!(town.till.http.get(&none).await.ok()["items"], json!([]));
    let scans = path(&town, "scans?limit=2");
    town.till.http.get(&scans).await.error(403, "not_allowed");
    let owner = town.owner().await;
    let first = owner.get(&scans).await.ok();
    assert_eq!(first["items"][0]["reason"], "code_expired");
    assert_eq!(first["items"][1]["reason"], "not_a_code");
    let rest = format!("{scans}&after={}", first["next"].as_str().unwrap());
    let rest = owner.get(&rest).await.ok();
    assert_eq!((&rest["items"][0]["kind"], &rest["next"]), (&json!("rotating"), &Value::Null));
}

#[each_engine]
async fn six_digits_name_a_person_once_and_for_two_minutes() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let code = async || ana.http.post("/api/me/short-codes", json!({})).await.ok()["code"].clone();
    let first = code().await;
    let second = code().await;
    let find = |code: &Value| json!({ "short_code": code });
    if first != second {
        town.till.op("find_customer", find(&first)).await.refused("short_code_unknown");
    }
    let id = uuid::Uuid::now_v7();
    let found = town.till.op_as(id, "find_customer", find(&second)).await.applied();
    assert_eq!(
        (&found["status"], &found["customer"]["display_name"]),
        (&json!("not_enrolled"), &json!("Ana"))
    );
    let again = town.till.op_as(id, "find_customer", find(&second)).await.applied();
    assert_eq!(found, again, "an operation that comes again gets its answer");
    town.till.op("find_customer", find(&second)).await.refused("short_code_unknown");
    let late = code().await;
    town.passes(2 * 60 * 1000);
    town.till.op("find_customer", find(&late)).await.refused("short_code_unknown");
    let kinds = "SELECT kind FROM qr_scan_logs WHERE result = 'not_enrolled'";
    assert_eq!(town.texts(kinds, []).await, ["short_code"]);
}

#[each_engine]
async fn who_guesses_six_digits_is_soon_not_listened_to() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    for _ in 0..10 {
        let guess = json!({ "short_code": "abcdef" });
        town.till.op("find_customer", guess).await.refused("short_code_unknown");
    }
    let code = ana.http.post("/api/me/short-codes", json!({})).await.ok()["code"].clone();
    let right = json!({ "short_code": code });
    let wait = town.till.op("find_customer", right).await.error(429, "rate_limited");
    assert!((1..=600).contains(&wait["retry_after"].as_i64().unwrap()), "{wait}");
}

#[each_engine]
async fn a_lost_paper_card_is_made_worthless() {
    let town = TestTown::open().await;
    let (_, joined) = town.member("Ana").await;
    let owner = town.owner().await;
    let whose = json!({ "customer": joined.handle });
    let lost = owner.op("issue_printed_code", whose.clone()).await.applied();
    assert_eq!(owner.op("revoke_printed_code", whose.clone()).await.applied()["revoked"], 1);
    town.till.scan(lost["text"].as_str().unwrap()).await.refused("code_revoked");
    let new = owner.op("issue_printed_code", whose).await.applied();
    town.till.scan(new["text"].as_str().unwrap()).await.applied();
}
