//! `docs/refusals.md` is written from the table of codes; this test says when it is not current.
//! `REDA_WRITE_TYPES=1 cargo test -p reda-protocol --test refusals` writes it anew.

use reda_domain::money::Currency;
use reda_domain::points::Points;
use reda_domain::program::ProgramStatus;
use reda_domain::refusal::Refusal;
use reda_domain::request::RequestAnswer;
use reda_domain::{CardId, EntryId, Timestamp};
use reda_protocol::error::{CODES, CodeRow, row};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use uuid::Uuid;

/// A sample of every refusal. The match beside it does not compile while a variant is missing.
macro_rules! samples {
    ($($variant:ident $({ $($fact:ident: $value:expr),* })?;)*) => {
        fn samples() -> Vec<Refusal> {
            let _every_variant_is_here = |refusal: &Refusal| match refusal {
                $(Refusal::$variant $({ $($fact: _),* })? => {})*
            };
            vec![$(Refusal::$variant $({ $($fact: $value),* })?),*]
        }
    };
}

samples! {
    NotACode;
    CodeDamaged;
    CodeUnknown;
    CodeForged;
    CodeExpired;
    CodeNotYet;
    CodeRevoked;
    CustomerUnknown;
    CardUnknown;
    ProgramUnknown;
    RequestUnknown;
    BusinessUnknown;
    NotificationUnknown;
    KeyUnknown;
    StaffUnknown;
    DeviceUnknown;
    AlreadyMember { card: CardId(Uuid::nil()) };
    DeclinedRecently { until: Timestamp(0) };
    ProgramNotActive { status: ProgramStatus::Paused };
    ProgramCannotBecome { from: ProgramStatus::Ended, to: ProgramStatus::Active };
    RewardUnknown;
    RewardNotActive;
    RewardCosts { cost: Points(100) };
    AlreadyAnswered { answer: RequestAnswer::Accept };
    RequestExpired;
    RequestCancelled;
    SentTooRecently { retry_at: Timestamp(0) };
    TooManyWaitingAwards { max: 20 };
    NotEnoughPoints { available: Points(5), needs: Points(9) };
    SignatureNeeded;
    EvidenceNotAllowed;
    CodeNotTheirs;
    CodeUsed;
    CodeLimit { max: Points(500) };
    KeyTooNew { until: Timestamp(0) };
    EntryUnknown;
    AlreadyReversed { entry: EntryId(Uuid::nil()) };
    NotReversible;
    AdjustLimit { max: Points(1_000) };
    PointsOutOfRange { min: Points(1), max: Points(1_000_000) };
    EarnsNothing;
    AmountTooLarge;
    OtherCurrency { expected: Currency::KES };
    OwnCard;
    BalanceTooLarge;
    SettingOutOfRange { setting: "approval_minutes".to_owned() };
    CannotMerge { why: reda_domain::refusal::MergeObstacle::Same };
    ShortCodeUnknown;
    LastOwner;
    NotAllowed;
    AlreadyStaff;
    AnswerCodeWrong;
    InPersonOff;
    OwnAnswer;
    TooManyKeys { max: 5 };
    KeyInUse;
    SignatureInvalid;
}

/// What the facts in `details` are, by code; codes that are not here have none.
const FACTS: &[(&str, &[(&str, &str)])] = &[
    ("already_member", &[("card", "the card that the customer has")]),
    ("declined_recently", &[("until", "when the customer may be asked again")]),
    ("program_not_active", &[("status", "what the programme is instead")]),
    ("program_cannot_become", &[("from", "what it is"), ("to", "what was asked for")]),
    ("reward_costs", &[("cost", "what it costs now")]),
    ("already_answered", &[("answer", "`accept` or `decline`")]),
    ("sent_too_recently", &[("retry_at", "when it may be sent again")]),
    ("too_many_waiting_awards", &[("max", "how many may wait")]),
    ("not_enough_points", &[("available", "what can be spent"), ("needs", "what was asked for")]),
    ("code_limit", &[("max", "how many points a code may approve on this card now")]),
    ("key_too_new", &[("until", "from when on it approves points")]),
    ("already_reversed", &[("entry", "the entry that took it back")]),
    ("adjust_limit", &[("max", "the most that this role may add or take at once")]),
    ("points_out_of_range", &[("max", "the most"), ("min", "the least")]),
    ("other_currency", &[("expected", "the programme's currency")]),
    ("setting_out_of_range", &[("setting", "its name")]),
    (
        "cannot_merge",
        &[(
            "why",
            "`same`, `yourself`, `both_have_accounts`, `other_has_account`, `points_held` or `owes`",
        )],
    ),
    ("too_many_keys", &[("max", "how many may be live at once")]),
    ("invalid_body", &[("reason", "what is wrong with it, for a programmer")]),
    ("unknown_operation", &[("kind", "the kind that was asked for")]),
    ("rate_limited", &[("retry_after", "seconds to wait, as in the header `Retry-After`")]),
    ("bad_phone", &[("reason", "what is wrong with the number")]),
];

