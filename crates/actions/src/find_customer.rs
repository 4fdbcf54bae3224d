//! A cashier looks a customer up by phone, e-mail or card number.

use crate::identify;
use crate::op::{Ctx, Op, StaffActor, Stop, Verb};
use reda_domain::UserId;
use reda_domain::address::{Address, AddressHash};
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::permission::Action;
use reda_domain::refusal::Refusal;
use reda_domain::scan::{Scan, ScanKind};
use reda_domain::scope::Scope;
use reda_domain::world::{NotLoaded, World};
use reda_protocol::api::{CustomerFound, FoundStatus};

/// By what to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FindBy {
    Address(Address, AddressHash),
    CardNumber(String),
    /// What was typed is no card's number.
    NoCardNumber,
    /// Whom the six digits name, which were used up for it.
    ShortCode(Option<UserId>),
}

/// Finds a member of this business. Of anyone else it says one thing, account or not: whom a
/// request would go to (SPEC CU-2).
#[derive(Clone, Debug)]
pub struct FindCustomer {
    pub by: FindBy,
}

impl FindCustomer {
    fn kind(&self) -> ScanKind {
        match &self.by {
            FindBy::Address(Address::Phone(_), _) => ScanKind::Phone,
            FindBy::Address(Address::Email(_), _) => ScanKind::Email,
            FindBy::CardNumber(_) | FindBy::NoCardNumber => ScanKind::CardNumber,
            FindBy::ShortCode(_) => ScanKind::ShortCode,
        }
    }

    /// Whom the address or number may mean; whether the business may know is another question.
    fn candidates(&self, op: &Op, world: &World) -> Result<Vec<UserId>, NotLoaded> {
        Ok(match &self.by {
            FindBy::Address(address, _) => {
                let owner = world.user_at(address)?.into_iter();
                owner.chain(world.profiles_at(address)?).map(|user| user.id).collect()
            }
            FindBy::ShortCode(named) => named.iter().copied().collect(),
            FindBy::NoCardNumber => vec![],
            FindBy::CardNumber(number) => {
                let business = op.staff_may(Action::IdentifyCustomer).map(|by| by.business).ok();
                let card = world.card_numbered(number)?;
                let own = card.filter(|card| Some(card.business) == business);
                own.map(|card| card.user).into_iter().collect()
            }
        })
    }

    fn stranger(&self, op: &Op, by: StaffActor, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let line = identify::log(op, by, self.kind(), ctx);
        let hash = match &self.by {
            FindBy::Address(_, hash) => hash,
            FindBy::CardNumber(_) | FindBy::NoCardNumber => {
                return Ok(identify::refused(line, Refusal::CardUnknown));
            }
            FindBy::ShortCode(_) => {
                return Ok(identify::refused(line, Refusal::ShortCodeUnknown));
            }
        };
        let shop = world.business(by.business)?.ok_or(Refusal::BusinessUnknown)?;
        let mut open = world.requests_to(by.business, hash)?.filter(|it| it.is_open(ctx.now));
        let pending = open.next().map(|request| request.id);
        let declined_until = world
            .requests_to(by.business, hash)?
            .filter_map(|request| identify::declined_until(request, shop, ctx.now))
            .max();
        let (status, result) = match pending {
            Some(_) => (FoundStatus::Pending, "pending"),
            None => (FoundStatus::NotEnrolled, "not_enrolled"),
        };
        let found = CustomerFound {
            status,
            customer: None,
            enrollments: vec![],
            // The address is filled in whenever this is answered.
            ask: None,
            request: pending,
            declined_until,
        };
        let line = Scan { result, ..line };
        Ok(Effects {
            changes: vec![Change::Scan(line)],
            answer: serde_json::to_value(found).expect("plain data"),
            ..Effects::default()
        })
    }
}

impl Verb for FindCustomer {
    fn needs(&self, _op: &Op) -> Needs {
        match &self.by {
            FindBy::Address(address, hash) => vec![
                Need::UserAt(address.clone()),
                Need::ProfilesAt(address.clone()),
                Need::RequestsTo(hash.clone()),
            ],
            FindBy::CardNumber(number) => vec![Need::CardNumbered(number.clone())],
            FindBy::ShortCode(_) | FindBy::NoCardNumber => vec![],
        }
    }

    fn needs_then(&self, op: &Op, world: &World) -> Result<Needs, NotLoaded> {
        Ok(self.candidates(op, world)?.into_iter().flat_map(identify::needs).collect())
    }

    fn concerns(&self, op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        Ok(self.candidates(op, world)?.into_iter().map(Scope::User).collect())
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff_may(Action::IdentifyCustomer)?;
        for user in self.candidates(op, world)? {
            let handle = world.handle_of(by.business, user)?;
            // A code is shown by the person, an address or a number by anybody.
            let shown = matches!(self.by, FindBy::ShortCode(_));
            if shown || handle.is_some_and(|handle| handle.is_member()) {
                let line = identify::log(op, by, self.kind(), ctx);
                return identify::identified(op, by, user, line, world, ctx);
            }
        }
        self.stranger(op, by, world, ctx)
    }
}
