//! What a call takes and answers, read off its handler's signature: each extractor and each answer
//! says what it means to a caller, so that the API's document cannot say anything else.

use super::ApiError;
use super::browser::{Browser, Label};
use super::error::Told;
use super::extract::{Body, Key, OptionalBody, Path, Query};
use super::network::Network;
use crate::app::App;
use crate::auth::{Acting, Caller, Language, Person, StaffToken};
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::{Form, Json};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

/// Who may make a call, by the extractors that its handler names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Who {
    #[default]
    Anyone,
    /// A signed-in person or a till.
    Caller,
    /// A signed-in person.
    Person,
    /// Staff of the business in the path, signed in or switched on at a till of it.
    Staff,
}

/// One call, filled in argument by argument.
#[derive(Default)]
pub(crate) struct Sheet {
    pub(crate) who: Who,
    /// Schema, and whether it must be given.
    pub(crate) body: Option<(Value, bool)>,
    /// Name, schema, and whether it must be given.
    pub(crate) query: Vec<(String, Value, bool)>,
    /// Whether it takes an `Idempotency-Key`.
    pub(crate) repeatable: bool,
    /// Status and schema of a success; no schema where nothing comes back.
    pub(crate) answer: Option<(u16, Option<Value>)>,
    /// The shapes that the others refer to, by name.
    pub(crate) shapes: BTreeMap<String, Value>,
}

impl Sheet {
    /// A reference to a type's shape, which is noted.
    pub(crate) fn shape<T: ToSchema>(&mut self) -> Value {
        let mut shapes: Vec<(String, RefOr<Schema>)> = vec![];
        T::schemas(&mut shapes);
        let name = T::name().into_owned();
        self.shapes.extend(shapes.into_iter().map(|(name, shape)| (name, json!(shape))));
        self.shapes.insert(name.clone(), json!(T::schema()));
        json!({ "$ref": format!("#/components/schemas/{name}") })
    }
}

/// What a handler takes.
#[diagnostic::on_unimplemented(
    message = "the API's document does not know the extractor `{Self}`",
    label = "say in crates/server/src/http/describe.rs what it means to a caller"
)]
pub(crate) trait Input {
    fn describe(sheet: &mut Sheet);
}

/// What a handler answers.
#[diagnostic::on_unimplemented(
    message = "the API's document does not know the answer `{Self}`",
    label = "say in crates/server/src/http/describe.rs what a caller gets"
)]
pub(crate) trait Output {
    fn describe(sheet: &mut Sheet);
}

/// A handler, by its arguments.
pub(crate) trait Described<Arguments> {
    fn describe(&self, sheet: &mut Sheet);
}

macro_rules! described {
    ($($argument:ident)*) => {
        impl<F, Answering, $($argument),*> Described<($($argument,)*)> for F
        where
            F: Fn($($argument),*) -> Answering,
            Answering: Future,
            Answering::Output: Output,
            $($argument: Input,)*
        {
            fn describe(&self, sheet: &mut Sheet) {
                $($argument::describe(sheet);)*
                <Answering::Output as Output>::describe(sheet);
            }
        }
    };
}

described!();
described!(A);
described!(A B);
described!(A B C);
described!(A B C D);
described!(A B C D E);
described!(A B C D E G);
described!(A B C D E G H);

/// Extractors that no caller sees.
macro_rules! unseen {
    ($($type:ty),*) => {$(
        impl Input for $type {
            fn describe(_: &mut Sheet) {}
        }
    )*};
}

unseen!(
    State<App>,
    Language,
    StaffToken,
    WebSocketUpgrade,
    ConnectInfo<SocketAddr>,
    HeaderMap,
    Network,
    Label,
    Option<Browser>
);

impl<T> Input for Path<T> {
    // Its parameters stand in the path.
    fn describe(_: &mut Sheet) {}
}

impl<T: Input, E> Input for Result<T, E> {
    fn describe(sheet: &mut Sheet) {
        T::describe(sheet);
    }
}

impl Input for Caller {
    fn describe(sheet: &mut Sheet) {
        sheet.who = Who::Caller;
    }
}

impl Input for Person {
    fn describe(sheet: &mut Sheet) {
        sheet.who = Who::Person;
    }
}

impl Input for Acting {
    fn describe(sheet: &mut Sheet) {
        sheet.who = Who::Staff;
    }
}

impl Input for Key {
    fn describe(sheet: &mut Sheet) {
        sheet.repeatable = true;
    }
}

impl<T: ToSchema> Input for Body<T> {
    fn describe(sheet: &mut Sheet) {
        sheet.body = Some((sheet.shape::<T>(), true));
    }
}

impl<T: ToSchema> Input for OptionalBody<T> {
    fn describe(sheet: &mut Sheet) {
        sheet.body = Some((sheet.shape::<T>(), false));
    }
}

/// What a page without script sends.
impl<T> Input for Form<T> {
    fn describe(_: &mut Sheet) {}
}

impl<T: ToSchema> Input for Query<T> {
    fn describe(sheet: &mut Sheet) {
        let mut shapes = vec![];
        T::schemas(&mut shapes);
        sheet.shapes.extend(shapes.into_iter().map(|(name, shape)| (name, json!(shape))));
        let shape = json!(T::schema());
        let required: Vec<Value> = shape["required"].as_array().cloned().unwrap_or_default();
        for (name, schema) in shape["properties"].as_object().into_iter().flatten() {
            let needed = required.iter().any(|it| it == name);
            sheet.query.push((name.clone(), schema.clone(), needed));
        }
    }
}

impl<T: ToSchema> Output for Json<T> {
    fn describe(sheet: &mut Sheet) {
        sheet.answer = Some((200, Some(sheet.shape::<T>())));
    }
}

impl Output for StatusCode {
    fn describe(sheet: &mut Sheet) {
        sheet.answer = Some((204, None));
    }
}

impl<T: Output, E: Failure> Output for Result<T, E> {
    fn describe(sheet: &mut Sheet) {
        T::describe(sheet);
    }
}

/// With headers beside it: a cookie.
impl<T: Output> Output for (HeaderMap, T) {
    fn describe(sheet: &mut Sheet) {
        T::describe(sheet);
    }
}

/// Something that is no JSON: a page, a file, a socket. The summary says what.
impl Output for Response {
    fn describe(_: &mut Sheet) {}
}

/// What handlers fail with: all of it reads as one error body.
pub(crate) trait Failure {}
impl Failure for ApiError {}
impl Failure for Told {}
