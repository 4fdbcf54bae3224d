//! The server lets a card's points lapse whose time is over, the oldest first, and warns of those
//! whose time will be over soon.

use crate::op::{Actor, Ctx, Op, Stop, Verb};
use reda_domain::card::{Card, EntryKind, NewEntry};
use reda_domain::effects::{Change, Effects};
use reda_domain::expiry::Lots;
use reda_domain::needs::{Need, Needs};
use reda_domain::notice::{Notice, NoticeKind, Reader};
use reda_domain::points::Points;
use reda_domain::program::Program;
use reda_domain::refusal::Refusal;
use reda_domain::scope::Scope;
use reda_domain::world::{NotLoaded, World};
use reda_domain::{CardId, EntryId, Timestamp};
use serde_json::json;

/// A span of time: points that came in it lapse together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub from: Timestamp,
    pub to: Timestamp,
    /// The day, written day/month/year.
    pub on: String,
}

/// What a day means for one card. Which times a day stands for depends on where the shop is, and
/// is worked out before.
#[derive(Clone, Debug)]
pub struct ExpirePoints {
    pub card: CardId,
    /// Since when the rule is as it was when this was worked out.
    pub since: Timestamp,
    /// Points that came before this lapse.
    pub over: Timestamp,
    pub warnings: Vec<Warning>,
}

impl ExpirePoints {
    /// The latest time that anything here asks about.
    fn horizon(&self) -> Timestamp {
        self.warnings.iter().map(|it| it.to).fold(self.over, Timestamp::max)
    }
}

impl Verb for ExpirePoints {
    fn needs(&self, _op: &Op) -> Needs {
        vec![Need::Card(self.card), Need::Lots(self.card, self.horizon())]
    }

    fn needs_then(&self, _op: &Op, world: &World) -> Result<Needs, NotLoaded> {
        let of = |card: &Card| vec![Need::Program(card.program), Need::Business(card.business)];
        Ok(world.card(self.card)?.map_or(vec![], of))
    }

    fn concerns(&self, _op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        let of = |card: &Card| vec![Scope::Business(card.business), Scope::User(card.user)];
        Ok(world.card(self.card)?.map_or(vec![], of))
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        if op.actor != Actor::Server {
            return Err(Refusal::NotAllowed.into());
        }
        let card = world.card(self.card)?.ok_or(Refusal::CardUnknown)?;
        let program = world.program(card.program)?.ok_or(Refusal::ProgramUnknown)?;
        let shop = world.business(card.business)?.ok_or(Refusal::BusinessUnknown)?;
        if program.expiry_since != self.since {
            return Ok(Effects { answer: json!({ "points": 0 }), ..Effects::default() });
        }
        let lots = world.lots_of(card, self.horizon())?;
        let mut effects = Effects::default();
        self.warn(card, program, lots, &shop.name, &mut effects);
        let over = lots.begun(program.expiry, card.balance, Timestamp(i64::MIN), self.over);
        // What a customer is being asked for stays theirs until the answer.
        let points = over.min(card.available());
        effects.answer = json!({ "card": card.id, "points": points });
        if points > Points(0) {
            let id = EntryId(op.id.derive("expired"));
            let line = NewEntry {
                reason: Some("expired".to_owned()),
                ..NewEntry::plain(id, EntryKind::Expire, Points(-points.0), op.id, ctx.now)
            };
            let (card, entry) = card.posted(line).ok_or(Refusal::BalanceTooLarge)?;
            let kind = NoticeKind::PointsExpired {
                shop: shop.name.clone(),
                points,
                balance: card.balance,
                card: card.id,
            };
            effects.notices.push(Notice { to: Reader::Person(card.user), kind });
            effects.changes.extend([Change::Entry(entry), Change::Card(card)]);
        }
        Ok(effects)
    }
}

impl ExpirePoints {
    fn warn(&self, card: &Card, program: &Program, lots: &Lots, shop: &str, effects: &mut Effects) {
        for warning in &self.warnings {
            let points = lots.begun(program.expiry, card.balance, warning.from, warning.to);
            if points == Points(0) {
                continue;
            }
            let kind = NoticeKind::PointsExpiring {
                shop: shop.to_owned(),
                points,
                on: warning.on.clone(),
                card: card.id,
            };
            effects.notices.push(Notice { to: Reader::Person(card.user), kind });
        }
    }
}
