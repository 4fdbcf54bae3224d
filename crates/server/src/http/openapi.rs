//! `GET /api/openapi.json`: the API's document, made from the list of calls and their handlers.

use super::calls::{LIMITED, LINKS, OPEN, SENT_AGAIN};
use super::describe::{Sheet, Who};
use super::endpoint::Endpoint;
use axum::Json;
use reda_protocol::error::ErrorBody;
use reda_protocol::operation::Verb;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

const ABOUT: &str = "Money is `{amount, currency}` in integer minor units, points are integers, \
    times RFC 3339 in UTC. Lists answer `{items, next?}`. Every error is `{\"error\": {code, message, \
    details?}}`; the codes stand in docs/refusals.md.";

static DOCUMENT: LazyLock<Value> = LazyLock::new(build);

pub(crate) async fn document() -> Json<Value> {
    Json(DOCUMENT.clone())
}

fn build() -> Value {
    let mut shapes = Map::new();
    let mut paths = Map::new();
    for endpoint in LIMITED.iter().chain(OPEN).chain(LINKS) {
        let mut sheet = Sheet::default();
        sheet.shape::<ErrorBody>();
        (endpoint.describe)(&mut sheet);
        for (name, shape) in std::mem::take(&mut sheet.shapes) {
            note(&mut shapes, name, shape);
        }
        let calls = paths.entry(endpoint.path).or_insert_with(|| json!({}));
        calls[endpoint.method.to_ascii_lowercase()] = call(endpoint, sheet);
    }
    for verb in Verb::shapes() {
        for (name, shape) in verb.refers_to {
            note(&mut shapes, name, json!(shape));
        }
        note(&mut shapes, format!("operation.{}", verb.kind), json!(verb.schema));
    }
    shapes["Operation"] = operation(&shapes["Operation"]);
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Reda", "version": env!("CARGO_PKG_VERSION"), "description": ABOUT },
        "paths": paths,
        "components": {
            "schemas": shapes,
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
    })
}

/// Two types of one name would stand for each other.
fn note(shapes: &mut Map<String, Value>, name: String, shape: Value) {
    if let Some(other) = shapes.get(&name) {
        assert_eq!(*other, shape, "two shapes are named {name}");
    }
    shapes.insert(name, shape);
}

fn call(endpoint: &Endpoint, sheet: Sheet) -> Value {
    let in_path = names(endpoint.path).map(|name| {
        json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
    });
    let in_query = sheet.query.into_iter().map(|(name, schema, required)| {
        json!({ "name": name, "in": "query", "required": required, "schema": schema })
    });
    let key = sheet.repeatable.then(|| {
        let schema = json!({ "type": "string", "format": "uuid" });
        json!({ "name": "Idempotency-Key", "in": "header", "required": false, "schema": schema })
    });
    let parameters: Vec<Value> = in_path.chain(in_query).chain(key).collect();
    let mut call = json!({
        "summary": endpoint.summary,
        "parameters": parameters,
        "responses": responses(sheet.answer),
    });
    if let Some((body, required)) = sheet.body {
        let content = json!({ "application/json": { "schema": body } });
        call["requestBody"] = json!({ "required": required, "content": content });
    }
    let who = match sheet.who {
        Who::Anyone => None,
        Who::Caller => Some("a person or a till"),
        Who::Person => Some("a person"),
        Who::Staff => Some("staff"),
    };
    if let Some(who) = who {
        call["security"] = json!([{ "token": [] }]);
        call["x-caller"] = json!(who);
    }
    if let Some(action) = endpoint.needs {
        call["x-least-role"] = json!(action.least_role());
    }
    if let Some(what) = sent_again(endpoint) {
        call["x-sent-again"] = json!(what);
    }
    call
}

/// What a second call does where it is not given the first one's answer.
fn sent_again(endpoint: &Endpoint) -> Option<&'static str> {
    let its =
        |(method, path, _): &&(&str, &str, _)| (*method, *path) == (endpoint.method, endpoint.path);
    SENT_AGAIN.iter().find(its).map(|it| it.2)
}

/// The names in a path's braces.
fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split('}').next())
}

