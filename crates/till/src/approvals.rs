//! What counts as a customer's yes about points besides a signed one, as owners set it: whether a code
//! does, and how many points codes approve. What may be set is the server's rule; here is which
//! field is to blame.

use crate::form::Fields;
use reda_domain::points::{AWARD_MAX, Points};
use reda_domain::settings::{Evidence, Settings};
use reda_protocol::operation::{UpdateBusiness, Verb};
use reda_protocol::rpc::{CodeLimits, CodeLimitsCheck, CodeLimitsForm, Wrong};
use serde_json::{Map, json};

/// The operation that lets codes approve points, or stops that; what else counts as a yes stays.
pub(crate) fn let_codes_approve(on: bool, now: &Settings) -> Verb {
    let mut evidence = now.approval_evidence.clone();
    evidence.retain(|it| *it != Evidence::FreshCode);
    evidence.extend(on.then_some(Evidence::FreshCode));
    let settings = Map::from_iter([("approval_evidence".to_owned(), json!(evidence))]);
    Verb::UpdateBusiness(UpdateBusiness { name: None, settings })
}

/// What the limits of codes come to as they are typed, or all that is wrong in them.
pub(crate) fn check(form: &CodeLimitsForm) -> CodeLimitsCheck {
    match read(form) {
        Ok(sound) => CodeLimitsCheck { wrong: Vec::new(), sound: Some(sound) },
        Err(wrong) => CodeLimitsCheck { wrong, sound: None },
    }
}

/// The operation that sets the limits; none while something is wrong.
pub(crate) fn save(form: &CodeLimitsForm) -> Option<Verb> {
    let CodeLimits { once, day } = read(form).ok()?;
    let settings = Map::from_iter([
        ("fresh_code_points".to_owned(), json!(once)),
        ("fresh_code_points_day".to_owned(), json!(day)),
    ]);
    Some(Verb::UpdateBusiness(UpdateBusiness { name: None, settings }))
}

fn read(form: &CodeLimitsForm) -> Result<CodeLimits, Vec<Wrong>> {
    let mut fields = Fields::default();
    let once = fields.whole("once", &form.once, 1..=AWARD_MAX.0);
    // A day that holds less than one code would make the other limit a lie.
    let day = fields.whole("day", &form.day, once.unwrap_or(1)..=AWARD_MAX.0);
    match (once, day) {
        (Some(once), Some(day)) => Ok(CodeLimits { once: Points(once), day: Points(day) }),
        _ => Err(fields.wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reda_protocol::rpc::Why;

    fn form(once: &str, day: &str) -> CodeLimitsForm {
        CodeLimitsForm { once: once.to_owned(), day: day.to_owned() }
    }

    fn wrong(once: &str, day: &str) -> Vec<(String, Why)> {
        let form = form(once, day);
        assert_eq!(save(&form).is_none(), check(&form).sound.is_none());
        check(&form).wrong.into_iter().map(|wrong| (wrong.field, wrong.why)).collect()
    }

    #[test]
    fn both_limits_are_set_at_once() {
        let Some(Verb::UpdateBusiness(it)) = save(&form("1,500", "3000")) else { panic!() };
        let limits = json!({ "fresh_code_points": 1_500, "fresh_code_points_day": 3_000 });
        assert_eq!((it.name, json!(it.settings)), (None, limits));
    }

    #[test]
    fn a_day_holds_at_least_one_code() {
        assert_eq!(wrong("500", "500"), []);
        let out = |min| Why::OutOfRange { min, max: AWARD_MAX.0 };
        assert_eq!(wrong("500", "499"), [("day".to_owned(), out(500))]);
        assert_eq!(wrong("0", ""), [("once".to_owned(), out(1)), ("day".to_owned(), Why::Empty)]);
    }

    #[test]
    fn letting_codes_approve_leaves_the_other_ways_to_say_yes() {
        let evidence = |now: Vec<Evidence>, on| {
            let now = Settings { approval_evidence: now, ..Settings::default() };
            let Verb::UpdateBusiness(it) = let_codes_approve(on, &now) else { panic!() };
            assert_eq!((it.name, it.settings.len()), (None, 1));
            it.settings["approval_evidence"].clone()
        };
        let (sms, code) = (Evidence::SmsCode, Evidence::FreshCode);
        assert_eq!(evidence(vec![sms], true), json!(["sms_code", "fresh_code"]));
        assert_eq!(evidence(vec![code, sms], true), json!(["sms_code", "fresh_code"]));
        assert_eq!(evidence(vec![code, sms], false), json!(["sms_code"]));
    }
}
