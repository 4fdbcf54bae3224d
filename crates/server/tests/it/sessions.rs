//! Accounts and sessions.

use crate::files::Files;
use crate::town::{PASSWORD, TestTown, sign_up};
use reda_cluster::each_engine;
use reda_server::{Registration, ServerConfig};
use serde_json::{Value, json};

#[each_engine]
async fn an_account_needs_a_sound_address_name_and_password() {
    let town = TestTown::open().await;
    let sign_up = |body: Value| town.http.post("/api/auth/sign-up", body);
    let with = |field: &str, value: Value| {
        let mut body = json!({ "name": "Ana", "phone": "0722000001", "password": PASSWORD });
        body[field] = value;
        body
    };
    for password in ["", "short", "1234567", &"x".repeat(201)] {
        sign_up(with("password", json!(password))).await.error(422, "weak_password");
    }
    for phone in
        ["", "12", "07220000", "0722 000 001 999 999", "+999722000001", "abc", "0722000OO1"]
    {
        let details = sign_up(with("phone", json!(phone))).await.error(422, "bad_phone");
        assert!(details["reason"].is_string(), "{phone}: {details}");
    }
    for email in ["", "ana", "ana@", "@example.com", "a b@example.com", "ana@example"] {
        let body = json!({ "email": email, "password": PASSWORD });
        sign_up(body).await.error(422, "bad_email");
    }
    for name in ["", "   ", "a\nb", &"x".repeat(81)] {
        sign_up(with("name", json!(name))).await.error(422, "bad_name");
    }
    sign_up(with("email", json!("ana@example.com"))).await.error(422, "invalid_body");
    sign_up(json!({ "name": "Ana", "password": PASSWORD })).await.error(422, "invalid_body");
    assert_eq!(town.number("SELECT COUNT(*) FROM users", []).await, 2, "the shop's own two");
    sign_up(with("password", json!("x".repeat(200)))).await.ok();
}

#[each_engine]
async fn a_person_without_a_name_is_never_called_by_a_number() {
    let town = TestTown::open().await;
    let body = json!({ "email": "amina.odhiambo@example.com", "password": PASSWORD });
    let session = town.http.post("/api/auth/sign-up", body).await.ok();
    assert_eq!(session["user"]["display_name"], "Amina Odhiambo");
    assert_eq!(session["user"]["email_verified"], false);
    let body = json!({ "phone": "+254 722-000 001", "password": PASSWORD });
    let session = town.http.post("/api/auth/sign-up", body).await.ok();
    let name = session["user"]["display_name"].as_str().unwrap();
    assert!(name.starts_with("Customer ") && name.len() == 13, "{name}");
    assert_eq!(session["user"]["phone"], "+254722000001");
}

#[each_engine]
async fn a_wrong_password_and_a_missing_account_are_told_alike() {
    let town = TestTown::open().await;
    town.customer("Ana").await;
    let sign_in = |body: Value| town.http.post("/api/auth/sign-in", body);
    let wrong = sign_in(json!({ "phone": "0722000001", "password": "another one" })).await;
    let missing = sign_in(json!({ "phone": "0722000777", "password": "another one" })).await;
    let long = sign_in(json!({ "phone": "0722000001", "password": "x".repeat(300) })).await;
    let email = sign_in(json!({ "email": "no@example.com", "password": "another one" })).await;
    for answer in [&missing, &long, &email] {
        assert_eq!((answer.status, &answer.body), (wrong.status, &wrong.body));
    }
    wrong.error(401, "wrong_credentials");
    sign_in(json!({ "phone": "0722000001", "password": PASSWORD })).await.ok();
}

#[each_engine]
async fn claiming_somebodys_number_gives_nothing_of_theirs() {
    let town = TestTown::open().await;
    let ana = town.verified("Ana").await;
    let joined = town.join(&ana).await;
    let body = json!({ "name": "Mallory", "phone": ana.phone, "password": "mallory's own" });
    let mallory = town.http.post("/api/auth/sign-up", body).await.ok();
    assert_eq!(mallory["user"]["phone_verified"], false);
    let body = json!({ "phone": ana.phone, "password": PASSWORD });
    let session = town.http.post("/api/auth/sign-in", body).await.ok();
    assert_eq!(session["user"]["id"], json!(ana.user), "each password opens its own account");
    let found = town.till.op("find_customer", json!({ "phone": ana.phone })).await.applied();
    assert_eq!(found["customer"]["id"], joined.handle);
}

#[each_engine]
async fn a_closed_server_takes_no_new_accounts() {
    let files = Files::new().await;
    TestTown::open_with(files.config(), files).await;
    let files = Files::new().await;
    let closed = ServerConfig { registration: Registration::Closed, ..files.config() };
    let server = reda_server::Server::start(closed).await.unwrap();
    let http = crate::http::Http::new(format!("http://{}", server.address()));
    let body = json!({ "name": "Ana", "phone": "0722000001", "password": PASSWORD });
    http.post("/api/auth/sign-up", body.clone()).await.error(403, "registration_closed");
    let business = json!({ "name": "Duka", "country": "KE", "owner": body });
    http.post("/api/businesses", business).await.error(403, "registration_closed");
}

#[each_engine]
async fn a_server_inside_a_till_takes_no_second_business() {
    let files = Files::new().await;
    let embedded = ServerConfig { embedded: true, ..files.config() };
    let town = TestTown::open_with(embedded, files).await;
    let owner = json!({ "name": "Mary", "phone": "0722000050", "password": PASSWORD });
    let body = json!({ "name": "Duka", "country": "KE", "owner": owner });
    town.http.post("/api/businesses", body).await.error(403, "registration_closed");
}

