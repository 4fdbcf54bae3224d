//! Bodies made from the API's document: the least that a shape takes.

use serde_json::{Map, Value, json};

/// The least value of a schema. Ids are those that `id` knows for a field's name.
pub(crate) fn of(document: &Value, schema: &Value, id: &dyn Fn(&str) -> Value) -> Value {
    named(document, schema, "", id)
}

fn named(document: &Value, schema: &Value, name: &str, id: &dyn Fn(&str) -> Value) -> Value {
    if let Some(to) = schema["$ref"].as_str() {
        let shape = document.pointer(&to[1..]).unwrap_or_else(|| panic!("{to} leads nowhere"));
        return named(document, shape, name, id);
    }
    if let Some(choice) = ["oneOf", "anyOf", "allOf", "enum"].iter().find_map(|it| schema.get(it)) {
        let first = &choice[0];
        return if first.is_object() { named(document, first, name, id) } else { first.clone() };
    }
    match schema["type"].as_str().or_else(|| schema["type"][0].as_str()) {
        Some("object") => object(document, schema, id),
        Some("array") => json!([named(document, &schema["items"], name, id)]),
        Some("string") if schema["format"] == "uuid" => id(name),
        Some("string") if schema["format"] == "date-time" => json!("2026-11-21T10:02:03.045Z"),
        Some("string") => json!(text(name)),
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(true),
        _ => Value::Null,
    }
}

fn object(document: &Value, schema: &Value, id: &dyn Fn(&str) -> Value) -> Value {
    let required = schema["required"].as_array().into_iter().flatten();
    let field = |name: &Value| {
        let name = name.as_str()?;
        Some((name.to_owned(), named(document, &schema["properties"][name], name, id)))
    };
    Value::Object(required.filter_map(field).collect::<Map<_, _>>())
}

/// A text that a field of this name takes.
fn text(name: &str) -> &'static str {
    match name {
        "currency" => "KES",
        "country" => "KE",
        "phone" => "0733000001",
        "email" => "someone@example.com",
        "password" => "a good password",
        _ => "text",
    }
}
