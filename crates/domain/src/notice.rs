//! Notices: what people are told. A verb gives type and facts; the sentences are rendered in the
//! reader's language when the notification is stored.

use crate::points::Points;
use crate::{BusinessId, CardId, HandleId, NotificationId, RequestId, StaffId, Timestamp, UserId};
use serde_json::{Value, json};
use uuid::Uuid;

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reader {
    /// A customer, on their own page.
    Person(UserId),
    /// A member of staff, on the business's tills.
    Staff { business: BusinessId, staff: StaffId, user: UserId },
}

impl Reader {
    /// The reading user.
    pub fn user(&self) -> UserId {
        match self {
            Reader::Person(user) | Reader::Staff { user, .. } => *user,
        }
    }
}

/// What is told. Names are part of the facts, since the notification is kept as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    QrScanned {
        shop: String,
    },
    EnrollmentRequest {
        shop: String,
        program: String,
        request: RequestId,
    },
    CardCreated {
        shop: String,
        program: String,
        card: CardId,
    },
    PointsAdded {
        shop: String,
        points: Points,
        balance: Points,
        card: CardId,
    },
    EnrollmentAccepted {
        person: String,
        program: String,
        points: Points,
        request: RequestId,
        handle: HandleId,
    },
    /// Asks for points.
    PointsRequest {
        shop: String,
        points: Points,
        reason: String,
        request: RequestId,
    },
    PointsDeducted {
        shop: String,
        points: Points,
        balance: Points,
        card: CardId,
    },
    /// A manager corrected the card.
    PointsAdjusted {
        shop: String,
        points: Points,
        balance: Points,
        reason: String,
        card: CardId,
    },
    /// An entry was taken back.
    PointsReversed {
        shop: String,
        points: Points,
        balance: Points,
        card: CardId,
    },
    /// Points lapsed.
    PointsExpired {
        shop: String,
        points: Points,
        balance: Points,
        card: CardId,
    },
    /// Points will lapse at the beginning of a day, written day/month/year.
    PointsExpiring {
        shop: String,
        points: Points,
        on: String,
        card: CardId,
    },
    /// The card is in another tier; in none where it has no name.
    TierChanged {
        shop: String,
        program: String,
        tier: Option<String>,
        card: CardId,
    },
    /// The balance has come to what a reward costs.
    RewardAvailable {
        shop: String,
        reward: String,
        cost: Points,
        balance: Points,
        card: CardId,
    },
    /// To whom it asked: the points are free again.
    PointsRequestClosed {
        shop: String,
        points: Points,
        request: RequestId,
    },
    PointsRequestApproved {
        person: String,
        points: Points,
        request: RequestId,
    },
    PointsRequestDeclined {
        person: String,
        points: Points,
        request: RequestId,
    },
    /// To staff: nobody answered in time.
    PointsRequestExpired {
        points: Points,
        request: RequestId,
    },
    /// To staff: somebody else took it back, or a reversal left too few points.
    PointsRequestCancelled {
        points: Points,
        request: RequestId,
    },
    /// To whom it asked, that the shop took it back.
    RequestCancelled {
        shop: String,
        program: String,
        request: RequestId,
    },
    /// To whom it asked, that the time is over.
    RequestExpired {
        shop: String,
        program: String,
        request: RequestId,
    },
    /// Names nobody, as a no does.
    EnrollmentCancelled {
        program: String,
        points: Points,
        request: RequestId,
    },
    /// Names nobody, as a no does.
    EnrollmentExpired {
        program: String,
        points: Points,
        request: RequestId,
    },
    /// Two customers of the shop turned out to be one person.
    CardsMerged {
        shop: String,
    },
    /// Another phone or browser, called so, has a key of this person's: one whom it surprises has a
    /// day to take it away.
    KeyAdded {
        label: String,
    },
    /// The person has another password, or a first one.
    PasswordChanged,
    /// Names nobody: a no leaves nothing of the customer with the business (SPEC CU-7).
    EnrollmentDeclined {
        program: String,
        points: Points,
        request: RequestId,
    },
    /// A test that a person asked for, shown as this type.
    Test(&'static str),
}

