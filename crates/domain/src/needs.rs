//! What a verb must have before it: the keys to load into the [`World`](crate::world::World).

use crate::address::{Address, AddressHash};
use crate::{
    BusinessId, CardId, DeviceId, EnrollmentId, EntryId, HandleId, HoldId, KeyId, NotificationId,
    PrintedCodeId, ProgramId, RequestId, RewardId, StaffId, Timestamp, UserId,
};

/// One key, or one bounded set.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Need {
    User(UserId),
    /// The user who has proven to own the address.
    UserAt(Address),
    /// The users with a password who say that the address is theirs and have not proven it, at most
    /// [`CLAIMANTS_MAX`].
    Claiming(Address),
    /// The people whom shops wrote down with the address, and who have not come forward; with their
    /// handles and cards, as [`Need::HandlesOf`] and [`Need::CardsOf`] name them.
    ProfilesAt(Address),
    Business(BusinessId),
    /// The live staff of the business.
    StaffOf(BusinessId),
    Staff(StaffId),
    Device(DeviceId),
    /// The person's places as staff, in all businesses.
    PlacesOf(UserId),
    Program(ProgramId),
    /// The programme of a card.
    ProgramOfCard(CardId),
    /// The programmes of a person's cards.
    ProgramsOf(UserId),
    Reward(RewardId),
    /// What the programme's points buy now.
    RewardsOf(ProgramId),
    Handle(HandleId),
    /// What staff wrote about the person behind a handle.
    Profile(HandleId),
    /// What staff wrote about the person, in all businesses.
    WroteOf(UserId),
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
    /// What is left of a card's points by when they came, of those that came before a time.
    Lots(CardId, Timestamp),
    /// A line of the ledger, and the one that takes it back.
    Entry(EntryId),
    /// The enrolments under a handle.
    EnrollmentsOf(HandleId),
    Request(RequestId),
    /// The person's open and lately declined requests.
    RequestsOf(UserId),
    /// The open and lately declined requests to the address.
    RequestsTo(AddressHash),
    Key(KeyId),
    KeysOf(UserId),
    /// What the code of a key and step approved.
    CodeUse(KeyId, u32),
    /// What codes approved on a card within the last day.
    CodeUsesOf(CardId),
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
}

/// How many unread notifications one "mark all read" marks at most; the rest stays unread.
pub const UNREAD_MAX: usize = 500;

/// How many claimants lose an address when somebody proves it; a claim gives nothing anyway.
pub const CLAIMANTS_MAX: usize = 50;

/// What an operation needs.
pub type Needs = Vec<Need>;
