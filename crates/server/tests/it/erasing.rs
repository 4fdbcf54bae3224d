//! Taking one's data, and deleting the account: nothing that names the person stays anywhere.

use crate::claiming::{joins_in_person, signs_in_by_code};
use crate::http::{Answer, Http};
use crate::town::{Customer, PASSWORD, TestTown};
use reda_cluster::{Engine, each_engine, engine};
use reda_domain::business::Role;
use reda_store::Val;
use reqwest::Method;
use serde_json::{Value, json};

async fn delete(person: &Customer, body: Value) -> Answer {
    Answer::of(person.http.call(Method::DELETE, "/api/me").json(&body)).await
}

/// Every column of every table that may hold a text.
fn columns() -> &'static str {
    match engine() {
        Engine::Sqlite => {
            "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'"
        }
        Engine::Postgres => {
            "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT)
             FROM information_schema.columns
             WHERE table_schema = 'public' AND data_type NOT IN ('bytea', 'bigint', 'uuid')"
        }
    }
}

/// Every text in every table, as `table.column: text`.
pub(crate) async fn every_text(town: &TestTown) -> Vec<String> {
    let mut tx = town.server.app().db().snapshot().await.expect("a transaction");
    let mut all = vec![];
    for row in tx.rows(columns(), vec![]).await.expect("the schema") {
        let (table, column): (String, String) = (row.get(0).unwrap(), row.get(1).unwrap());
        let texts = match engine() {
            Engine::Sqlite => format!(
                "SELECT CAST({column} AS TEXT) FROM {table} WHERE typeof({column}) = 'text'"
            ),
            Engine::Postgres => {
                format!("SELECT CAST({column} AS TEXT) FROM {table} WHERE {column} IS NOT NULL")
            }
        };
        for row in tx.rows(texts, Vec::<Val>::new()).await.expect("the column") {
            let text: String = row.get(0).expect("a text");
            all.push(format!("{table}.{column}: {text}"));
        }
    }
    assert!(all.len() > 100, "the tables were read");
    all
}

#[each_engine]
async fn after_an_account_is_deleted_nothing_names_the_person() {
    let town = TestTown::open().await;
    let ana = town.verified("Anastasia Wanjiru").await;
    let mail = "UPDATE users SET email = 'anastasia@example.com', email_verified = 1
        WHERE id = $1";
    town.sql(mail, [ana.user.0.into()]).await;
    let label = json!({ "public_key": town.customer("Zed").await.private.public()
        .to_spki_base64(), "label": "Anastasia's phone" });
    ana.http.post("/api/me/keys", label).await;
    let joined = town.join(&ana).await;
    town.till.award(&joined.card, 40).await.applied();
    let wrote = json!({ "customer": joined.handle, "name": "Mama Anastasia",
        "notes": "Wanjiru likes tea", "tags": ["anastasia"] });
    town.till.op("update_customer", wrote).await.applied();
    let sms = json!({ "sms_phone": "0722 999 412" });
    ana.http.patch("/api/notifications/preferences", sms).await.ok();
    let print = json!({ "customer": joined.handle });
    town.owner().await.op("issue_printed_code", print).await.applied();
    ana.http.get("/api/me/codes/printed").await.ok();
    ana.http.post("/api/me/short-codes", json!({})).await.ok();
    // Other shops know her by a scan, by her number, and by a no.
    let (shop, other) = town.other_shop().await;
    other.scan(&ana.code_now()).await.applied();
    let by_number = json!({ "phone": ana.phone, "program": shop.program });
    other.op("ask_enrollment", by_number).await.applied();
    other.op("find_customer", json!({ "phone": ana.phone })).await.applied();
    let by_mail = json!({ "email": "anastasia@example.com", "program": shop.program });
    other.op("ask_enrollment", by_mail).await.applied();
    let (third_shop, third) = town.other_shop().await;
    let only_by_number = json!({ "phone": ana.phone, "program": third_shop.program });
    third.op("ask_enrollment", only_by_number).await.applied();
    let note = json!({ "name": "Mama Anastasia", "phone": ana.phone });
    third.op("create_customer", note).await.applied();

    let personal = ["anastasia", "wanjiru", "722000001", "722999412", "example.com"];
    let before = every_text(&town).await.join("\n").to_lowercase();
    for value in personal {
        assert!(before.contains(value), "the test looks for {value}, which was never there");
    }
    let mut till = town.till.line().await;
    till.sees("member", |it| it["id"] == joined.handle).await;
    assert_eq!(delete(&ana, json!({ "password": PASSWORD })).await.status, 204);
    till.gone("member", &joined.handle).await;
    for text in every_text(&town).await {
        let lower = text.to_lowercase();
        for value in personal {
            assert!(!lower.contains(value), "{value} stays in {text}");
        }
    }
    assert!(town.balances_agree().await);
    ana.http.get("/api/me").await.error(401, "unauthorized");
    let refresh = json!({ "refresh_token": ana.refresh_token });
    town.http.post("/api/auth/refresh", refresh).await.error(401, "unauthorized");
    let again = json!({ "phone": ana.phone, "password": PASSWORD });
    town.http.post("/api/auth/sign-in", again).await.error(401, "wrong_credentials");
    town.till.scan(&ana.code_now()).await.refused("code_revoked");
    let sound = "SELECT COUNT(*) FROM audit_lines WHERE kind = 'erase_me'";
    assert_eq!(town.number(sound, []).await, 1);
}

