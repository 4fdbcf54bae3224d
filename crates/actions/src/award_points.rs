//! A cashier awards points, to a card or to the card that a pending request will make.

use crate::ask_enrollment::own_request;
use crate::op::{Ctx, Op, StaffActor, Stop, Verb};
use crate::reach::reward_available;
use crate::resend_request::closed;
use crate::tiers::tier_changed;
use reda_domain::card::{Card, Entry, EntryKind, NewEntry};
use reda_domain::effects::{Change, Effects};
use reda_domain::money::{AMOUNT_MAX, Money};
use reda_domain::needs::{Need, Needs};
use reda_domain::notice::{Notice, NoticeKind, Reader};
use reda_domain::permission::Action;
use reda_domain::points::{AWARD_MAX, Points};
use reda_domain::program::{NoEarning, Program, ProgramStatus};
use reda_domain::refusal::Refusal;
use reda_domain::request::{Request, RequestKind, RequestStatus, WAITING_AWARDS_MAX, WaitingAward};
use reda_domain::scope::Scope;
use reda_domain::world::{NotLoaded, World};
use reda_domain::{CardId, EntryId, RequestId, UserId};
use reda_protocol::api::{AwardData, WaitingData};

/// Where the points go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AwardTo {
    Card(CardId),
    /// Waits for the acceptance; goes to the card at once where that came first.
    Request(RequestId),
}

/// What the award is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    Points(Points),
    /// A sale's amount, turned into points by the programme's rule.
    Amount(Money),
}

/// Awards points.
#[derive(Clone, Debug)]
pub struct AwardPoints {
    pub to: AwardTo,
    pub worth: Worth,
    pub sale: Option<String>,
}

impl AwardPoints {
    fn card(&self, world: &World) -> Result<Option<CardId>, NotLoaded> {
        Ok(match self.to {
            AwardTo::Card(card) => Some(card),
            AwardTo::Request(id) => world.request(id)?.and_then(|request| request.card),
        })
    }

    /// What it comes to for a card that has earned so much before.
    fn points(&self, program: &Program, earned: Points) -> Result<Points, Refusal> {
        if program.status != ProgramStatus::Active {
            return Err(Refusal::ProgramNotActive { status: program.status });
        }
        match self.worth {
            Worth::Points(points) if (1..=AWARD_MAX.0).contains(&points.0) => Ok(points),
            Worth::Points(_) => Err(Refusal::PointsOutOfRange { min: Points(1), max: AWARD_MAX }),
            Worth::Amount(money) if money.amount > AMOUNT_MAX => Err(Refusal::AmountTooLarge),
            Worth::Amount(money) => {
                let earned = program.earn.points_times(money, program.multiplier_percent(earned));
                earned.map_err(|why| match why {
                    NoEarning::TooSmall => Refusal::EarnsNothing,
                    NoEarning::TooLarge => Refusal::AmountTooLarge,
                    NoEarning::OtherCurrency => {
                        Refusal::OtherCurrency { expected: program.earn.per.currency }
                    }
                })
            }
        }
    }

    /// The award as it would wait, or be posted.
    fn award(&self, op: &Op, by: StaffActor, points: Points, n: i64) -> WaitingAward {
        let amount = match self.worth {
            Worth::Amount(money) => Some(money.amount),
            Worth::Points(_) => None,
        };
        WaitingAward {
            id: EntryId::from(op.id),
            n,
            points,
            amount,
            sale: self.sale.clone(),
            staff: Some(by.staff),
            device: by.device,
            at: op.at,
        }
    }

    fn to_card(
        &self,
        op: &Op,
        by: StaffActor,
        id: CardId,
        world: &World,
        ctx: &Ctx,
    ) -> Result<Effects, Stop> {
        let card = own_card(id, by, world)?;
        not_own(card.user, by)?;
        let program = world.program(card.program)?.ok_or(Refusal::ProgramUnknown)?;
        let award = self.award(op, by, self.points(program, card.earned)?, 0);
        let (earned_before, balance_before) = (card.earned, card.balance);
        let mut handle = world.handle(card.handle)?.ok_or(Refusal::CardUnknown)?.clone();
        let (card, entry) = post(card, &award, EntryKind::Earn, op, ctx)?;
        handle.visited(award.amount.unwrap_or(0), ctx.now);
        let shop = world.business(by.business)?.ok_or(Refusal::BusinessUnknown)?;
        let added = points_added(&card, entry.delta, &shop.name);
        let tier = tier_changed(earned_before, &card, program, &shop.name);
        let reward = reward_available(balance_before, &card, &shop.name, world)?;
        Ok(Effects {
            answer: posted_data(&entry, &card),
            notices: std::iter::once(added).chain(tier).chain(reward).collect(),
            changes: vec![
                Change::Entry(entry),
                Change::Card(card),
                Change::BusinessCustomer(handle),
            ],
            ..Effects::default()
        })
    }

