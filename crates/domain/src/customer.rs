//! Customers, and what a business knows of them.

use crate::{
    BusinessId, CustomerId, EnrollmentId, HandleId, PrintedCodeId, ProgramId, Timestamp, UserId,
};

/// A person as the platform's customer; once, whatever the number of shops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    pub id: CustomerId,
    pub user: UserId,
    pub created_at: Timestamp,
}

/// A person and a business: the handle by which the business calls them and, after consent, what
/// it keeps of them. Two businesses have different handles, so they cannot compare notes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusinessCustomer {
    pub id: HandleId,
    pub business: BusinessId,
    pub user: UserId,
    /// Missing until the first consent.
    pub customer: Option<CustomerId>,
    pub joined_at: Option<Timestamp>,
    pub visits: i64,
    /// Minor units of the business's currency.
    pub spend: i64,
    pub first_visit_at: Option<Timestamp>,
    pub last_visit_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// When it stopped to name anybody: the person left, or it was merged into another.
    pub ended_at: Option<Timestamp>,
    pub merged_into: Option<HandleId>,
}

impl BusinessCustomer {
    /// Whether it differs from what it was in more than its visits.
    pub fn moves(&self, was: &BusinessCustomer) -> bool {
        let Self { visits, spend, first_visit_at, last_visit_at, .. } = *was;
        *was != Self { visits, spend, first_visit_at, last_visit_at, ..self.clone() }
    }

    /// A handle for someone who has not consented to anything yet.
    pub fn stranger(id: HandleId, business: BusinessId, user: UserId, at: Timestamp) -> Self {
        Self {
            id,
            business,
            user,
            customer: None,
            joined_at: None,
            visits: 0,
            spend: 0,
            first_visit_at: None,
            last_visit_at: None,
            created_at: at,
            ended_at: None,
            merged_into: None,
        }
    }

    /// Whether the business may see the person.
    pub fn is_member(&self) -> bool {
        self.joined_at.is_some() && self.ended_at.is_none()
    }

    /// Counts a visit of `spend` minor units.
    pub fn visited(&mut self, spend: i64, at: Timestamp) {
        self.visits += 1;
        self.spend = self.spend.saturating_add(spend);
        self.first_visit_at.get_or_insert(at);
        self.last_visit_at = Some(self.last_visit_at.map_or(at, |last| last.max(at)));
    }
}

/// A person leaves a business for good: a pseudonym takes their place in its books, and what
/// named them there is deleted. Two businesses that were left have two pseudonyms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parting {
    /// The handle, which names nobody from now on.
    pub id: HandleId,
    pub business: BusinessId,
    pub user: UserId,
    /// An account without name, address or password, and its place as a customer.
    pub stand_in: UserId,
    pub stand_in_customer: CustomerId,
    pub at: Timestamp,
}

/// A customer in a programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrollment {
    pub id: EnrollmentId,
    pub business: BusinessId,
    pub program: ProgramId,
    pub customer: CustomerId,
    pub handle: HandleId,
    pub joined_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

/// A code on paper that names a person; the server signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintedCode {
    pub id: PrintedCodeId,
    pub user: UserId,
    /// The business that had it printed, and its handle for the person; missing for a code that
    /// the person made themselves.
    pub issued_by: Option<(BusinessId, HandleId)>,
    pub created_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
}
