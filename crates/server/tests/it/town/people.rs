//! What the till and the customers of the town do.

use super::*;

impl Till {
    /// An operation by who is switched on, under this id.
    pub(crate) async fn op_as(&self, id: Uuid, kind: &str, body: Value) -> Answer {
        self.submit(json!({ "id": id, "kind": kind, "body": body })).await
    }

    /// An operation by who is switched on.
    pub(crate) async fn op(&self, kind: &str, body: Value) -> Answer {
        self.op_as(Uuid::now_v7(), kind, body).await
    }

    /// An operation as it stands, with the staff token put in.
    pub(crate) async fn submit(&self, mut operation: Value) -> Answer {
        operation["staff_token"] = json!(self.staff_token);
        self.http.post("/api/operations", operation).await
    }

    pub(crate) async fn scan(&self, code: &str) -> Answer {
        self.op("scan", json!({ "code": code })).await
    }

    /// Points to a card.
    pub(crate) async fn award(&self, card: &Value, points: i64) -> Answer {
        self.op("award_points", json!({ "card": card, "points": points })).await
    }

    /// Points that wait on a request, or go to the card that it made.
    pub(crate) async fn award_on(&self, request: &Value, points: i64) -> Answer {
        self.op("award_points", json!({ "request": request, "points": points })).await
    }

    /// Writes a person down, and takes their yes at the till; by the shop's owner.
    pub(crate) async fn note(&self, name: &str, phone: &str, program: ProgramId) -> Joined {
        let in_person = json!({ "settings": { "in_person": true } });
        self.op("update_business", in_person).await.applied();
        let write = json!({ "name": name, "phone": phone });
        let handle = self.op("create_customer", write).await.applied()["customer"].clone();
        let ask = json!({ "customer": handle, "program": program });
        let request = self.op("ask_enrollment", ask).await.applied()["request"].clone();
        let yes = json!({ "request": request, "answer": "accept" });
        let card = self.op("answer_in_person", yes).await.applied()["card"].clone();
        Joined { handle, request, card }
    }

    pub(crate) fn token(&self) -> &str {
        self.http.token.as_deref().expect("a till has a token")
    }

    /// The till's socket, following the shop from the start.
    pub(crate) async fn line(&self) -> Line {
        Line::welcomed(&self.socket_url, self.token()).await
    }

    /// An operation as a frame.
    pub(crate) fn frame(&self, id: Uuid, kind: &str, body: Value) -> Value {
        crate::line::op(id, kind, body, &self.staff_token)
    }
}

impl Customer {
    pub(crate) fn code_at(&self, at: Timestamp) -> String {
        Code::rotating(self.code_id, step_at(at), &self.private).to_text()
    }

    pub(crate) fn code_now(&self) -> String {
        self.code_at(now())
    }

    /// The code of some steps later, or earlier.
    pub(crate) fn code_off_by(&self, steps: i64) -> String {
        self.code_at(now().plus_ms(steps * STEP_MS))
    }

    pub(crate) fn token(&self) -> &str {
        self.http.token.as_deref().expect("a customer has a token")
    }

    /// The id of the person's key, for signatures.
    pub(crate) fn key(&self) -> KeyId {
        serde_json::from_value(self.key_id.clone()).expect("an id")
    }

    /// The page's socket, following the person from the start.
    pub(crate) async fn page(&self) -> Line {
        Line::welcomed(&self.socket_url, self.token()).await
    }

    /// The same person with a further key: another phone, or a thief's.
    pub(crate) async fn with_another_key(&self, secret: u8) -> Self {
        let private = PrivateKey::from_bytes(&[secret; 32]).expect("a scalar");
        let body = json!({ "public_key": private.public().to_spki_base64(), "label": "other" });
        let key = self.http.post("/api/me/keys", body).await.ok()["key"].clone();
        let code_id = CodeId::from_hex(key["code_id"].as_str().expect("an id")).expect("hex");
        Self { private, code_id, key_id: key["id"].clone(), ..self.clone() }
    }

    /// The person's requests, as their page reads them.
    pub(crate) async fn request(&self, id: &Value) -> Value {
        let page = self.http.get("/api/me/requests").await.ok();
        let items = page["items"].as_array().expect("a list");
        items.iter().find(|it| it["id"] == *id).expect("the page shows the request").clone()
    }

    /// The signature over an answer, by this person's key.
    pub(crate) async fn signature(&self, request: &Value, answer: &str) -> Value {
        self.signature_of(&self.request(request).await, answer)
    }

    /// The signature over an answer to a request as it is shown.
    pub(crate) fn signature_of(&self, shown: &Value, answer: &str) -> Value {
        let request = &shown["id"];
        let expires_at: Timestamp =
            serde_json::from_value(shown["expires_at"].clone()).expect("a time");
        let (request, business) = (request.as_str().expect("an id"), shown["business"].as_str());
        let text = format!(
            "reda answer v1\n{request}\n{}\n{answer}\n{}\n{}",
            business.expect("an id"),
            shown["points"],
            expires_at.0
        );
        let value = BASE64.encode(self.private.sign(text.as_bytes()));
        json!({ "key": self.key_id, "value": value })
    }

    /// Answers a request, signed.
    pub(crate) async fn answer(&self, request: &Value, answer: &str) -> Answer {
        let signature = self.signature(request, answer).await;
        self.answer_with(request, json!({ "answer": answer, "signature": signature })).await
    }

    /// Answers a request as the body says.
    pub(crate) async fn answer_with(&self, request: &Value, body: Value) -> Answer {
        let id = request.as_str().expect("an id");
        self.http.post(&format!("/api/requests/{id}/answer"), body).await
    }

    /// The person's only card.
    pub(crate) async fn card(&self) -> Value {
        let page = self.http.get("/api/me/cards").await.ok();
        let cards = page["items"].as_array().expect("a list");
        assert_eq!(cards.len(), 1, "{page}");
        cards[0].clone()
    }
}