fn responses(answer: Option<(u16, Option<Value>)>) -> Value {
    let error = json!({ "schema": { "$ref": "#/components/schemas/ErrorBody" } });
    let error = json!({ "description": "an error", "content": { "application/json": error } });
    let mut responses = json!({ "default": error });
    let (status, schema) = answer.unwrap_or((200, None));
    let mut success = json!({ "description": "done" });
    if let Some(schema) = schema {
        success["content"] = json!({ "application/json": { "schema": schema } });
    }
    responses[status.to_string()] = success;
    responses
}

/// An operation of each kind, with that kind's body.
fn operation(any: &Value) -> Value {
    let of_kind = |kind: &&str| {
        let mut one = any.clone();
        one["properties"]["kind"] = json!({ "const": kind });
        one["properties"]["body"] =
            json!({ "$ref": format!("#/components/schemas/operation.{kind}") });
        one
    };
    json!({ "oneOf": Verb::KINDS.iter().map(of_kind).collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every `$ref` below a value.
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(to)) = fields.get("$ref") {
                    found.push(to.clone());
                }
                fields.values().for_each(|it| references(it, found));
            }
            Value::Array(items) => items.iter().for_each(|it| references(it, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = build();
        let mut found = vec![];
        references(&document, &mut found);
        assert!(found.len() > 50);
        for to in found {
            assert!(document.pointer(&to[1..]).is_some(), "{to} leads nowhere");
        }
    }

    /// docs/calls.md, as it should be.
    fn page() -> String {
        let mut page = String::from(
            "# Every call\n\nWritten from `crates/server/src/http/calls.rs` by a test in `http/openapi.rs`; \
             `REDA_WRITE_TYPES=1 cargo test -p reda-server --lib` writes it anew. Bodies and answers \
             are in `/api/openapi.json`; [api.md](api.md) shows the calls at work.\n\n\
             | call | who | does |\n|---|---|---|\n",
        );
        for it in LIMITED.iter().chain(OPEN).chain(LINKS) {
            let mut sheet = Sheet::default();
            (it.describe)(&mut sheet);
            let who = match (it.needs, sheet.who) {
                (Some(action), _) => format!("staff, from {}", action.least_role().name()),
                (None, Who::Anyone) => "anyone".to_owned(),
                (None, Who::Caller) => "a person or a till".to_owned(),
                (None, Who::Person) => "a person".to_owned(),
                (None, Who::Staff) => "staff".to_owned(),
            };
            page += &format!("| `{} {}` | {who} | {} |\n", it.method, it.path, it.summary);
        }
        page += "\n## Sent again\n\n\
                 Writes take `Idempotency-Key: <UUID>`: the same call under it again gets the same answer and \
                 changes nothing. Where that cannot be, because the answer holds a secret that is not kept, or \
                 because the call ends what it is made with, a second call does this:\n\n\
                 | call | a second time |\n|---|---|\n";
        for (method, path, what) in SENT_AGAIN {
            page += &format!("| `{method} {path}` | {what} |\n");
        }
        page
    }

    #[test]
    fn every_write_takes_a_key_or_says_what_a_second_one_does() {
        for it in LIMITED.iter().chain(OPEN).chain(LINKS).filter(|it| it.method != "GET") {
            let mut sheet = Sheet::default();
            (it.describe)(&mut sheet);
            let told = sent_again(it).is_some();
            assert!(sheet.repeatable || told, "{} {}: a second call?", it.method, it.path);
        }
        for (method, path, _) in SENT_AGAIN {
            let mut calls = LIMITED.iter().chain(OPEN).chain(LINKS);
            assert!(calls.any(|it| (it.method, it.path) == (*method, *path)), "{method} {path}");
        }
    }

    #[test]
    fn the_committed_list_of_calls_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/calls.md");
        let wanted = page();
        if std::env::var_os("REDA_WRITE_TYPES").is_some() {
            std::fs::write(path, &wanted).unwrap();
        }
        let found = std::fs::read_to_string(path).unwrap_or_default();
        assert!(found == wanted, "docs/calls.md is stale: REDA_WRITE_TYPES=1 writes it anew");
    }

    #[test]
    fn every_call_is_told_once() {
        let mut seen = std::collections::BTreeSet::new();
        for it in LIMITED.iter().chain(OPEN).chain(LINKS) {
            assert!(seen.insert((it.path, it.method)), "{} {} stands twice", it.method, it.path);
            assert!(it.summary.ends_with('.'), "{} {} has no sentence", it.method, it.path);
        }
    }
}