/// Somebody joins in person under a name and a number, and staff write about them.
async fn anastasia_at_the_till(town: &TestTown) {
    let owner = town.owner().await;
    let note = json!({ "name": "Mama Anastasia", "phone": "0722000001" });
    owner.op("create_customer", note).await.applied();
    let joined = joins_in_person(town, "0722000001", 40).await;
    let wrote = json!({ "customer": joined.handle, "notes": "Wanjiru likes tea",
        "tags": ["anastasia"] });
    town.till.op("update_customer", wrote).await.applied();
    let print = json!({ "customer": joined.handle });
    owner.op("issue_printed_code", print).await.applied();
}

/// Deletes an account: nothing anywhere names Anastasia Wanjiru, or has her number.
async fn anastasia_is_forgotten(town: &TestTown, me: &Http) {
    let personal = ["anastasia", "wanjiru", "722000001"];
    let before = every_text(town).await.join("\n").to_lowercase();
    assert!(personal.iter().all(|value| before.contains(value)), "they are there to be forgotten");
    let asked = me.call(Method::DELETE, "/api/me").json(&json!({}));
    assert_eq!(Answer::of(asked).await.status, 204);
    for text in every_text(town).await {
        let lower = text.to_lowercase();
        for value in personal {
            assert!(!lower.contains(value), "{value} stays in {text}");
        }
    }
    town.books_are_sound().await;
}

#[each_engine]
async fn who_joined_in_person_and_claimed_their_card_is_named_nowhere_after_deletion() {
    let town = TestTown::open().await;
    anastasia_at_the_till(&town).await;
    let session = signs_in_by_code(&town, "0722000001", "+254722000001").await;
    let me = town.http.with_token(session["token"].as_str().unwrap());
    me.patch("/api/me", json!({ "name": "Anastasia Wanjiru" })).await.ok();
    assert_eq!(me.get("/api/me/cards").await.ok()["items"][0]["balance"], 40);
    anastasia_is_forgotten(&town, &me).await;
    let left = "SELECT COUNT(*) FROM loyalty_cards WHERE ended_at_ms IS NULL";
    assert_eq!(town.number(left, []).await, 0);
}

#[each_engine]
async fn who_joined_in_person_and_never_claimed_their_card_is_named_nowhere_after_deletion() {
    let town = TestTown::open().await;
    let ana = town.verified("Anastasia Wanjiru").await;
    anastasia_at_the_till(&town).await;
    let mut till = town.till.line().await;
    till.sees("member", |it| it["name"] == "Mama Anastasia").await;
    anastasia_is_forgotten(&town, &ana.http).await;
    // The shop keeps a member, and does not know who it is.
    till.sees("member", |it| it["name"] != "Mama Anastasia" && it["phone"] == Value::Null).await;
    let left = "SELECT COUNT(*) FROM loyalty_cards WHERE ended_at_ms IS NULL AND balance = 40";
    assert_eq!(town.number(left, []).await, 1);
}