const HEAD: &str = "\
# Codes of refusals and errors

Written from `crates/protocol/src/error.rs` by the test `crates/protocol/tests/refusals.rs`;
`REDA_WRITE_TYPES=1 cargo test -p reda-protocol --test refusals` writes it anew.

Every error answer is an HTTP status and `{\"error\": {\"code\", \"message\", \"details\"}}`. The code is
stable and for programs. The message is for a person: English, or Swahili where `Accept-Language`
asks for it; on the WebSocket it is always English, and the till words it anew from this table. The
details are the facts named below, and are missing where there are none. Times are RFC 3339.

";

const REFUSALS: &str = "\
## Refusals by the rules

What the engine refuses is kept with the operation: the same id again gets the same refusal.
`POST /api/operations` answers it with status 200, `\"outcome\": \"rejected\"`, and code, message and
details beside it; only `not_allowed` and those with status 404 keep their status there. Everywhere
else the status is the one in the table. On the WebSocket it is a `result` frame with `rejected`.

";

const ERRORS: &str = "\
## Errors

Nothing was kept. On the WebSocket an operation that fails with `busy` or `internal` comes back as
`\"outcome\": \"retry\"`, to be sent again under the same id. `bad_frame` and `bad_version` stand only in
the last frame before the WebSocket closes; `offline` and `pin_needs_line` are what a till
says by itself.

";

fn facts(code: &str) -> &'static [(&'static str, &'static str)] {
    FACTS.iter().find(|(it, _)| *it == code).map_or(&[], |(_, facts)| facts)
}

fn table(rows: impl Iterator<Item = &'static CodeRow>) -> String {
    let mut out =
        String::from("| code | status | English | Swahili | facts |\n|---|---|---|---|---|\n");
    for row in rows {
        let facts: Vec<String> =
            facts(row.code).iter().map(|(name, what)| format!("`{name}`: {what}")).collect();
        let CodeRow { code, status, en, sw } = row;
        writeln!(out, "| `{code}` | {status} | {en} | {sw} | {} |", facts.join("; ")).unwrap();
    }
    out
}

fn document() -> String {
    let refusals: BTreeSet<String> = samples().iter().map(Refusal::code).collect();
    let (by_rules, errors): (Vec<_>, Vec<_>) =
        CODES.iter().partition(|row| refusals.contains(row.code));
    let by_rules = table(by_rules.into_iter());
    let errors = table(errors.into_iter());
    format!("{HEAD}{REFUSALS}{by_rules}\n{ERRORS}{errors}")
}

#[test]
fn the_committed_table_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/refusals.md");
    let wanted = document();
    if std::env::var_os("REDA_WRITE_TYPES").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "docs/refusals.md is stale: REDA_WRITE_TYPES=1 writes it anew");
}

#[test]
fn every_refusal_has_a_row() {
    for refusal in samples() {
        let code = refusal.code();
        assert!(row(&code).is_some(), "no row for {code}");
    }
}

#[test]
fn every_fact_of_a_refusal_is_explained() {
    for refusal in samples() {
        let details = refusal.details().unwrap_or_default();
        let told = details.as_object().map(|facts| facts.keys().map(String::as_str).collect());
        let told: BTreeSet<&str> = told.unwrap_or_default();
        let explained: BTreeSet<&str> =
            facts(&refusal.code()).iter().map(|(name, _)| *name).collect();
        assert_eq!(told, explained, "{}", refusal.code());
    }
}

#[test]
fn every_code_stands_once_and_is_said_in_both_languages() {
    let codes: BTreeSet<&str> = CODES.iter().map(|row| row.code).collect();
    assert_eq!(codes.len(), CODES.len());
    for row in CODES {
        assert!((400..600).contains(&row.status), "{}", row.code);
        assert!(!row.en.is_empty() && !row.sw.is_empty(), "{}", row.code);
    }
    for (code, _) in FACTS {
        assert!(codes.contains(code), "facts of {code}, which is no code");
    }
}