    fn to_request(
        &self,
        op: &Op,
        by: StaffActor,
        request: &Request,
        world: &World,
        ctx: &Ctx,
    ) -> Result<Effects, Stop> {
        if let Some(why) = closed(request, ctx.now) {
            return Err(why.into());
        }
        if let Some(user) = request.asked.user {
            not_own(user, by)?;
        }
        let n = request.waiting.len();
        if n >= WAITING_AWARDS_MAX as usize {
            return Err(Refusal::TooManyWaitingAwards { max: WAITING_AWARDS_MAX }.into());
        }
        let program = world.program(request.program)?.ok_or(Refusal::ProgramUnknown)?;
        let n = i64::try_from(n).expect("bounded above");
        let award = self.award(op, by, self.points(program, Points(0))?, n);
        let (entry, points) = (award.id, award.points);
        let mut request = request.clone();
        request.waiting.push(award);
        let data = WaitingData { entry, points, waiting: request.waiting_points() };
        Ok(Effects {
            answer: serde_json::to_value(data).expect("plain data"),
            changes: vec![Change::Request(request)],
            ..Effects::default()
        })
    }
}

/// Staff do not award points to themselves (SPEC 3a, attack 5).
fn not_own(user: UserId, by: StaffActor) -> Result<(), Refusal> {
    if user == by.user { Err(Refusal::OwnCard) } else { Ok(()) }
}

/// The card with the award on it, and the ledger's new line.
pub(crate) fn post(
    card: &Card,
    award: &WaitingAward,
    kind: EntryKind,
    op: &Op,
    ctx: &Ctx,
) -> Result<(Card, Entry), Refusal> {
    let line = NewEntry {
        amount: award.amount,
        sale: award.sale.clone(),
        staff: award.staff,
        device: award.device,
        at: award.at,
        ..NewEntry::plain(award.id, kind, award.points, op.id, ctx.now)
    };
    card.posted(line).ok_or(Refusal::BalanceTooLarge)
}

/// A card of the asker's business.
pub(crate) fn own_card(id: CardId, by: StaffActor, world: &World) -> Result<&Card, Stop> {
    let own = world.card(id)?.filter(|card| card.business == by.business);
    own.ok_or_else(|| Refusal::CardUnknown.into())
}

/// Whether a yes made the card of whoever has it now: one that came to somebody else by a merge is
/// awarded to by its own id.
fn still_theirs(
    card: CardId,
    request: &Request,
    by: StaffActor,
    world: &World,
) -> Result<(), Stop> {
    match request.asked.user == Some(own_card(card, by, world)?.user) {
        true => Ok(()),
        false => Err(Refusal::CardUnknown.into()),
    }
}

/// What whoever posted an entry is answered.
pub(crate) fn posted_data(entry: &Entry, card: &Card) -> serde_json::Value {
    let data = AwardData {
        entry: entry.id,
        points: entry.delta,
        balance: card.balance,
        available: card.available(),
    };
    serde_json::to_value(data).expect("plain data")
}

/// Tells a customer of points on a card.
pub(crate) fn points_added(card: &Card, points: Points, shop: &str) -> Notice {
    let kind = NoticeKind::PointsAdded {
        shop: shop.to_owned(),
        points,
        balance: card.balance,
        card: card.id,
    };
    Notice { to: Reader::Person(card.user), kind }
}

impl Verb for AwardPoints {
    fn needs(&self, _op: &Op) -> Needs {
        match self.to {
            AwardTo::Card(card) => vec![Need::Card(card)],
            AwardTo::Request(request) => vec![Need::Request(request)],
        }
    }

    fn needs_then(&self, _op: &Op, world: &World) -> Result<Needs, NotLoaded> {
        Ok(match self.to {
            AwardTo::Card(id) => world.card(id)?.map_or(vec![], |card| {
                let program = [Need::Program(card.program), Need::RewardsOf(card.program)];
                [Need::Handle(card.handle), Need::User(card.user)]
                    .into_iter()
                    .chain(program)
                    .collect()
            }),
            AwardTo::Request(id) => world.request(id)?.map_or(vec![], |request| {
                let card = request.card.map(Need::Card);
                let person = request.asked.user.into_iter();
                let of = person.flat_map(|it| [Need::User(it), Need::HandlesOf(it)]);
                let program = [Need::Program(request.program), Need::RewardsOf(request.program)];
                program.into_iter().chain(card).chain(of).collect()
            }),
        })
    }

    fn concerns(&self, _op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        let card = self.card(world)?.map(|id| world.card(id)).transpose()?.flatten();
        let asked = match self.to {
            AwardTo::Request(id) => world.request(id)?.and_then(|request| request.asked.user),
            AwardTo::Card(_) => None,
        };
        Ok(card.map(|card| card.user).or(asked).map(Scope::User).into_iter().collect())
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff_may(Action::AwardPoints)?;
        match self.to {
            AwardTo::Card(card) => self.to_card(op, by, card, world, ctx),
            AwardTo::Request(id) => {
                let request = own_request(id, by, world)?;
                if request.kind != RequestKind::Enrollment {
                    return Err(Refusal::RequestUnknown.into());
                }
                match (request.status, request.card) {
                    (RequestStatus::Accepted, Some(card)) => {
                        still_theirs(card, request, by, world)?;
                        self.to_card(op, by, card, world, ctx)
                    }
                    _ => self.to_request(op, by, request, world, ctx),
                }
            }
        }
    }
}
