//! What this till asked of the server and was not answered yet. Where no answer may come any more, since
//! the line is lost, the till ends or the server will not have it, it goes to a file for the owner, with
//! names that the replica knows still.

use super::{Working, or_log};
use crate::counter::Wants;
use crate::unsent::Asked;
use reda_domain::money::Money;
use reda_domain::points::Points;
use reda_domain::{OperationId, StaffId, Timestamp};
use reda_protocol::operation::Verb;
use reda_protocol::rpc::{Changed, ConnectionStatus, UnsentKind};
use std::collections::{BTreeMap, BTreeSet};
use tracing::error;

/// Operations under way, by ids that are made in the order of time.
#[derive(Default)]
pub(super) struct Outbox {
    under_way: BTreeMap<OperationId, UnderWay>,
    /// Those that the file has.
    in_file: BTreeSet<OperationId>,
    is_news: bool,
}

#[derive(Clone)]
struct UnderWay {
    kind: &'static str,
    about: About,
    at: Timestamp,
    by: Option<StaffId>,
}

/// What an operation is about, for people.
#[derive(Clone)]
struct About {
    what: UnsentKind,
    wants: Wants,
    address: Option<String>,
    points: Option<Points>,
    amount: Option<Money>,
}

impl Outbox {
    pub(super) fn began(
        &mut self,
        id: OperationId,
        verb: &Verb,
        at: Timestamp,
        by: Option<StaffId>,
    ) {
        if let Some(about) = About::of(verb) {
            self.under_way.insert(id, UnderWay { kind: verb.kind(), about, at, by });
            self.is_news = true;
        }
    }

    pub(super) fn ended(&mut self, id: OperationId) {
        self.is_news |= self.under_way.remove(&id).is_some();
    }
}

impl Working {
    /// Writes down what is unanswered while there is no line, and strikes out what is answered after all.
    pub(super) async fn keep_unsent(&mut self) {
        let is_lost = self.connection != ConnectionStatus::Online;
        let concerns = is_lost || !self.outbox.in_file.is_empty();
        if concerns && std::mem::take(&mut self.outbox.is_news) {
            self.write_unsent().await;
        }
    }

    /// Writes down what is unanswered now.
    pub(super) async fn write_unsent(&mut self) {
        if self.outbox.under_way.is_empty() && self.outbox.in_file.is_empty() {
            return;
        }
        let mut now = Vec::new();
        for (id, it) in self.outbox.under_way.clone() {
            now.push(self.asked(id, it).await);
        }
        let ids = now.iter().map(|it| it.id).collect();
        match self.desk.unsent.keep(&self.outbox.in_file, now) {
            Ok(()) => self.outbox.in_file = ids,
            Err(error) => error!("what was never answered could not be kept: {error}"),
        }
        self.dirty.insert(Changed::App);
    }

    /// Mutably, because a scanner is not to be shared between threads while this waits.
    async fn asked(&mut self, id: OperationId, it: UnderWay) -> Asked {
        let UnderWay { kind, about, at, by } = it;
        let local = &self.desk.local;
        let facts = or_log(local.facts(about.wants).await).unwrap_or_default();
        let shop = or_log(local.business().await).flatten();
        let staff = match by {
            Some(by) => or_log(local.staff(by).await).flatten(),
            None => None,
        };
        let member = facts.member;
        let own = member.as_ref().and_then(|it| {
            let phone = it.phone.as_ref().map(|it| it.as_str());
            phone.or(it.email.as_ref().map(|it| it.as_str())).map(str::to_owned)
        });
        Asked {
            id,
            at,
            kind: kind.to_owned(),
            what: about.what,
            shop: shop.map(|it| it.name),
            staff: staff.map(|it| it.name),
            name: member.map(|it| it.name).or(facts.request.and_then(|it| it.asked_name)),
            address: about.address.or(own),
            card: facts.card.map(|it| it.number),
            points: about.points,
            amount: about.amount,
        }
    }
}

impl About {
    /// `None` for what changes nothing.
    fn of(verb: &Verb) -> Option<Self> {
        let none = Wants::default();
        let request = |id| Wants { request: Some(id), ..none };
        let card = |id| Wants { card: Some(id), ..none };
        let member = |id| Wants { member: Some(id), ..none };
        let about = |what, wants| Self { what, wants, address: None, points: None, amount: None };
        Some(match verb {
            Verb::Scan(_) | Verb::FindCustomer(_) => return None,
            Verb::CreateCustomer(it) => Self {
                address: it.phone.clone().or(it.email.clone()),
                ..about(UnsentKind::WrittenDown, none)
            },
            Verb::AskEnrollment(it) => Self {
                address: it.phone.clone().or(it.email.clone()),
                ..about(UnsentKind::AskedToJoin, Wants { member: it.customer, ..none })
            },
            Verb::ResendRequest(it) => about(UnsentKind::AskedToJoin, request(it.request)),
            Verb::CancelRequest(it) => about(UnsentKind::TakenBack, request(it.request)),
            Verb::AnswerByCode(it) => about(UnsentKind::Answered, request(it.request)),
            Verb::AnswerInPerson(it) => about(UnsentKind::Answered, request(it.request)),
            Verb::AwardPoints(it) => Self {
                points: it.points,
                amount: it.amount,
                ..about(UnsentKind::Awarded, Wants { card: it.card, request: it.request, ..none })
            },
            Verb::RequestDeduction(it) => {
                Self { points: it.points, ..about(UnsentKind::PointsAsked, card(it.card)) }
            }
            Verb::AdjustPoints(it) => {
                Self { points: Some(it.points), ..about(UnsentKind::Corrected, card(it.card)) }
            }
            Verb::ReverseEntry(_) => about(UnsentKind::Reversed, none),
            Verb::IssuePrintedCode(it) => about(UnsentKind::CustomerChanged, member(it.customer)),
            Verb::RevokePrintedCode(it) => about(UnsentKind::CustomerChanged, member(it.customer)),
            Verb::UpdateCustomer(it) => about(UnsentKind::CustomerChanged, member(it.customer)),
            Verb::MergeCustomers(it) => about(UnsentKind::CustomerChanged, member(it.keep)),
            Verb::CreateProgram(_)
            | Verb::UpdateProgram(_)
            | Verb::CreateReward(_)
            | Verb::UpdateReward(_)
            | Verb::UpdateBusiness(_) => about(UnsentKind::ShopChanged, none),
        })
    }
}
