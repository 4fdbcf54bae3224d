//! People at work on a server: a shop, its customers, and what they do all at once. Everything
//! asked is written down, with the answer if there was one.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use reda_domain::Timestamp;
use reda_domain::code::{Code, CodeId, step_at};
use reda_domain::signature::PrivateKey;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

const PASSWORD: &str = "a good password";

/// A call that can be made again: a path, a body and an id under which it counts once.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) id: Uuid,
    path: String,
    token: String,
    body: Value,
    /// Points that it moves on the card of a customer, by the customer's place in the shop.
    pub(crate) moves: Option<(usize, i64)>,
    /// What it was answered, if it was.
    pub(crate) answer: Option<Value>,
}

/// A shop whose owner serves.
pub(crate) struct Shop {
    business: String,
    program: Value,
    token: String,
    pub(crate) members: Vec<Member>,
}

/// A customer who has joined.
pub(crate) struct Member {
    token: String,
    card: Value,
    key: Value,
    private: PrivateKey,
}

/// Somebody who was asked to join and has not answered.
pub(crate) struct Guest {
    token: String,
    request: String,
    key: Value,
    private: PrivateKey,
}

/// The server is gone, or went in the middle.
#[derive(Debug)]
pub(crate) struct Gone;

/// One connection.
pub(crate) struct Caller {
    client: Client,
    url: String,
}

impl Caller {
    pub(crate) fn to(url: &str) -> Self {
        Self { client: Client::new(), url: url.to_owned() }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<(Uuid, &Value)>,
    ) -> Result<(StatusCode, Value), Gone> {
        let mut call = self.client.request(method, format!("{}{path}", self.url));
        if !token.is_empty() {
            call = call.bearer_auth(token);
        }
        if let Some((id, body)) = body {
            call = call.header("idempotency-key", id.to_string()).json(body);
        }
        let response = call.send().await.map_err(|_| Gone)?;
        let status = response.status();
        let text = response.text().await.map_err(|_| Gone)?;
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<(Uuid, &Value)>,
    ) -> Result<Value, Gone> {
        let (status, answer) = self.send(method, path, token, body).await?;
        assert!(status.is_success(), "{path}: {status} {answer}");
        Ok(answer)
    }

    async fn get(&self, path: &str, token: &str) -> Result<Value, Gone> {
        self.call(Method::GET, path, token, None).await
    }

    async fn post(&self, path: &str, token: &str, body: &Value) -> Value {
        self.call(Method::POST, path, token, Some((Uuid::now_v7(), body))).await.expect("answered")
    }

    /// Makes a call, for the first time or again; the answer is written down.
    pub(crate) async fn ask(&self, asked: &mut Asked) -> Result<Value, Gone> {
        let body = Some((asked.id, &asked.body));
        let answer = self.call(Method::POST, &asked.path, &asked.token, body).await?;
        asked.answer = Some(answer.clone());
        Ok(answer)
    }

    /// Whether a call counts that another one may forestall.
    pub(crate) async fn counts(&self, asked: &Asked) -> bool {
        let body = Some((asked.id, &asked.body));
        let sent = self.send(Method::POST, &asked.path, &asked.token, body).await;
        let (status, answer) = sent.expect("answered");
        assert!(!status.is_server_error(), "{asked:?}: {status} {answer}");
        status.is_success() && answer["outcome"] != "rejected"
    }
}

impl Shop {
    /// Opens a shop in which some customers have joined.
    pub(crate) async fn open(by: &Caller, members: u8) -> Self {
        let owner = json!({ "name": "Joseph", "phone": "0720000001", "password": PASSWORD });
        let new = json!({ "name": "Baraka", "country": "KE", "owner": owner });
        let made = by.post("/api/businesses", "", &new).await;
        let mut shop = Self {
            business: text(&made["business"]["id"]),
            program: made["program"].clone(),
            token: text(&made["token"]),
            members: vec![],
        };
        for n in 1..=members {
            let Guest { token, key, private, request } = shop.guest(by, n).await;
            let path = format!("/api/requests/{request}/answer");
            let mut answered = by.post(&path, &token, &json!({ "answer": "accept" })).await;
            shop.members.push(Member { token, card: answered["card"].take(), key, private });
        }
        shop
    }