impl NoticeKind {
    /// The type as integrators know it (SPEC NO-3).
    pub fn name(&self) -> &'static str {
        match self {
            NoticeKind::QrScanned { .. } => "qr_scanned",
            NoticeKind::EnrollmentRequest { .. } => "enrollment_request",
            NoticeKind::CardCreated { .. } => "card_created",
            NoticeKind::PointsAdded { .. } => "points_added",
            NoticeKind::EnrollmentAccepted { .. } => "enrollment_accepted",
            NoticeKind::EnrollmentDeclined { .. } => "enrollment_declined",
            NoticeKind::PointsRequest { .. } => "points_request",
            NoticeKind::PointsDeducted { .. } => "points_deducted",
            NoticeKind::PointsAdjusted { .. } => "points_adjusted",
            NoticeKind::PointsReversed { .. } => "points_reversed",
            NoticeKind::PointsExpired { .. } => "points_expired",
            NoticeKind::PointsExpiring { .. } => "points_expiring",
            NoticeKind::TierChanged { .. } => "tier_changed",
            NoticeKind::RewardAvailable { .. } => "reward_available",
            NoticeKind::PointsRequestClosed { .. } => "points_request_closed",
            NoticeKind::PointsRequestApproved { .. } => "points_request_approved",
            NoticeKind::PointsRequestDeclined { .. } => "points_request_declined",
            NoticeKind::PointsRequestExpired { .. } => "points_request_expired",
            NoticeKind::PointsRequestCancelled { .. } => "points_request_cancelled",
            NoticeKind::EnrollmentCancelled { .. } => "enrollment_cancelled",
            NoticeKind::EnrollmentExpired { .. } => "enrollment_expired",
            NoticeKind::RequestCancelled { .. } => "request_cancelled",
            NoticeKind::RequestExpired { .. } => "request_expired",
            NoticeKind::CardsMerged { .. } => "cards_merged",
            NoticeKind::KeyAdded { .. } => "key_added",
            NoticeKind::PasswordChanged => "password_changed",
            NoticeKind::Test(kind) => kind,
        }
    }

    /// Which template words it.
    pub fn template(&self) -> &'static str {
        match self {
            NoticeKind::Test(_) => "test",
            other => other.name(),
        }
    }

    /// The facts that its sentences may name.
    pub fn facts(&self) -> Value {
        match self {
            NoticeKind::QrScanned { shop } | NoticeKind::CardsMerged { shop } => {
                json!({ "shop": shop })
            }
            NoticeKind::KeyAdded { label } => json!({ "label": label }),
            NoticeKind::PasswordChanged => json!({}),
            NoticeKind::Test(kind) => json!({ "type": kind }),
            NoticeKind::EnrollmentRequest { shop, program, .. }
            | NoticeKind::RequestCancelled { shop, program, .. }
            | NoticeKind::RequestExpired { shop, program, .. }
            | NoticeKind::CardCreated { shop, program, .. } => {
                json!({ "shop": shop, "program": program })
            }
            NoticeKind::PointsRequest { shop, points, reason, .. } => {
                json!({ "shop": shop, "points": points, "reason": reason })
            }
            NoticeKind::PointsAdjusted { shop, points, balance, reason, .. } => {
                json!({ "shop": shop, "points": points, "balance": balance, "reason": reason })
            }
            NoticeKind::PointsRequestClosed { shop, points, .. } => {
                json!({ "shop": shop, "points": points })
            }
            NoticeKind::PointsRequestApproved { person, points, .. }
            | NoticeKind::PointsRequestDeclined { person, points, .. } => {
                json!({ "person": person, "points": points })
            }
            NoticeKind::PointsRequestExpired { points, .. }
            | NoticeKind::PointsRequestCancelled { points, .. } => json!({ "points": points }),
            NoticeKind::PointsExpiring { shop, points, on, .. } => {
                json!({ "shop": shop, "points": points, "on": on })
            }
            NoticeKind::TierChanged { shop, program, tier, .. } => {
                json!({ "shop": shop, "program": program, "tier": tier })
            }
            NoticeKind::RewardAvailable { shop, reward, cost, balance, .. } => {
                json!({ "shop": shop, "reward": reward, "cost": cost, "balance": balance })
            }
            NoticeKind::PointsDeducted { shop, points, balance, .. }
            | NoticeKind::PointsExpired { shop, points, balance, .. }
            | NoticeKind::PointsReversed { shop, points, balance, .. }
            | NoticeKind::PointsAdded { shop, points, balance, .. } => {
                json!({ "shop": shop, "points": points, "balance": balance })
            }
            NoticeKind::EnrollmentAccepted { person, program, points, .. } => {
                json!({ "person": person, "program": program, "points": points })
            }
            NoticeKind::EnrollmentCancelled { program, points, .. }
            | NoticeKind::EnrollmentExpired { program, points, .. }
            | NoticeKind::EnrollmentDeclined { program, points, .. } => {
                json!({ "program": program, "points": points })
            }
        }
    }

    /// What it is about: type and id.
    pub fn related(&self) -> Option<(&'static str, Uuid)> {
        match self {
            NoticeKind::QrScanned { .. }
            | NoticeKind::CardsMerged { .. }
            | NoticeKind::KeyAdded { .. }
            | NoticeKind::PasswordChanged
            | NoticeKind::Test(_) => None,
            NoticeKind::EnrollmentRequest { request, .. }
            | NoticeKind::EnrollmentAccepted { request, .. }
            | NoticeKind::EnrollmentDeclined { request, .. }
            | NoticeKind::PointsRequest { request, .. }
            | NoticeKind::PointsRequestClosed { request, .. }
            | NoticeKind::PointsRequestApproved { request, .. }
            | NoticeKind::PointsRequestDeclined { request, .. }
            | NoticeKind::PointsRequestExpired { request, .. }
            | NoticeKind::PointsRequestCancelled { request, .. }
            | NoticeKind::EnrollmentCancelled { request, .. }
            | NoticeKind::EnrollmentExpired { request, .. }
            | NoticeKind::RequestCancelled { request, .. }
            | NoticeKind::RequestExpired { request, .. } => Some(("request", request.0)),
            NoticeKind::CardCreated { card, .. }
            | NoticeKind::PointsDeducted { card, .. }
            | NoticeKind::PointsAdjusted { card, .. }
            | NoticeKind::PointsReversed { card, .. }
            | NoticeKind::PointsExpired { card, .. }
            | NoticeKind::PointsExpiring { card, .. }
            | NoticeKind::TierChanged { card, .. }
            | NoticeKind::RewardAvailable { card, .. }
            | NoticeKind::PointsAdded { card, .. } => Some(("card", card.0)),
        }
    }
}

/// A notice to one reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub to: Reader,
    pub kind: NoticeKind,
}

/// What a person reads, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    pub id: NotificationId,
    pub user: UserId,
    /// The business that it tells of, or to whose staff.
    pub business: Option<BusinessId>,
    /// For notifications of a business to its staff.
    pub staff: Option<(BusinessId, StaffId)>,
    pub kind: String,
    pub title: String,
    pub message: String,
    pub related: Option<(String, Uuid)>,
    pub metadata: Value,
    pub is_read: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}