#[each_engine]
async fn a_business_starts_in_a_country_we_know() {
    let town = TestTown::open().await;
    let start = |country: &str| {
        let owner = json!({ "name": "Mary", "phone": "0722000050", "password": PASSWORD });
        let body = json!({ "name": "Duka", "country": country, "owner": owner });
        town.http.post("/api/businesses", body)
    };
    for country in ["", "ke", "XX", "Kenya", "\0\0"] {
        start(country).await.error(422, "bad_country");
    }
    let made = start("UG").await.ok();
    assert_eq!(made["business"]["currency"], "UGX");
    let owner = town.http.with_token(made["token"].as_str().unwrap());
    let path = format!("/api/businesses/{}/programs", made["business"]["id"].as_str().unwrap());
    let programs = owner.get(&path).await.ok();
    assert_eq!(programs["items"][0]["id"], made["program"]);
    assert_eq!(programs["items"][0]["earn"]["per"], json!({ "amount": 100, "currency": "UGX" }));
    assert_eq!(programs["items"][0]["status"], "active");
}

#[each_engine]
async fn a_refresh_token_is_used_up_and_an_older_one_ends_the_session() {
    let town = TestTown::open().await;
    let first = sign_up(&town.http, "Ana", "0722000001").await;
    let refresh =
        |token: &Value| town.http.post("/api/auth/refresh", json!({ "refresh_token": token }));
    let second = refresh(&first["refresh_token"]).await.ok();
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    assert_eq!(second["user"], first["user"]);
    // The answer may have got lost: the one before is good until the newer one was used.
    let third = refresh(&first["refresh_token"]).await.ok();
    let fourth = refresh(&third["refresh_token"]).await.ok();
    let me = town.http.with_token(fourth["token"].as_str().unwrap());
    me.get("/api/me").await.ok();
    // Whoever comes with the first one now copied it.
    refresh(&first["refresh_token"]).await.error(401, "unauthorized");
    refresh(&fourth["refresh_token"]).await.error(401, "unauthorized");
    me.get("/api/me").await.error(401, "unauthorized");
}

#[each_engine]
async fn a_made_up_refresh_token_ends_nobodys_session() {
    let town = TestTown::open().await;
    let session = sign_up(&town.http, "Ana", "0722000001").await;
    let token = session["refresh_token"].as_str().unwrap();
    let nobodys = format!("{}.{}", uuid::Uuid::now_v7().simple(), "A".repeat(43));
    for made_up in ["", "junk", ".", &nobodys, &"x".repeat(5000)] {
        let body = json!({ "refresh_token": made_up });
        town.http.post("/api/auth/refresh", body).await.error(401, "unauthorized");
    }
    let body = json!({ "refresh_token": token });
    town.http.post("/api/auth/refresh", body).await.ok();
}

#[each_engine]
async fn a_session_that_was_not_used_for_long_is_over() {
    let town = TestTown::open().await;
    let session = sign_up(&town.http, "Ana", "0722000001").await;
    town.sql(
        "UPDATE sessions SET expires_at_ms = 1 WHERE user_id IN
            (SELECT id FROM users WHERE phone = $1)",
        ["+254722000001".into()],
    )
    .await;
    let body = json!({ "refresh_token": session["refresh_token"] });
    town.http.post("/api/auth/refresh", body).await.error(401, "unauthorized");
}

#[each_engine]
async fn a_person_has_only_so_many_keys_and_each_once() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let key = |n: u8| {
        let key = reda_domain::signature::PrivateKey::from_bytes(&[n; 32]).unwrap();
        json!({ "public_key": key.public().to_spki_base64(), "label": "tablet" })
    };
    let same = json!({ "public_key": ana.private.public().to_spki_base64(), "label": "again" });
    ana.http.post("/api/me/keys", same).await.error(409, "key_in_use");
    for bad in ["", "AAAA", "not base64", &"A".repeat(10_000)] {
        let body = json!({ "public_key": bad, "label": "phone" });
        ana.http.post("/api/me/keys", body).await.error(422, "bad_key");
    }
    for n in 51..55 {
        ana.http.post("/api/me/keys", key(n)).await.ok();
    }
    let details = ana.http.post("/api/me/keys", key(55)).await.error(409, "too_many_keys");
    assert_eq!(details, json!({ "max": 5 }));
    assert_eq!(ana.http.get("/api/me/keys").await.ok()["items"].as_array().unwrap().len(), 5);
}

#[each_engine]
async fn a_person_changes_their_name_and_language() {
    let town = TestTown::open().await;
    let (ana, _) = town.member("Ana").await;
    let mut till = town.till.line().await;
    let me = ana.http.patch("/api/me", json!({ "name": " Anna ", "language": "sw" })).await.ok();
    assert_eq!((&me["name"], &me["language"]), (&json!("Anna"), &json!("sw")));
    till.sees("member", |it| it["name"] == "Anna").await;
    town.till.award(&ana.card().await["id"], 5).await.applied();
    let told = ana.http.get("/api/notifications?limit=1").await.ok();
    assert_eq!(told["notifications"][0]["title"], "Umepata pointi 5");
    ana.http.patch("/api/me", json!({ "language": "fr" })).await.error(422, "invalid_body");
    ana.http.patch("/api/me", json!({ "name": "" })).await.error(422, "bad_name");
}
