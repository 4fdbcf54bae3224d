//! The shop's programmes as managers see and type them. What a programme can be is the domain's rule;
//! here is which field is to blame.

use crate::form::{Fields, decimal, plain};
use crate::local::{Local, LocalError};
use crate::rewards;
use reda_domain::expiry::{Expiry, MONTHS_MAX};
use reda_domain::money::{Currency, Money};
use reda_domain::points::{AWARD_MAX, POINTS_MAX, Points};
use reda_domain::program::{EarnRule, ProgramKind};
use reda_domain::tier::{MULTIPLIER_MAX, TIERS_MAX, Tier};
use reda_protocol::entity::ProgramBody;
use reda_protocol::operation::{CreateProgram, UpdateProgram, Verb};
use reda_protocol::rpc::{
    Earned, ExpiryKind, ProgramCheck, ProgramDetail, ProgramForm, ProgramsView, SoundProgram,
    TierForm, Why, Wrong,
};

/// How many times the rule's money the example's sale is.
const EXAMPLE_TIMES: i64 = 10;

/// The programmes, the oldest first, with what their points buy.
pub(crate) async fn view(local: &Local) -> Result<Option<ProgramsView>, LocalError> {
    let Some(shop) = local.business().await? else { return Ok(None) };
    let mut programs = Vec::new();
    for program in local.programs().await? {
        let rewards = local.rewards_of(program.id).await?;
        programs.push(ProgramDetail {
            form: form(&program),
            rewards: rewards.into_iter().map(rewards::detail).collect(),
            program,
        });
    }
    Ok(Some(ProgramsView { shop: shop.name, currency: shop.currency, programs }))
}

/// What a form comes to, or all that is wrong in it.
pub(crate) fn check(form: &ProgramForm, currency: Currency) -> ProgramCheck {
    match read(form, currency) {
        Ok(sound) => ProgramCheck { wrong: Vec::new(), sound: Some(sound) },
        Err(wrong) => ProgramCheck { wrong, sound: None },
    }
}

/// The operation that makes or changes the programme; none while something is wrong.
pub(crate) fn save(form: &ProgramForm, currency: Currency) -> Option<Verb> {
    let SoundProgram { name, earn, welcome_bonus, tiers, expiry, .. } =
        read(form, currency).ok()?;
    Some(match form.program {
        None => Verb::CreateProgram(CreateProgram {
            name,
            kind: ProgramKind::Points,
            earn,
            welcome_bonus: Some(welcome_bonus),
            tiers: Some(tiers),
            expiry: Some(expiry),
        }),
        Some(program) => Verb::UpdateProgram(UpdateProgram {
            program,
            name: Some(name),
            status: None,
            earn: Some(earn),
            welcome_bonus: Some(welcome_bonus),
            tiers: Some(tiers),
            expiry: Some(expiry),
        }),
    })
}

fn read(form: &ProgramForm, currency: Currency) -> Result<SoundProgram, Vec<Wrong>> {
    let mut fields = Fields::default();
    let name = fields.name("name", &form.name);
    let points = fields.whole("points", &form.points, 1..=AWARD_MAX.0);
    let per = fields.money("per", &form.per, currency);
    let welcome_bonus = match form.welcome_bonus.trim() {
        "" => Some(0),
        typed => fields.whole("welcome_bonus", typed, 0..=AWARD_MAX.0),
    };
    let tiers = tiers(&mut fields, &form.tiers);
    let expiry = expiry(&mut fields, form);
    let (Some(name), Some(points), Some(per), Some(welcome_bonus), Some(tiers), Some(expiry)) =
        (name, points, per, welcome_bonus, tiers, expiry)
    else {
        return Err(fields.wrong());
    };
    let earn = EarnRule { points: Points(points), per, rounding: form.rounding };
    let welcome_bonus = Points(welcome_bonus);
    Ok(SoundProgram { name, earn, welcome_bonus, tiers, expiry, example: example(earn) })
}