#[each_engine]
async fn who_deletes_their_account_takes_along_what_was_merged_into_it() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let ana = town.verified("Anastasia Wanjiru").await;
    let kept = town.join(&ana).await;
    let (phone, note) = town.noted("Auntie Stasia").await;
    let own = &ana.phone[1..];
    town.till.award(&note.card, 40).await.applied();
    let merge = json!({ "keep": kept.handle, "merge": note.handle });
    owner.op("merge_customers", merge).await.applied();
    assert_eq!(delete(&ana, json!({ "password": PASSWORD })).await.status, 204);
    for text in every_text(&town).await {
        let lower = text.to_lowercase();
        for value in ["anastasia", "wanjiru", "auntie", own, &phone[1..]] {
            assert!(!lower.contains(value), "{value} stays in {text}");
        }
    }
    assert!(town.balances_agree().await);
}

#[each_engine]
async fn an_account_is_deleted_by_who_just_showed_that_it_is_they() {
    let town = TestTown::open().await;
    let mut ana = town.customer("Ana").await;
    town.passes(11 * 60 * 1000);
    let wrong = json!({ "password": "not the password" });
    delete(&ana, wrong.clone()).await.error(403, "sign_in_again");
    delete(&ana, json!({})).await.error(403, "sign_in_again");
    for _ in 0..5 {
        delete(&ana, wrong.clone()).await.error(403, "sign_in_again");
    }
    let right = json!({ "password": PASSWORD });
    delete(&ana, right).await.error(403, "sign_in_again");
    // Signing in anew is as good.
    ana.http = town.signed_in(&ana.phone).await;
    assert_eq!(delete(&ana, json!({})).await.status, 204);
}

#[each_engine]
async fn the_last_owner_hands_the_business_over_first() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let call = owner.call(Method::DELETE, "/api/me").json(&json!({ "password": PASSWORD }));
    Answer::of(call).await.error(409, "last_owner");
    let zed = town.customer("Zed").await;
    town.hire(&zed, Role::Owner).await;
    let call = owner.call(Method::DELETE, "/api/me").json(&json!({ "password": PASSWORD }));
    assert_eq!(Answer::of(call).await.status, 204);
}

#[each_engine]
async fn a_person_takes_everything_that_is_theirs_along() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    let (_, others) = town.member("Somebody Else").await;
    town.till.award(&joined.card, 7).await.applied();
    town.till.award(&others.card, 9).await.applied();
    let wrote = json!({ "customer": joined.handle, "notes": "likes tea" });
    town.till.op("update_customer", wrote).await.applied();
    let all = ana.http.get("/api/me/export").await.ok();
    assert_eq!(all["account"]["name"], "Ana");
    assert_eq!(all["cards"][0]["entries"][0]["delta"], 7);
    assert_eq!(all["businesses"][0]["their_notes"], "likes tea");
    assert_eq!(all["answers"][0]["answer"], "accept");
    assert_eq!(all["scans"][0]["kind"], "rotating");
    assert!(!all["notifications"].as_array().unwrap().is_empty());
    assert_eq!(
        (&all["preferences"], &all["sessions"][0]["revoked_at"]),
        (&json!([]), &Value::Null)
    );
    let text = all.to_string();
    for foreign in ["Somebody Else", "password_hash", "refresh_hash"] {
        assert!(!text.contains(foreign), "{foreign}");
    }
    town.till.http.get("/api/me/export").await.error(403, "forbidden");
}

#[each_engine]
async fn what_ended_and_what_was_chosen_is_taken_along_too() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    town.till.award(&joined.card, 7).await.applied();
    let number = json!({ "sms_phone": "+254733000999" });
    ana.http.patch("/api/notifications/preferences", number).await.ok();
    town.signed_in(&ana.phone).await.post("/api/auth/sign-out", json!({})).await.ok();
    let leave = format!("/api/me/programs/{}/leave", town.program());
    assert_eq!(ana.http.post(&leave, json!({})).await.status, 204);
    let all = ana.http.get("/api/me/export").await.ok();
    assert_eq!(all["preferences"][0]["sms_phone"], "+254733000999");
    let card = &all["cards"][0];
    assert_eq!((&card["card"]["id"], card["ended_at"].is_string()), (&joined.card, true));
    let deltas: Vec<_> =
        card["entries"].as_array().unwrap().iter().map(|it| &it["delta"]).collect();
    assert_eq!(deltas, [&json!(-7), &json!(7)]);
    let ended =
        all["sessions"].as_array().unwrap().iter().filter(|it| it["revoked_at"].is_string());
    assert_eq!((all["sessions"].as_array().unwrap().len(), ended.count()), (2, 1));
}
