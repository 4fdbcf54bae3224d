//! A cashier looks a customer up by phone, e-mail or card number.

use crate::identify;
use crate::op::{Ctx, Op, StaffActor, Stop, Verb};
use reda_domain::UserId;
use reda_domain::address::Address;
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
    Address(Address),
    CardNumber(String),
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
            FindBy::Address(Address::Phone(_)) => ScanKind::Phone,
            FindBy::Address(Address::Email(_)) => ScanKind::Email,
            FindBy::CardNumber(_) => ScanKind::CardNumber,
        }
    }

    /// Whom the address or number may mean; whether the business may know is another question.
    fn candidate(&self, op: &Op, world: &World) -> Result<Option<UserId>, NotLoaded> {
        Ok(match &self.by {
            FindBy::Address(address) => world.user_at(address)?.map(|user| user.id),
            FindBy::CardNumber(number) => {
                let business = op.staff_may(Action::IdentifyCustomer).map(|by| by.business).ok();
                let card = world.card_numbered(number)?;
                card.filter(|card| Some(card.business) == business).map(|card| card.user)
            }
        })
    }

    fn stranger(&self, op: &Op, by: StaffActor, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let FindBy::Address(address) = &self.by else {
            let line = identify::log(op, by, self.kind(), ctx);
            return Ok(identify::refused(line, Refusal::CardUnknown));
        };
        let mut open = world.requests_to(by.business, address)?.filter(|it| it.is_open(ctx.now));
        let pending = open.next().map(|request| request.id);
        let declined_until = world
            .requests_to(by.business, address)?
            .filter_map(|request| identify::declined_until(request, ctx.now))
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
        let line = Scan { result, ..identify::log(op, by, self.kind(), ctx) };
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
            FindBy::Address(address) => {
                vec![Need::UserAt(address.clone()), Need::RequestsTo(address.clone())]
            }
            FindBy::CardNumber(number) => vec![Need::CardNumbered(number.clone())],
        }
    }

    fn needs_then(&self, op: &Op, world: &World) -> Result<Needs, NotLoaded> {
        Ok(self.candidate(op, world)?.map_or(vec![], identify::needs))
    }

    fn concerns(&self, op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        Ok(self.candidate(op, world)?.map(Scope::User).into_iter().collect())
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff_may(Action::IdentifyCustomer)?;
        if let Some(user) = self.candidate(op, world)? {
            let handle = world.handle_of(by.business, user)?;
            if handle.is_some_and(|handle| handle.is_member()) {
                let line = identify::log(op, by, self.kind(), ctx);
                return identify::identified(op, by, user, line, world, ctx);
            }
        }
        self.stranger(op, by, world, ctx)
    }
}
