//! Every call of the API's document, tried by everyone whom it does not concern; every operation,
//! tried in every role. Both lists grow by themselves.

use crate::http::{Answer, Http};
use crate::openapi::{calls, filled};
use crate::scene::Scene;
use reda_cluster::each_engine;
use reda_domain::business::Role;
use reda_domain::permission::Action;
use reda_protocol::operation::Verb;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// Callers to whom nothing here belongs.
struct Strangers {
    /// Proven by nothing that counts, and the status that tells them so.
    nobody: Vec<(&'static str, Http, u16)>,
    till: Http,
    /// Cashiers of this and of the other shop, who are good at their own calls.
    dismissed: Http,
    other_cashier: Http,
}

async fn strangers(scene: &Scene) -> Strangers {
    let town = &scene.town;
    let gone = town.signed_in(&scene.amina.phone).await;
    assert_eq!(gone.post("/api/auth/sign-out", json!({})).await.status, 204);
    let revoked = scene.former_till("UPDATE devices SET revoked_at_ms = 1 WHERE id = $1").await;
    let copied = scene.former_till("UPDATE devices SET locked_at_ms = 1 WHERE id = $1").await;
    let nobody = vec![
        ("nobody", town.http.clone(), 401),
        ("a made-up token", town.http.with_token("eyJhbGciOiJub25lIn0.e30."), 401),
        ("a session that was ended", gone, 401),
        ("a staff token without its till", town.http.with_token(&town.till.staff_token), 401),
        ("a revoked till", revoked, 403),
        ("a till of which a copy was seen", copied, 403),
    ];
    let dismissed = scene.dismissed().await;
    let other_cashier = scene.cashier_elsewhere().await;
    Strangers { nobody, till: town.till.http.clone(), dismissed, other_cashier }
}

/// People with a good token, whom a call about these parameters does not concern.
fn others(scene: &Scene, of_business: bool, strangers: &Strangers) -> Vec<(&'static str, Http)> {
    let mut others = vec![
        ("another customer", scene.stranger.http.clone()),
        ("the other shop's owner", scene.other_owner.clone()),
        ("the other shop's cashier", strangers.other_cashier.clone()),
        ("the other shop's till", scene.other_till.http.clone()),
        ("a cashier who was dismissed", strangers.dismissed.clone()),
    ];
    if of_business {
        others.push(("a member of the shop", scene.amina.http.clone()));
    } else {
        others.push(("the shop's owner", scene.owner.clone()));
        others.push(("the shop's till", scene.town.till.http.clone()));
    }
    others
}

struct Try<'a> {
    scene: &'a Scene,
    method: &'a Method,
    path: &'a str,
    body: Option<Value>,
    secrets: &'a [String],
}

impl Try<'_> {
    async fn by(&self, who: &str, http: &Http, allowed: &[u16]) {
        let call = http.call(self.method.clone(), self.path);
        let call = match &self.body {
            Some(body) => call.json(body),
            None => call,
        };
        let answer = Answer::of(call).await;
        let place = format!("{} {} by {who}", self.method, self.path);
        assert!(allowed.contains(&answer.status), "{place}: {answer:?}");
        tells_nothing(&answer, &place, self.secrets);
    }
}

/// A refusal in the one shape that every error has, without a word about anybody.
#[track_caller]
fn tells_nothing(answer: &Answer, place: &str, secrets: &[String]) {
    let error = answer.body["error"].as_object().unwrap_or_else(|| panic!("{place}: {answer:?}"));
    assert!(error["code"].is_string() && error["message"].is_string(), "{place}");
    let told = answer.body.to_string();
    for secret in secrets {
        assert!(!told.contains(secret), "{place} tells {secret}: {told}");
    }
}

#[each_engine]
async fn every_wrong_person_is_refused_at_every_call() {
    let scene = Scene::set().await;
    let strangers = strangers(&scene).await;
    let secrets = scene.secrets().await;
    for (method, path, call) in calls(&scene.document) {
        if call["security"].is_null() {
            continue;
        }
        let schema = &call["requestBody"]["content"]["application/json"]["schema"];
        let body = (!schema.is_null()).then(|| body(&scene, &path, schema));
        let full = filled(&scene, &path, &call);
        let one = Try { scene: &scene, method: &method, path: &full, body, secrets: &secrets };
        for (who, http, status) in &strangers.nobody {
            one.by(who, http, &[*status]).await;
        }
        if call["x-caller"] == "a person" {
            one.by("a till", &strangers.till, &[403]).await;
        }
        let named = path.contains('{') || full.contains('?');
        if named {
            for (who, http) in others(one.scene, path.starts_with("/api/businesses/"), &strangers) {
                one.by(who, &http, &[403, 404]).await;
            }
        }
        if [json!("manager"), json!("owner")].contains(&call["x-least-role"]) {
            one.by("a cashier", &scene.cashier, &[403]).await;
        }
        if call["x-least-role"] == "owner" {
            one.by("a manager", &scene.manager, &[403]).await;
        }
    }
}

/// What a call is tried with. Bodies whose least form means nothing are said here.
fn body(scene: &Scene, path: &str, schema: &Value) -> Value {
    match path {
        "/api/operations" => operation(scene, "scan"),
        _ => scene.sample(schema),
    }
}

