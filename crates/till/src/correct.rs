//! The correction of a card as managers type it. What may be corrected is the server's rule; here is
//! which field is to blame, by what this till knows.

use crate::form::Fields;
use crate::local::{Local, LocalError};
use reda_domain::business::Role;
use reda_domain::card::REASON_MAX;
use reda_domain::points::{AWARD_MAX, Points};
use reda_domain::settings::Settings;
use reda_domain::{CardId, StaffId};
use reda_protocol::operation::{AdjustPoints, Verb};
use reda_protocol::rpc::{AdjustCheck, AdjustForm, SoundAdjust, Why, Wrong};

/// What a correction goes by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    balance: Points,
    available: Points,
    max: Points,
}

/// What this till knows of a card, and of whoever corrects it; `None` without the card.
pub(crate) async fn known(
    local: &Local,
    card: CardId,
    staff: Option<StaffId>,
) -> Result<Option<Known>, LocalError> {
    let Some(card) = local.card(Some(card)).await? else { return Ok(None) };
    let settings = local.business().await?.and_then(|shop| shop.settings).unwrap_or_default();
    let staff = match staff {
        Some(id) => local.staff(id).await?,
        None => None,
    };
    let max = most(staff.map_or(Role::Cashier, |staff| staff.role), &settings);
    Ok(Some(Known { balance: card.balance, available: card.available, max }))
}

/// The most that a role adds or takes at once.
fn most(role: Role, settings: &Settings) -> Points {
    settings.adjust_max(role).min(AWARD_MAX)
}

/// What a form comes to, or all that is wrong in it.
pub(crate) fn check(form: &AdjustForm, known: Known) -> AdjustCheck {
    let max = known.max;
    match read(form, known) {
        Ok(sound) => AdjustCheck { max, wrong: Vec::new(), sound: Some(sound) },
        Err(wrong) => AdjustCheck { max, wrong, sound: None },
    }
}

/// The operation that corrects the card; none while something is wrong.
pub(crate) fn save(form: &AdjustForm, known: Known) -> Option<Verb> {
    let SoundAdjust { points, reason, .. } = read(form, known).ok()?;
    Some(Verb::AdjustPoints(AdjustPoints { card: form.card, points, reason }))
}

fn read(form: &AdjustForm, known: Known) -> Result<SoundAdjust, Vec<Wrong>> {
    let Known { balance, available, max } = known;
    let mut fields = Fields::default();
    let typed = fields.whole("points", &form.points, 1..=max.0);
    let reason = fields.words("reason", &form.reason, REASON_MAX);
    if form.takes && typed.is_some_and(|points| points > available.0) {
        fields.refuse("points", Why::NotEnough { available });
    }
    let (Some(typed), Some(reason), false) = (typed, reason, fields.refused("points")) else {
        return Err(fields.wrong());
    };
    let points = Points(if form.takes { -typed } else { typed });
    // The server says so where a card cannot hold so many.
    let leaves = balance.checked_add(points).unwrap_or(balance);
    Ok(SoundAdjust { points, reason, leaves })
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const KNOWN: Known = Known { balance: Points(100), available: Points(40), max: Points(1_000) };

    fn form(takes: bool, points: &str, reason: &str) -> AdjustForm {
        let card = CardId(Uuid::from_u128(1));
        AdjustForm { card, takes, points: points.to_owned(), reason: reason.to_owned() }
    }

    fn wrong(form: &AdjustForm) -> Vec<(String, Why)> {
        let AdjustCheck { wrong, sound, max } = check(form, KNOWN);
        assert_eq!((wrong.is_empty(), max), (sound.is_some(), KNOWN.max));
        assert_eq!(save(form, KNOWN).is_some(), sound.is_some());
        wrong.into_iter().map(|wrong| (wrong.field, wrong.why)).collect()
    }

    #[test]
    fn points_are_added_or_taken_and_what_is_left_is_said_first() {
        let sound = |takes, points| check(&form(takes, points, " Typed twice "), KNOWN).sound;
        let reason = "Typed twice".to_owned();
        let added = SoundAdjust { points: Points(50), reason: reason.clone(), leaves: Points(150) };
        assert_eq!(sound(false, "50"), Some(added));
        let taken = SoundAdjust { points: Points(-40), reason, leaves: Points(60) };
        assert_eq!(sound(true, "40"), Some(taken));
    }

    #[test]
    fn what_is_held_cannot_be_taken() {
        let available = Points(40);
        let not_enough = vec![("points".to_owned(), Why::NotEnough { available })];
        assert_eq!(wrong(&form(true, "41", "Typed twice")), not_enough);
        assert_eq!(wrong(&form(false, "41", "Typed twice")), vec![]);
    }

    #[test]
    fn a_correction_has_a_number_within_the_limit_and_a_reason() {
        let out = ("points".to_owned(), Why::OutOfRange { min: 1, max: 1_000 });
        let silent = ("reason".to_owned(), Why::Empty);
        assert_eq!(wrong(&form(false, "1001", " ")), vec![out.clone(), silent]);
        assert_eq!(wrong(&form(true, "0", "Typed twice")), vec![out]);
        let long = ("reason".to_owned(), Why::TooLong { max: 120 });
        assert_eq!(wrong(&form(false, "1", &"x".repeat(121))), vec![long]);
    }

    #[test]
    fn an_owner_has_a_limit_of_their_own() {
        let settings = Settings::default();
        assert_eq!(most(Role::Manager, &settings), settings.adjust_max_manager);
        assert_eq!(most(Role::Owner, &settings), settings.adjust_max_owner);
    }
}
