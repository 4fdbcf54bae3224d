//! What was sent to people, and what they do with it.

use crate::http::Answer;
use crate::town::TestTown;
use reqwest::Method;
use serde_json::{Value, json};

/// A message that carries a question.
pub(crate) struct Letter {
    pub(crate) text: String,
    pub(crate) code: String,
    /// The path of the link in it.
    pub(crate) link: String,
}

impl TestTown {
    /// The messages that went to a number or an address, the oldest first.
    pub(crate) fn letters(&self, to: &str) -> Vec<Letter> {
        let lines = std::fs::read_to_string(self.messages()).unwrap_or_default();
        let messages = lines.lines().map(|line| serde_json::from_str(line).expect("JSON"));
        let asks = messages.filter(|it: &Value| it["to"] == to && it["purpose"] == "request");
        asks.map(|it| letter(it["text"].as_str().expect("a text"))).collect()
    }

    /// The last of them.
    pub(crate) fn letter(&self, to: &str) -> Letter {
        self.letters(to).pop().expect("something was sent")
    }

    /// Asks whoever has a number; the request's id.
    pub(crate) async fn ask_phone(&self, phone: &str) -> Value {
        let body = json!({ "phone": phone, "program": self.program() });
        self.till.op("ask_enrollment", body).await.applied()["request"].clone()
    }

    /// Answers by a link, as its page's script would.
    pub(crate) async fn follow(&self, letter: &Letter, answer: &str) -> Answer {
        self.http.post(&format!("/api{}", letter.link), json!({ "answer": answer })).await
    }

    /// A page as a browser gets it: its headers, and its text.
    pub(crate) async fn page(&self, path: &str) -> (u16, reqwest::header::HeaderMap, String) {
        read(self.http.call(Method::GET, path)).await
    }

    /// What a page's button sends.
    pub(crate) async fn press(&self, path: &str, answer: &str) -> (u16, String) {
        let form = self.http.call(Method::POST, path).form(&[("answer", answer), ("lang", "sw")]);
        let (status, _, text) = read(form).await;
        (status, text)
    }

    /// Reads a code out to the cashier.
    pub(crate) async fn read_out(&self, request: &Value, code: &str) -> Answer {
        let body = json!({ "request": request, "code": code });
        self.till.op("answer_by_code", body).await
    }
}

pub(crate) async fn read(
    call: reqwest::RequestBuilder,
) -> (u16, reqwest::header::HeaderMap, String) {
    let response = call.send().await.expect("the server answers");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, headers, response.text().await.expect("the answer is text"))
}

fn letter(text: &str) -> Letter {
    let (_, path) = text.rsplit_once("/r/").expect("a link");
    let code = text.split(' ').next().expect("a word").to_owned();
    Letter { text: text.to_owned(), code, link: format!("/r/{path}") }
}