/// The tiers, if each is sound and rises above the one before.
fn tiers(fields: &mut Fields, forms: &[TierForm]) -> Option<Vec<Tier>> {
    if forms.len() > TIERS_MAX {
        fields.refuse("tiers", Why::TooMany { max: u32::try_from(TIERS_MAX).unwrap_or(0) });
        return None;
    }
    let mut tiers: Vec<Tier> = Vec::new();
    for (form, n) in forms.iter().zip(0..) {
        let at = |field: &str| format!("tiers.{n}.{field}");
        let name = fields.name(&at("name"), &form.name);
        let from = fields.whole(&at("from"), &form.from, 0..=POINTS_MAX);
        let times = fields.hundredths(&at("times"), &form.times, MULTIPLIER_MAX);
        let (Some(name), Some(from), Some(multiplier_percent)) = (name, from, times) else {
            continue;
        };
        if tiers.iter().any(|tier| tier.name == name) {
            fields.refuse(&at("name"), Why::Twice);
        }
        if tiers.last().is_some_and(|before| Points(from) <= before.from) {
            fields.refuse(&at("from"), Why::NotRising);
        }
        tiers.push(Tier { name, from: Points(from), multiplier_percent });
    }
    (tiers.len() == forms.len()).then_some(tiers).filter(|_| !fields.refused("tiers."))
}

fn expiry(fields: &mut Fields, form: &ProgramForm) -> Option<Expiry> {
    let mut months = || {
        let months = fields.whole("months", &form.months, 1..=i64::from(MONTHS_MAX))?;
        u32::try_from(months).ok()
    };
    Some(match form.expiry {
        ExpiryKind::Never => Expiry::Never,
        ExpiryKind::AfterEarning => Expiry::AfterEarning { months: months()? },
        ExpiryKind::Inactivity => Expiry::Inactivity { months: months()? },
    })
}

fn example(earn: EarnRule) -> Option<Earned> {
    let amount = Money { amount: earn.per.amount.checked_mul(EXAMPLE_TIMES)?, ..earn.per };
    let points = earn.points_for(amount).ok()?;
    Some(Earned { amount, points })
}