    /// Makes an account, shows its code and is asked to join.
    pub(crate) async fn guest(&self, by: &Caller, n: u8) -> Guest {
        let phone = format!("0722000{n:03}");
        let new = json!({ "name": "Ana", "phone": phone, "password": PASSWORD });
        let token = text(&by.post("/api/auth/sign-up", "", &new).await["token"]);
        let private = PrivateKey::from_bytes(&[n; 32]).expect("a scalar");
        let key = json!({ "public_key": private.public().to_spki_base64(), "label": "phone" });
        let key = by.post("/api/me/keys", &token, &key).await["key"].take();
        let code_id = CodeId::from_hex(&text(&key["code_id"])).expect("hex");
        let step = step_at(reda_server::now());
        let code = Code::rotating(code_id, step, &private).to_text();
        let found = self.did(by, "scan", json!({ "code": code })).await;
        let ask = json!({ "customer": found["customer"]["id"], "program": self.program });
        let request = text(&self.did(by, "ask_enrollment", ask).await["request"]);
        Guest { token, request, key: key["id"].clone(), private }
    }

    /// What an operation of the counter gave.
    async fn did(&self, by: &Caller, kind: &str, body: Value) -> Value {
        let mut asked = self.operation(kind, body, None);
        by.ask(&mut asked).await.expect("answered")["data"].take()
    }

    fn operation(&self, kind: &str, body: Value, moves: Option<(usize, i64)>) -> Asked {
        let id = Uuid::now_v7();
        let body = json!({ "id": id, "kind": kind, "body": body });
        let (path, token) = ("/api/operations".to_owned(), self.token.clone());
        Asked { id, path, token, body, moves, answer: None }
    }

    /// Gives points to a member.
    pub(crate) fn award(&self, member: usize, points: i64) -> Asked {
        let body = json!({ "card": self.members[member].card, "points": points });
        self.operation("award_points", body, Some((member, points)))
    }

    /// Asks a member for a point.
    pub(crate) fn deduction(&self, member: usize) -> Asked {
        let card = &self.members[member].card;
        let body = json!({ "card": card, "points": 1, "reason": "Tea" });
        self.operation("request_deduction", body, None)
    }

    /// Takes back what a member was asked.
    pub(crate) fn cancel(&self, asked: &Value) -> Asked {
        self.operation("cancel_request", json!({ "request": asked["data"]["request"] }), None)
    }

    /// The member's signed yes to what was asked.
    pub(crate) async fn yes(
        &self,
        by: &Caller,
        member: usize,
        asked: &Value,
    ) -> Result<Asked, Gone> {
        let person = &self.members[member];
        let request = text(&asked["data"]["request"]);
        let page = by.get("/api/me/requests?status=pending", &person.token).await?;
        let mut shown = page["items"].as_array().expect("a list").iter();
        let shown = shown.find(|it| it["id"] == *request).expect("the page shows it");
        let expires_at: Timestamp =
            serde_json::from_value(shown["expires_at"].clone()).expect("a time");
        let signed =
            format!("reda answer v1\n{request}\n{}\naccept\n1\n{}", self.business, expires_at.0);
        let value = BASE64.encode(person.private.sign(signed.as_bytes()));
        let signature = json!({ "key": person.key, "value": value });
        Ok(Asked {
            id: Uuid::now_v7(),
            path: format!("/api/requests/{request}/answer"),
            token: person.token.clone(),
            body: json!({ "answer": "accept", "signature": signature }),
            moves: Some((member, -1)),
            answer: None,
        })
    }

    /// Every line of a member's card, oldest last: what it moved, by its id.
    pub(crate) async fn entries(&self, by: &Caller, member: usize) -> BTreeMap<String, i64> {
        let Member { token, card, .. } = &self.members[member];
        let path = format!("/api/me/cards/{}/entries?limit=200", text(card));
        let (mut entries, mut after) = (BTreeMap::new(), String::new());
        loop {
            let page = by.get(&format!("{path}{after}"), token).await.expect("answered");
            for line in page["items"].as_array().expect("a list") {
                let delta = line["delta"].as_i64().expect("points");
                assert_eq!(entries.insert(text(&line["id"]), delta), None, "listed twice: {line}");
            }
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return entries,
            }
        }
    }

    /// What a member's card says it holds.
    pub(crate) async fn balance(&self, by: &Caller, member: usize) -> i64 {
        let page = by.get("/api/me/cards", &self.members[member].token).await.expect("answered");
        page["items"][0]["balance"].as_i64().expect("points")
    }
}

impl Guest {
    /// Their yes, as it may come from several places.
    pub(crate) fn yes(&self) -> Asked {
        Asked {
            id: Uuid::now_v7(),
            path: format!("/api/requests/{}/answer", self.request),
            token: self.token.clone(),
            body: json!({ "answer": "accept" }),
            moves: None,
            answer: None,
        }
    }

    /// The cards that they have.
    pub(crate) async fn cards(&self, by: &Caller) -> Vec<Value> {
        let page = by.get("/api/me/cards", &self.token).await.expect("answered");
        page["items"].as_array().expect("a list").iter().map(|it| it["id"].clone()).collect()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is a text")).to_owned()
}
