//! Calls over HTTP, and what came back.

use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use uuid::Uuid;

/// A caller: where it calls, and with which token.
#[derive(Clone)]
pub(crate) struct Http {
    client: Client,
    base: String,
    pub(crate) token: Option<String>,
}

impl Http {
    pub(crate) fn new(base: String) -> Self {
        Self::by(Client::new(), base)
    }

    /// The same, by a client that knows whom to believe.
    pub(crate) fn by(client: Client, base: String) -> Self {
        Self { client, base, token: None }
    }

    /// The same with a token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// A call to add headers or a body to.
    pub(crate) fn call(&self, method: Method, path: &str) -> RequestBuilder {
        let call = self.client.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => call.bearer_auth(token),
            None => call,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.call(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.call(Method::POST, path).json(&body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.call(Method::PATCH, path).json(&body)).await
    }

    /// The same as a repeatable write.
    pub(crate) async fn post_as(&self, id: Uuid, path: &str, body: Value) -> Answer {
        let call = self.call(Method::POST, path).header("idempotency-key", id.to_string());
        Answer::of(call.json(&body)).await
    }

    /// An operation, under this id.
    pub(crate) async fn op_as(&self, id: Uuid, kind: &str, body: Value) -> Answer {
        self.post("/api/operations", json!({ "id": id, "kind": kind, "body": body })).await
    }

    /// An operation, under a new id.
    pub(crate) async fn op(&self, kind: &str, body: Value) -> Answer {
        self.op_as(Uuid::now_v7(), kind, body).await
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// JSON, or null where it is none.
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) async fn of(call: RequestBuilder) -> Self {
        let response = call.send().await.expect("the server answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        // Whoever is limited is told when to come back, whatever they asked for.
        let wait = headers.get("retry-after").and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
        assert!(status != 429 || wait.is_some_and(|secs| secs > 0), "429 and {headers:?}");
        let text = response.text().await.expect("the answer is text");
        Self { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::Null) }
    }

    /// What a frame of a socket said: an operation is answered there as it is here.
    pub(crate) fn of_frame(mut frame: Value) -> Self {
        frame.as_object_mut().expect("a frame").remove("type");
        Self { status: 200, headers: HeaderMap::new(), body: frame }
    }

    /// The body of a success.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{self:?}");
        self.body
    }

    /// The data of an operation that was applied.
    #[track_caller]
    pub(crate) fn applied(self) -> Value {
        let mut outcome = self.ok();
        assert_eq!(outcome["outcome"], "applied", "{outcome}");
        outcome["data"].take()
    }

    /// The details of an operation that the rules refused.
    #[track_caller]
    pub(crate) fn refused(self, code: &str) -> Value {
        let mut outcome = self.ok();
        assert_eq!(outcome["outcome"], "rejected", "{outcome}");
        assert_eq!(outcome["code"], code, "{outcome}");
        assert!(!outcome["message"].as_str().unwrap_or_default().is_empty(), "{outcome}");
        outcome["details"].take()
    }

    /// The details of an error: its status, and the one shape that every error has.
    #[track_caller]
    pub(crate) fn error(mut self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        let error = &self.body["error"];
        assert_eq!(error["code"], code, "{self:?}");
        assert!(!error["message"].as_str().unwrap_or_default().is_empty(), "{self:?}");
        assert_eq!(self.body.as_object().map(serde_json::Map::len), Some(1), "{self:?}");
        self.body["error"]["details"].take()
    }
}