/// The form as it would have been typed.
fn form(program: &ProgramBody) -> ProgramForm {
    let tier = |tier: &Tier| TierForm {
        name: tier.name.clone(),
        from: tier.from.to_string(),
        times: decimal(tier.multiplier_percent),
    };
    ProgramForm {
        program: Some(program.id),
        name: program.name.clone(),
        points: program.earn.points.to_string(),
        per: plain(program.earn.per),
        rounding: program.earn.rounding,
        welcome_bonus: program.welcome_bonus.to_string(),
        tiers: program.tiers.iter().map(tier).collect(),
        expiry: match program.expiry {
            Expiry::Never => ExpiryKind::Never,
            Expiry::AfterEarning { .. } => ExpiryKind::AfterEarning,
            Expiry::Inactivity { .. } => ExpiryKind::Inactivity,
        },
        months: program.expiry.months().map(|months| months.to_string()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use reda_domain::ProgramId;
    use reda_domain::program::{ProgramStatus, Rounding};
    use reda_domain::tier;
    use uuid::Uuid;

    fn tea() -> ProgramForm {
        let tier = |name: &str, from: &str, times: &str| TierForm {
            name: name.into(),
            from: from.into(),
            times: times.into(),
        };
        ProgramForm {
            program: None,
            name: "Tea".into(),
            points: "1".into(),
            per: "100".into(),
            rounding: Rounding::Down,
            welcome_bonus: "50".into(),
            tiers: vec![tier("Silver", "0", "1"), tier("Gold", "1,000", "1.5")],
            expiry: ExpiryKind::Inactivity,
            months: "12".into(),
        }
    }

    fn wrong(change: impl FnOnce(&mut ProgramForm)) -> Vec<(String, Why)> {
        let mut form = tea();
        change(&mut form);
        let ProgramCheck { wrong, sound } = check(&form, Currency::KES);
        assert_eq!(wrong.is_empty(), sound.is_some());
        assert_eq!(save(&form, Currency::KES).is_some(), sound.is_some());
        wrong.into_iter().map(|wrong| (wrong.field, wrong.why)).collect()
    }

    #[test]
    fn a_sound_form_says_what_it_comes_to() {
        let sound = check(&tea(), Currency::KES).sound.unwrap();
        let example = sound.example.unwrap();
        assert_eq!((example.amount.amount, example.points), (100_000, Points(10)));
        assert_eq!(sound.tiers[1].multiplier_percent, 150);
        assert_eq!(sound.expiry, Expiry::Inactivity { months: 12 });
    }

    #[test]
    fn each_field_says_why_it_cannot_be_so() {
        let at = |field: &str, why| vec![(field.to_owned(), why)];
        assert_eq!(wrong(|it| it.name = " ".into()), at("name", Why::Empty));
        let points = Why::OutOfRange { min: 1, max: 1_000_000 };
        assert_eq!(wrong(|it| it.points = "0".into()), at("points", points));
        assert_eq!(wrong(|it| it.per = "lots".into()), at("per", Why::NotMoney));
        assert_eq!(wrong(|it| it.welcome_bonus = "x".into()), at("welcome_bonus", Why::NotWhole));
        let months = Why::OutOfRange { min: 1, max: 120 };
        assert_eq!(wrong(|it| it.months = "121".into()), at("months", months));
        assert_eq!(wrong(|it| it.tiers[1].name = "Silver".into()), at("tiers.1.name", Why::Twice));
        assert_eq!(wrong(|it| it.tiers[1].from = "0".into()), at("tiers.1.from", Why::NotRising));
        let times = Why::NotUpTo { max: 10 };
        assert_eq!(wrong(|it| it.tiers[0].times = "11".into()), at("tiers.0.times", times));
        let many = Why::TooMany { max: 10 };
        assert_eq!(wrong(|it| it.tiers = vec![it.tiers[0].clone(); 11]), at("tiers", many));
    }

    #[test]
    fn what_does_not_count_is_not_looked_at() {
        let never = |it: &mut ProgramForm| {
            it.expiry = ExpiryKind::Never;
            it.months = "x".into();
            it.welcome_bonus = String::new();
            it.tiers.clear();
        };
        assert_eq!(wrong(never), []);
    }

    #[test]
    fn a_programme_is_changed_from_its_own_form() {
        let id = ProgramId(Uuid::from_u128(1));
        let sound = check(&tea(), Currency::KES).sound.unwrap();
        let body = ProgramBody {
            id,
            name: sound.name,
            kind: ProgramKind::Points,
            status: ProgramStatus::Active,
            earn: sound.earn,
            welcome_bonus: sound.welcome_bonus,
            tiers: sound.tiers.clone(),
            expiry: sound.expiry,
        };
        let Some(Verb::UpdateProgram(update)) = save(&form(&body), Currency::KES) else {
            panic!("a change");
        };
        assert_eq!((update.program, update.status), (id, None));
        assert_eq!((update.name, update.earn), (Some("Tea".into()), Some(body.earn)));
        assert_eq!((update.tiers, update.expiry), (Some(sound.tiers), Some(body.expiry)));
    }

    proptest! {
        #[test]
        fn what_the_form_lets_pass_the_rules_let_pass(
            names in proptest::collection::vec("[ab]{0,2}", 0..4),
            from in proptest::collection::vec("[0-9]{0,2}", 4),
            times in "[0-9]{0,2}(\\.[0-9]{0,3})?",
            numbers in proptest::collection::vec("-?[0-9]{0,8}", 3),
        ) {
            let [points, per, months] = [&numbers[0], &numbers[1], &numbers[2]];
            let tier = |(name, from): (&String, &String)| TierForm {
                name: name.clone(), from: from.clone(), times: times.clone(),
            };
            let form = ProgramForm {
                points: points.clone(),
                per: per.clone(),
                months: months.clone(),
                tiers: names.iter().zip(&from).map(tier).collect(),
                ..tea()
            };
            if let Some(sound) = check(&form, Currency::KES).sound {
                prop_assert!(sound.earn.is_sound());
                prop_assert!(tier::are_sound(&sound.tiers));
                prop_assert!(sound.expiry.is_sound());
            }
        }
    }
}
