//! What a verb must have before it: the keys to load into the [`World`](crate::world::World).

use crate::address::Address;
use crate::{
    BusinessId, CardId, EnrollmentId, EntryId, HandleId, HoldId, KeyId, NotificationId,
    PrintedCodeId, ProgramId, RequestId, UserId,
};

/// One key, or one bounded set.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Need {
    User(UserId),
    /// The user who has proven to own the address.
    UserAt(Address),
    Business(BusinessId),
    StaffOf(BusinessId),
    Program(ProgramId),
    Handle(HandleId),
    /// What staff wrote about the person behind a handle.
    Profile(HandleId),
    /// The person's handles in all businesses.
    HandlesOf(UserId),
    CustomerOf(UserId),
    Card(CardId),
    CardNumbered(String),
    CardsOf(UserId),
    Enrollment(EnrollmentId),
    Hold(HoldId),
    /// The open requests for points of a card, with their holds.
    DeductionsOf(CardId),
    /// A line of the ledger, and the one that takes it back.
    Entry(EntryId),
    Request(RequestId),
    /// The person's open and lately declined requests.
    RequestsOf(UserId),
    /// The open and lately declined requests to the address.
    RequestsTo(Address),
    Key(KeyId),
    KeysOf(UserId),
    /// What the code of a key and step approved.
    CodeUse(KeyId, u32),
    /// The scans of a key's codes in the window around a step.
    CodeSeen(KeyId, u32),
    PrintedCode(PrintedCodeId),
    PrintedCodesOf(UserId),
    Notification(NotificationId),
    /// What a business's staff were told of the person behind a handle.
    NoticesAbout(HandleId),
    /// The unread ones, at most [`UNREAD_MAX`].
    UnreadOf(UserId),
    Preferences(UserId),
    /// The places where the person works.
    PlacesOf(UserId),
}

/// How many unread notifications one "mark all read" marks at most; the rest stays unread.
pub const UNREAD_MAX: usize = 500;

/// What an operation needs.
pub type Needs = Vec<Need>;