/// An operation of a kind, about Amina and the shop.
pub(crate) fn operation(scene: &Scene, kind: &str) -> Value {
    json!({ "id": Uuid::now_v7(), "kind": kind, "body": verb_body(scene, kind) })
}

/// A body of a kind, about Amina and the shop. Where the least one says too little, it is here.
fn verb_body(scene: &Scene, kind: &str) -> Value {
    let (card, program) = (scene.id("card"), scene.id("program"));
    match kind {
        "find_customer" | "create_customer" => json!({ "phone": "0733000009" }),
        "ask_enrollment" => json!({ "customer": scene.id("customer"), "program": program }),
        "merge_customers" => json!({ "keep": scene.id("customer"), "merge": scene.id("customer") }),
        "award_points" => json!({ "card": card, "points": 5 }),
        "request_deduction" => json!({ "card": card, "points": 5, "reason": "Tea" }),
        _ => {
            let name = format!("#/components/schemas/operation.{kind}");
            scene.sample(&json!({ "$ref": name }))
        }
    }
}

/// What each kind needs; every kind stands here.
fn action(kind: &str) -> Action {
    match kind {
        "scan" | "find_customer" => Action::IdentifyCustomer,
        "ask_enrollment" | "resend_request" | "cancel_request" | "answer_by_code"
        | "answer_in_person" => Action::AskCustomer,
        "create_customer" => Action::CreateCustomer,
        "award_points" => Action::AwardPoints,
        "issue_printed_code" | "revoke_printed_code" => Action::IssuePrintedCode,
        "update_customer" => Action::EditCustomers,
        "merge_customers" => Action::MergeCustomers,
        "create_program" | "update_program" | "create_reward" | "update_reward" => {
            Action::ManagePrograms
        }
        "request_deduction" => Action::RequestDeduction,
        "adjust_points" | "reverse_entry" => Action::AdjustPoints,
        "update_business" => Action::ManageBusiness,
        _ => panic!("{kind} is new: say in crates/server/tests/it/wrong_people.rs what it needs"),
    }
}

#[each_engine]
async fn every_operation_is_refused_to_every_role_below_its_own() {
    let scene = Scene::set().await;
    let roles = [
        (Role::Cashier, &scene.cashier),
        (Role::Manager, &scene.manager),
        (Role::Owner, &scene.owner),
    ];
    for kind in Verb::KINDS {
        for (role, http) in roles {
            let answer = http.post("/api/operations", operation(&scene, kind)).await;
            let code = answer.body["error"]["code"].as_str().unwrap_or_default().to_owned();
            let place = format!("{kind} by {role:?}: {answer:?}");
            if role.may(action(kind)) {
                assert!(!["not_allowed", "forbidden", "unauthorized"].contains(&&*code), "{place}");
                let malformed = ["invalid_body", "unknown_operation", "bad_name"];
                assert!(!malformed.contains(&&*code), "the sample says nothing: {place}");
            } else {
                assert_eq!((answer.status, &*code), (403, "not_allowed"), "{place}");
            }
        }
    }
}

#[each_engine]
async fn every_operation_is_refused_to_whoever_does_not_work_there() {
    let scene = Scene::set().await;
    let strangers = strangers(&scene).await;
    let secrets = scene.secrets().await;
    let refused = async |kind, who, http: &Http, body: &Value, status| {
        let answer = http.post("/api/operations", body.clone()).await;
        let place = format!("{kind} by {who}");
        assert_eq!(answer.status, status, "{place}: {answer:?}");
        tells_nothing(&answer, &place, &secrets);
    };
    for kind in Verb::KINDS {
        let body = operation(&scene, kind);
        for (who, http, status) in &strangers.nobody {
            refused(kind, *who, http, &body, *status).await;
        }
        let mut there = body.clone();
        there["business"] = scene.id("business");
        for (who, http) in others(&scene, true, &strangers) {
            refused(kind, who, &http, &there, 403).await;
        }
        refused(kind, "a till with nobody at it", &strangers.till, &body, 401).await;
        let mut borrowed = body.clone();
        borrowed["staff_token"] = json!(scene.other_till.staff_token);
        refused(kind, "a till with the other shop's staff", &strangers.till, &borrowed, 403).await;
    }
}

#[each_engine]
async fn no_operation_reaches_into_another_shop() {
    let scene = Scene::set().await;
    let secrets = scene.secrets().await;
    let cashier = scene.cashier_elsewhere().await;
    for kind in Verb::KINDS {
        let body = verb_body(&scene, kind);
        let named = ["card", "customer", "request", "program", "entry", "reward", "keep"];
        if !named.iter().any(|name| !body[name].is_null()) {
            continue;
        }
        for (who, role, http) in
            [("owner", Role::Owner, &scene.other_owner), ("cashier", Role::Cashier, &cashier)]
        {
            let answer = http.op(kind, body.clone()).await;
            let place = format!("{kind} by the other shop's {who}");
            let status = if role.may(action(kind)) { 404 } else { 403 };
            assert_eq!(answer.status, status, "{place}: {answer:?}");
            tells_nothing(&answer, &place, &secrets);
        }
    }
}
