//! The API's document says what the server does.

use crate::http::Answer;
use crate::scene::Scene;
use crate::town::TestTown;
use reda_cluster::each_engine;
use reqwest::Method;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Method, path and description of every documented call.
pub(crate) fn calls(document: &Value) -> Vec<(Method, String, Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let of_path = |(path, calls): (&String, &Value)| {
        let calls = calls.as_object().expect("calls").clone();
        let path = path.clone();
        calls.into_iter().map(move |(method, call)| {
            let method = method.to_ascii_uppercase().parse().expect("a method");
            (method, path.clone(), call)
        })
    };
    paths.iter().flat_map(of_path).collect()
}

/// The files below a folder, sorted.
pub(crate) fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths.into_iter().flat_map(|it| if it.is_dir() { sources(&it) } else { vec![it] }).collect()
}

/// The router is made from the list that the document is made from. A route made elsewhere would
/// be in neither.
#[test]
fn no_route_is_made_outside_the_list_of_calls() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for path in sources(&root) {
        let text = std::fs::read_to_string(&path).expect("sources are text");
        let own = path.ends_with("http/endpoint.rs");
        for maker in [".route(", ".route_service(", ".nest(", ".nest_service("] {
            assert!(
                own || !text.contains(maker),
                "{} makes a route by {maker}…): every call is a line in http/calls.rs, which \
                 documents it",
                path.display()
            );
        }
    }
}

#[each_engine]
async fn every_documented_call_is_there() {
    let town = TestTown::open().await;
    let document = town.http.get("/api/openapi.json").await.ok();
    let calls = calls(&document);
    assert!(calls.len() > 20);
    for (method, path, call) in calls {
        let answer = Answer::of(town.http.call(method.clone(), &path)).await;
        assert_ne!(answer.status, 405, "{method} {path}");
        // Whoever has proven nothing learns of a call that needs a token only that it needs one.
        assert!(call["security"].is_null() || answer.status == 401, "{method} {path}: {answer:?}");
    }
}

#[each_engine]
async fn answers_have_the_fields_that_the_document_promises() {
    let scene = Scene::set().await;
    for (method, path, call) in calls(&scene.document) {
        let success = &call["responses"]["200"]["content"]["application/json"]["schema"];
        if method != Method::GET || call["security"].is_null() || success.is_null() {
            continue;
        }
        let http = if path.contains("{business}") { &scene.owner } else { &scene.amina.http };
        let body = http.get(&filled(&scene, &path, &call)).await.ok();
        keeps(&scene.document, success, &body, &format!("{method} {path}"));
    }
}

/// A path with its parameters, and what must stand behind the question mark.
pub(crate) fn filled(scene: &Scene, path: &str, call: &Value) -> String {
    let mut path = path.to_owned();
    let mut query = vec![];
    for parameter in call["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().expect("a name");
        let text = || scene.id(name).as_str().expect("a text").to_owned();
        match parameter["in"].as_str() {
            Some("path") => path = path.replace(&format!("{{{name}}}"), &text()),
            Some("query") if parameter["required"] == true => {
                query.push(format!("{name}={}", text()));
            }
            _ => {}
        }
    }
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}

/// A shape that is put together of several, as one.
fn merged(document: &Value, schema: &Value) -> Value {
    let Some(parts) = schema["allOf"].as_array() else {
        return schema.clone();
    };
    let mut whole = json!({ "properties": {}, "required": [] });
    for part in parts {
        let to = part["$ref"].as_str().and_then(|to| document.pointer(&to[1..]));
        let part = merged(document, to.unwrap_or(part));
        let fields = part["properties"].as_object().into_iter().flatten();
        for (name, field) in fields {
            whole["properties"][name] = field.clone();
        }
    }
    whole
}

/// Checks that a value has what its schema requires, and nothing that the schema does not know.
#[track_caller]
fn keeps(document: &Value, schema: &Value, value: &Value, place: &str) {
    if let Some(to) = schema["$ref"].as_str() {
        return keeps(document, document.pointer(&to[1..]).expect("a shape"), value, place);
    }
    let schema = &merged(document, schema);
    if let Some(fields) = value.as_object().filter(|_| schema["properties"].is_object()) {
        for name in schema["required"].as_array().into_iter().flatten() {
            let name = name.as_str().expect("a name");
            assert!(fields.contains_key(name), "{place}: no {name} in {value}");
        }
        for (name, value) in fields {
            let known = &schema["properties"][name];
            assert!(!known.is_null(), "{place}: {name} is not documented: {value}");
            keeps(document, known, value, &format!("{place} .{name}"));
        }
    }
    for item in value.as_array().into_iter().flatten() {
        keeps(document, &schema["items"], item, &format!("{place} []"));
    }
}
