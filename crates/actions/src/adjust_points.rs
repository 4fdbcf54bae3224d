//! A manager corrects a card, with a reason that the customer reads.

use crate::award_points::{own_card, posted_data};
use crate::op::{Ctx, Op, StaffActor, Stop, Verb};
use reda_domain::card::{Card, EntryKind, NewEntry};
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::notice::{Notice, NoticeKind, Reader};
use reda_domain::permission::Action;
use reda_domain::points::{AWARD_MAX, Points};
use reda_domain::refusal::Refusal;
use reda_domain::scope::Scope;
use reda_domain::settings::Settings;
use reda_domain::world::{NotLoaded, World};
use reda_domain::{CardId, EntryId};

/// Adds or takes points; takes at most what can be spent.
#[derive(Clone, Debug)]
pub struct AdjustPoints {
    pub card: CardId,
    /// Below zero to take.
    pub points: Points,
    pub reason: String,
}

impl Verb for AdjustPoints {
    fn needs(&self, _op: &Op) -> Needs {
        vec![Need::Card(self.card)]
    }

    fn concerns(&self, _op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        Ok(world.card(self.card)?.map(|card| Scope::User(card.user)).into_iter().collect())
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff_may(Action::AdjustPoints)?;
        let card = own_card(self.card, by, world)?;
        let shop = world.business(by.business)?.ok_or(Refusal::BusinessUnknown)?;
        self.is_sound(card, by, &shop.settings)?;
        let line = NewEntry {
            reason: Some(self.reason.clone()),
            staff: Some(by.staff),
            device: by.device,
            at: op.at,
            ..NewEntry::plain(EntryId::from(op.id), EntryKind::Adjust, self.points, op.id, ctx.now)
        };
        let (card, entry) = card.posted(line).ok_or(Refusal::BalanceTooLarge)?;
        let told = NoticeKind::PointsAdjusted {
            shop: shop.name.clone(),
            points: self.points,
            balance: card.balance,
            reason: self.reason.clone(),
            card: card.id,
        };
        Ok(Effects {
            answer: posted_data(&entry, &card),
            notices: vec![Notice { to: Reader::Person(card.user), kind: told }],
            changes: vec![Change::Entry(entry), Change::Card(card)],
            ..Effects::default()
        })
    }
}

impl AdjustPoints {
    fn is_sound(&self, card: &Card, by: StaffActor, settings: &Settings) -> Result<(), Refusal> {
        let max = settings.adjust_max(by.role);
        if self.points == Points(0) || self.points.0.saturating_abs() > AWARD_MAX.0 {
            return Err(Refusal::PointsOutOfRange { min: Points(1), max: AWARD_MAX });
        }
        if self.points.0.abs() > max.0 {
            return Err(Refusal::AdjustLimit { max });
        }
        // Taking from one's own card harms nobody else.
        if self.points > Points(0) && card.user == by.user {
            return Err(Refusal::OwnCard);
        }
        let (needs, available) = (Points(-self.points.0), card.available());
        match needs > available {
            true => Err(Refusal::NotEnoughPoints { available, needs }),
            false => Ok(()),
        }
    }
}
