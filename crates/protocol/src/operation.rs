//! Operations: changes that someone asks for, with an id made by the asker.

use crate::scope::Cursors;
use reda_domain::expiry::Expiry;
use reda_domain::language::Language;
use reda_domain::money::Money;
use reda_domain::points::Points;
use reda_domain::program::{EarnRule, ProgramKind, ProgramStatus};
use reda_domain::request::RequestAnswer;
use reda_domain::reward::{Gives, RewardStatus};
use reda_domain::tier::Tier;
use reda_domain::{
    BusinessId, CardId, EntryId, HandleId, OperationId, ProgramId, RequestId, RewardId, Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

/// An operation as it travels. The body is read by [`Verb::parse`], so that an unknown field in
/// it is refused by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[ts(optional_fields)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    pub id: OperationId,
    pub kind: String,
    pub body: Value,
    /// Needed only where the caller acts for several businesses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business: Option<BusinessId>,
    /// Who stands at the till; a till's operations carry it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff_token: Option<String>,
    /// The asker's time; the server's own counts for every rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

/// What a kind's body looks like.
pub struct Shape {
    pub kind: &'static str,
    pub schema: RefOr<Schema>,
    /// Further shapes that it refers to, by name.
    pub refers_to: Vec<(String, RefOr<Schema>)>,
}

impl Shape {
    fn of<T: ToSchema>(kind: &'static str) -> Self {
        let mut refers_to = vec![];
        T::schemas(&mut refers_to);
        Self { kind, schema: T::schema(), refers_to }
    }
}

macro_rules! verbs {
    ($($(#[$doc:meta])* $kind:literal => $name:ident { $($(#[$fdoc:meta])* $field:ident: $type:ty),* $(,)? })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
            #[ts(optional_fields)]
            #[serde(deny_unknown_fields)]
            pub struct $name { $($(#[$fdoc])* pub $field: $type),* }
        )*

        /// What an operation asks for.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Verb { $($(#[$doc])* $name($name)),* }

        impl Verb {
            /// Every kind, as it stands on the wire.
            pub const KINDS: &'static [&'static str] = &[$($kind),*];

            /// The shape of each kind's body, for the API's document.
            pub fn shapes() -> Vec<Shape> {
                vec![$(Shape::of::<$name>($kind)),*]
            }

            /// The kind, as it stands on the wire.
            pub fn kind(&self) -> &'static str {
                match self { $(Verb::$name(_) => $kind),* }
            }

            /// Reads a body by its kind.
            pub fn parse(kind: &str, body: &Value) -> Result<Self, BadOperation> {
                let bad = |error: serde_json::Error| BadOperation::Body(error.to_string());
                match kind {
                    $($kind => $name::deserialize(body).map(Verb::$name).map_err(bad),)*
                    _ => Err(BadOperation::Kind(kind.chars().take(40).collect())),
                }
            }

            /// The body as it travels.
            pub fn body(&self) -> Value {
                let body = match self { $(Verb::$name(body) => serde_json::to_value(body)),* };
                body.expect("a verb's body is plain data")
            }
        }
    };
}

/// An operation that is malformed: answered, and not kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadOperation {
    #[error("unknown kind of operation: {0}")]
    Kind(String),
    #[error("{0}")]
    Body(String),
}

verbs! {
    /// Reads a customer's code.
    "scan" => Scan { code: String }
    /// Looks a customer up; exactly one field is given.
    "find_customer" => FindCustomer {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        phone: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<String>,
        /// Six digits that the customer reads out from their page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        short_code: Option<String>,
    }
    /// Writes a person down who joins later; exactly one of phone and email is given. Answers with the
    /// business's handle for them, the same one for the same address.
    "create_customer" => CreateCustomer {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        phone: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<String>,
    }
    /// Asks a customer to join a programme; exactly one of customer, phone and email is given.
    "ask_enrollment" => AskEnrollment {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        customer: Option<HandleId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        phone: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<String>,
        program: ProgramId,
    }
    /// Sends a pending request again.
    "resend_request" => ResendRequest { request: RequestId }
    /// Takes a pending request back.
    "cancel_request" => CancelRequest { request: RequestId }
    /// Accepts for a customer who reads out the six digits that they were sent or, about points, shows
    /// the code that their page has now.
    "answer_by_code" => AnswerByCode { request: RequestId, code: String }
    /// Answers an enrolment for a customer to whom the till was turned.
    "answer_in_person" => AnswerInPerson {
        request: RequestId,
        answer: RequestAnswer,
        /// The language that the question was shown in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        language: Option<Language>,
    }
    /// Awards points to a card, or to the card that a pending request will make.
    "award_points" => AwardPoints {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<CardId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<RequestId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        points: Option<Points>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sale: Option<String>,
    }
    /// Asks a customer for points, which are set aside until the answer.
    "request_deduction" => RequestDeduction {
        card: CardId,
        /// Needed where no reward says it; with a reward it is what that costs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        points: Option<Points>,
        /// What the customer reads; a reward's name where nothing is said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reward: Option<RewardId>,
    }
    /// Corrects a card; below zero takes points.
    "adjust_points" => AdjustPoints { card: CardId, points: Points, reason: String }
    /// Takes an entry of the ledger back.
    "reverse_entry" => ReverseEntry { entry: EntryId, reason: String }
    /// Makes a printed code for a member.
    "issue_printed_code" => IssuePrintedCode { customer: HandleId }
    /// Makes everything worthless that the business printed for a member.
    "revoke_printed_code" => RevokePrintedCode { customer: HandleId }
    /// Writes a member's name, notes or tags; what is missing stays. An empty name takes the
    /// business's own away again.
    "update_customer" => UpdateCustomer {
        customer: HandleId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notes: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tags: Option<Vec<String>>,
    }
    /// Makes two members one: cards and points of `merge` go to `keep`.
    "merge_customers" => MergeCustomers { keep: HandleId, merge: HandleId }
    /// Makes a programme; a draft until it is activated.
    "create_program" => CreateProgram {
        name: String,
        kind: ProgramKind,
        earn: EarnRule,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        welcome_bonus: Option<Points>,
        /// From the least on; none where nothing is said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tiers: Option<Vec<Tier>>,
        /// Never where nothing is said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expiry: Option<Expiry>,
    }
    /// Changes a programme; what is missing stays.
    "update_program" => UpdateProgram {
        program: ProgramId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<ProgramStatus>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        earn: Option<EarnRule>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        welcome_bonus: Option<Points>,
        /// All of them, from the least on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tiers: Option<Vec<Tier>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expiry: Option<Expiry>,
    }
    /// Makes something that a programme's points buy.
    "create_reward" => CreateReward {
        program: ProgramId,
        name: String,
        cost: Points,
        gives: Gives,
        /// Active where nothing is said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<RewardStatus>,
    }
    /// Changes a reward; what is missing stays.
    "update_reward" => UpdateReward {
        reward: RewardId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cost: Option<Points>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        gives: Option<Gives>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<RewardStatus>,
    }
    /// Changes the business: its name, or some of its settings.
    "update_business" => UpdateBusiness {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// Settings by name; what is missing stays.
        #[serde(default)]
        #[ts(type = "Partial<Settings>")]
        settings: serde_json::Map<String, Value>,
    }
}

/// What became of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeKind {
    Applied,
    Rejected,
    /// A passing failure: nothing was kept, the same id may be sent again.
    Retry,
}

/// The answer to an operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[ts(optional_fields)]
pub struct Outcome {
    pub id: OperationId,
    pub outcome: OutcomeKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// For a person, in the caller's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Value>,
    #[serde(default)]
    pub data: Value,
    /// Where the scopes that the caller may read stood after it.
    #[serde(default)]
    #[ts(type = "Record<string, Cursor>")]
    #[schema(value_type = std::collections::BTreeMap<String, crate::scope::Cursor>)]
    pub moved: Cursors,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_unknown_field_is_refused_by_name() {
        let error = Verb::parse("scan", &json!({"code": "R1", "force": true})).unwrap_err();
        assert!(error.to_string().contains("force"), "{error}");
    }

    #[test]
    fn fractional_points_are_refused() {
        let card = "01999999-0000-7000-8000-000000000001";
        let body = json!({"card": card, "points": 1.5});
        assert!(matches!(Verb::parse("award_points", &body), Err(BadOperation::Body(_))));
    }

    #[test]
    fn an_unknown_kind_is_named() {
        let error = Verb::parse("steal_points", &json!({})).unwrap_err();
        assert_eq!(error, BadOperation::Kind("steal_points".into()));
    }
}
