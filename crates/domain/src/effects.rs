//! What a verb decided: rows to write, people to tell, an answer to give.
//!
//! Writes, touched feed entities and the audit line all derive from here, each in one place.

use crate::business::{Business, Device, Staff, StaffPin};
use crate::card::{Card, Entry};
use crate::consent::Consent;
use crate::customer::{BusinessCustomer, Customer, Enrollment, Parting, PrintedCode};
use crate::hold::Hold;
use crate::notice::{Notice, Notification};
use crate::preferences::Preferences;
use crate::profile::Profile;
use crate::program::Program;
use crate::refusal::Refusal;
use crate::request::Request;
use crate::reward::Reward;
use crate::scan::{CodeUse, Scan};
use crate::scope::{EntityKind, Scope, Touched};
use crate::user::{CustomerKey, Erasure, User};
use serde_json::Value;
use uuid::Uuid;

/// A new fact, or a row as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    User(User),
    Business(Business),
    Staff(Staff),
    StaffPin(StaffPin),
    Device(Device),
    Program(Program),
    Reward(Reward),
    Customer(Customer),
    BusinessCustomer(BusinessCustomer),
    Profile(Profile),
    Enrollment(Enrollment),
    Card(Card),
    Entry(Entry),
    Hold(Hold),
    Request(Request),
    Consent(Consent),
    Key(CustomerKey),
    PrintedCode(PrintedCode),
    Scan(Scan),
    CodeUse(CodeUse),
    Notification(Notification),
    /// A notification is deleted.
    Unsaid(Notification),
    Parting(Parting),
    Preferences(Preferences),
    Erasure(Erasure),
}

impl Change {
    /// The feed entities that this change makes different.
    pub fn touches(&self) -> Vec<Touched> {
        let at = |scope, entity, id: Uuid| Touched { scope, entity, id };
        let shop = |business, entity, id| at(Scope::Business(business), entity, id);
        let person = |user, entity, id| at(Scope::User(user), entity, id);
        match self {
            Change::User(user) => vec![person(user.id, EntityKind::User, user.id.0)],
            Change::Business(it) => vec![shop(it.id, EntityKind::Business, it.id.0)],
            Change::Staff(it) => vec![shop(it.business, EntityKind::Staff, it.id.0)],
            Change::StaffPin(it) => vec![shop(it.business, EntityKind::Staff, it.id.0)],
            Change::Device(it) => vec![shop(it.business, EntityKind::Device, it.id.0)],
            Change::Program(it) => vec![shop(it.business, EntityKind::Program, it.id.0)],
            Change::Reward(it) => vec![shop(it.business, EntityKind::Reward, it.id.0)],
            Change::Profile(it) => vec![shop(it.business, EntityKind::Member, it.id.0)],
            Change::BusinessCustomer(it) if it.joined_at.is_some() => vec![
                shop(it.business, EntityKind::Member, it.id.0),
                person(it.user, EntityKind::Business, it.business.0),
            ],
            Change::Card(it) => vec![
                shop(it.business, EntityKind::Card, it.id.0),
                person(it.user, EntityKind::Card, it.id.0),
            ],
            Change::Request(it) => {
                let own = shop(it.business, EntityKind::Request, it.id.0);
                let theirs = it.asked.user.map(|user| person(user, EntityKind::Request, it.id.0));
                std::iter::once(own).chain(theirs).collect()
            }
            Change::Key(it) => vec![person(it.user, EntityKind::Key, it.id.0)],
            Change::PrintedCode(it) => it
                .issued_by
                .map(|(business, _)| shop(business, EntityKind::PrintedCode, it.id.0))
                .into_iter()
                .collect(),
            Change::Notification(it) | Change::Unsaid(it) => vec![match it.staff {
                Some((business, _)) => shop(business, EntityKind::Notification, it.id.0),
                None => person(it.user, EntityKind::Notification, it.id.0),
            }],
            Change::Preferences(it) => vec![person(it.id, EntityKind::Preferences, it.id.0)],
            Change::BusinessCustomer(_)
            | Change::Customer(_)
            | Change::Enrollment(_)
            | Change::Entry(_)
            | Change::Hold(_)
            | Change::Consent(_)
            | Change::Scan(_)
            | Change::CodeUse(_)
            | Change::Parting(_)
            | Change::Erasure(_) => vec![],
        }
    }
}

/// What a verb decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    pub changes: Vec<Change>,
    pub notices: Vec<Notice>,
    /// Entities that became different in further scopes, beyond what the changes say.
    pub also_touched: Vec<Touched>,
    /// The operation's `data`: ids, codes and numbers only. Names, texts and pictures are filled
    /// in whenever it is answered, so that a person can be erased.
    pub answer: Value,
    /// A refusal that leaves a trace all the same (a forged code in the scan log).
    pub refused: Option<Refusal>,
}
