//! Rewards as managers type them. What a reward can be is the domain's rule; here is which field is to
//! blame.

use crate::form::{Fields, plain};
use reda_domain::money::Currency;
use reda_domain::points::{AWARD_MAX, Points};
use reda_domain::reward::Gives;
use reda_protocol::entity::RewardBody;
use reda_protocol::operation::{CreateReward, UpdateReward, Verb};
use reda_protocol::rpc::{GivesKind, RewardCheck, RewardDetail, RewardForm, SoundReward, Wrong};

/// A reward with the form as it would have been typed.
pub(crate) fn detail(reward: RewardBody) -> RewardDetail {
    let (gives, value) = match &reward.gives {
        Gives::MoneyOff { amount } => (GivesKind::MoneyOff, plain(*amount)),
        Gives::PercentOff { percent } => (GivesKind::PercentOff, percent.to_string()),
        Gives::Product { product } => (GivesKind::Product, product.clone()),
        Gives::Text { text } => (GivesKind::Text, text.clone()),
    };
    let form = RewardForm {
        program: reward.program,
        reward: Some(reward.id),
        name: reward.name.clone(),
        cost: reward.cost.to_string(),
        gives,
        value,
    };
    RewardDetail { reward, form }
}

/// What a form comes to, or all that is wrong in it.
pub(crate) fn check(form: &RewardForm, currency: Currency) -> RewardCheck {
    match read(form, currency) {
        Ok(sound) => RewardCheck { wrong: Vec::new(), sound: Some(sound) },
        Err(wrong) => RewardCheck { wrong, sound: None },
    }
}

/// The operation that makes or changes the reward; none while something is wrong.
pub(crate) fn save(form: &RewardForm, currency: Currency) -> Option<Verb> {
    let SoundReward { name, cost, gives } = read(form, currency).ok()?;
    Some(match form.reward {
        None => Verb::CreateReward(CreateReward {
            program: form.program,
            name,
            cost,
            gives,
            status: None,
        }),
        Some(reward) => Verb::UpdateReward(UpdateReward {
            reward,
            name: Some(name),
            cost: Some(cost),
            gives: Some(gives),
            status: None,
        }),
    })
}

fn read(form: &RewardForm, currency: Currency) -> Result<SoundReward, Vec<Wrong>> {
    let mut fields = Fields::default();
    let name = fields.name("name", &form.name);
    let cost = fields.whole("cost", &form.cost, 1..=AWARD_MAX.0);
    let gives = gives(&mut fields, form, name.as_deref(), currency);
    match (name, cost, gives) {
        (Some(name), Some(cost), Some(gives)) => {
            Ok(SoundReward { name, cost: Points(cost), gives })
        }
        _ => Err(fields.wrong()),
    }
}

fn gives(
    fields: &mut Fields,
    form: &RewardForm,
    name: Option<&str>,
    currency: Currency,
) -> Option<Gives> {
    let mut words = || match form.value.trim() {
        "" => name.map(str::to_owned),
        typed => fields.name("value", typed),
    };
    Some(match form.gives {
        GivesKind::Product => Gives::Product { product: words()? },
        GivesKind::Text => Gives::Text { text: words()? },
        GivesKind::MoneyOff => {
            Gives::MoneyOff { amount: fields.money("value", &form.value, currency)? }
        }
        GivesKind::PercentOff => {
            let percent = fields.whole("value", &form.value, 1..=100)?;
            Gives::PercentOff { percent: u32::try_from(percent).ok()? }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use reda_domain::money::Money;
    use reda_domain::reward::RewardStatus;
    use reda_domain::{ProgramId, RewardId};
    use reda_protocol::rpc::Why;
    use uuid::Uuid;

    fn form(gives: GivesKind, value: &str) -> RewardForm {
        let program = ProgramId(Uuid::from_u128(1));
        let (name, cost) = ("Tea".to_owned(), "80".to_owned());
        RewardForm { program, reward: None, name, cost, gives, value: value.to_owned() }
    }

    fn wrong(form: &RewardForm) -> Vec<(String, Why)> {
        let RewardCheck { wrong, sound } = check(form, Currency::KES);
        assert_eq!(wrong.is_empty(), sound.is_some());
        assert_eq!(save(form, Currency::KES).is_some(), sound.is_some());
        wrong.into_iter().map(|wrong| (wrong.field, wrong.why)).collect()
    }

    #[test]
    fn every_kind_of_gift_is_read_and_shown_again_as_it_was_typed() {
        let amount = Money { amount: 5_000, currency: Currency::KES };
        for (kind, value, gives) in [
            (GivesKind::MoneyOff, "50", Gives::MoneyOff { amount }),
            (GivesKind::PercentOff, "10", Gives::PercentOff { percent: 10 }),
            (GivesKind::Product, "A cup", Gives::Product { product: "A cup".into() }),
            (GivesKind::Text, "Ask us", Gives::Text { text: "Ask us".into() }),
        ] {
            let sound = check(&form(kind, value), Currency::KES).sound.unwrap();
            assert_eq!((&sound.gives, sound.cost), (&gives, Points(80)));
            assert!(sound.gives.is_sound());
            let shown = detail(RewardBody {
                id: RewardId(Uuid::from_u128(2)),
                program: ProgramId(Uuid::from_u128(1)),
                name: "Tea".into(),
                cost: Points(80),
                gives,
                status: RewardStatus::Active,
            });
            assert_eq!((shown.form.gives, shown.form.value.as_str()), (kind, value));
        }
    }

    #[test]
    fn a_thing_without_words_is_what_the_reward_is_called() {
        let sound = check(&form(GivesKind::Product, " "), Currency::KES).sound.unwrap();
        assert_eq!(sound.gives, Gives::Product { product: "Tea".into() });
    }

    #[test]
    fn each_field_says_why_it_cannot_be_so() {
        let at = |field: &str, why| vec![(field.to_owned(), why)];
        let percent = Why::OutOfRange { min: 1, max: 100 };
        assert_eq!(wrong(&form(GivesKind::PercentOff, "101")), at("value", percent));
        assert_eq!(wrong(&form(GivesKind::MoneyOff, "")), at("value", Why::Empty));
        let free = RewardForm { cost: "0".into(), ..form(GivesKind::Product, "") };
        assert_eq!(wrong(&free), at("cost", Why::OutOfRange { min: 1, max: 1_000_000 }));
        let nameless = RewardForm { name: String::new(), ..form(GivesKind::Product, "") };
        assert_eq!(wrong(&nameless), at("name", Why::Empty), "said once");
    }
}
