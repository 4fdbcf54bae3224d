//! The working set that verbs decide on: what was loaded for a batch, and what the batch changed.
//!
//! Asking for something that nobody loaded is an error of the program and loud; only what was
//! looked for and is not there is `None`.

use crate::address::{Address, AddressHash};
use crate::business::{Business, Device, Staff};
use crate::card::{Card, Entry};
use crate::code::STEP_TOLERANCE;
use crate::customer::{BusinessCustomer, Customer, Enrollment, PrintedCode};
use crate::effects::{Change, Effects};
use crate::expiry::Lots;
use crate::hold::Hold;
use crate::needs::Need;
use crate::notice::Notification;
use crate::preferences::Preferences;
use crate::profile::{Notes, Profile};
use crate::program::Program;
use crate::request::{Request, RequestKind};
use crate::reward::Reward;
use crate::scan::CodeUse;
use crate::user::{CustomerKey, User};
use crate::{
    BusinessId, CardId, DeviceId, EnrollmentId, EntryId, HandleId, HoldId, KeyId, NotificationId,
    PrintedCodeId, ProgramId, RequestId, RewardId, StaffId, Timestamp, UserId,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A key was asked for that no verb had named among its needs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("asked the world for {0:?}, which was not loaded")]
pub struct NotLoaded(pub Need);

type Asked<T> = Result<T, NotLoaded>;

/// The loaded rows, by id; what was looked for in sets stands in `loaded`.
#[derive(Clone, Debug, Default)]
pub struct World {
    loaded: HashSet<Need>,
    users: BTreeMap<UserId, User>,
    businesses: BTreeMap<BusinessId, Business>,
    staff: BTreeMap<StaffId, Staff>,
    devices: BTreeMap<DeviceId, Device>,
    programs: BTreeMap<ProgramId, Program>,
    rewards: BTreeMap<RewardId, Reward>,
    handles: BTreeMap<HandleId, BusinessCustomer>,
    profiles: BTreeMap<HandleId, Profile>,
    customers: BTreeMap<UserId, Customer>,
    cards: BTreeMap<CardId, Card>,
    enrollments: BTreeMap<EnrollmentId, Enrollment>,
    entries: BTreeMap<EntryId, Entry>,
    lots: BTreeMap<(CardId, Timestamp), Lots>,
    holds: BTreeMap<HoldId, Hold>,
    requests: BTreeMap<RequestId, Request>,
    keys: BTreeMap<KeyId, CustomerKey>,
    code_uses: BTreeMap<(KeyId, u32), CodeUse>,
    code_seen: BTreeSet<(KeyId, u32, BusinessId)>,
    printed_codes: BTreeMap<PrintedCodeId, PrintedCode>,
    notifications: BTreeMap<NotificationId, Notification>,
    about: BTreeMap<HandleId, BTreeSet<NotificationId>>,
    preferences: BTreeMap<UserId, Preferences>,
}

macro_rules! by_id {
    ($($(#[$doc:meta])* $name:ident: $id:ty => $row:ty, $need:ident, $table:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(&self, id: $id) -> Asked<Option<&$row>> {
            match self.$table.get(&id) {
                Some(row) => Ok(Some(row)),
                None => self.was_loaded(Need::$need(id)).map(|()| None),
            }
        }
    )*};
}

impl World {
    /// Notes that `needs` were looked for, whatever was found.
    pub fn note_loaded(&mut self, needs: impl IntoIterator<Item = Need>) {
        self.loaded.extend(needs);
    }

    /// Whether `need` was looked for already.
    pub fn has_loaded(&self, need: &Need) -> bool {
        self.loaded.contains(need)
    }

    /// What operations mostly ask for, as far as the rows are here, by whichever way they came.
    pub fn common(&self) -> impl Iterator<Item = Need> {
        let rewards = self.loaded.iter().filter(|it| matches!(it, Need::RewardsOf(_))).cloned();
        let users = self.users.keys().copied().map(Need::User);
        let businesses = self.businesses.keys().copied().map(Need::Business);
        let programs = self.programs.keys().copied().map(Need::Program);
        let handles = self.handles.keys().copied().map(Need::Handle);
        let cards = self.cards.keys().copied().map(Need::Card);
        rewards.chain(users).chain(businesses).chain(programs).chain(handles).chain(cards)
    }

    fn was_loaded(&self, need: Need) -> Asked<()> {
        if self.loaded.contains(&need) { Ok(()) } else { Err(NotLoaded(need)) }
    }

    by_id! {
        /// A user.
        user: UserId => User, User, users;
        /// A business.
        business: BusinessId => Business, Business, businesses;
        /// A place of a member of staff, live or not.
        staff: StaffId => Staff, Staff, staff;
        /// A till.
        device: DeviceId => Device, Device, devices;
        /// A programme.
        program: ProgramId => Program, Program, programs;
        /// What points buy.
        reward: RewardId => Reward, Reward, rewards;
        /// A hold.
        hold: HoldId => Hold, Hold, holds;
        /// A line of the ledger.
        entry: EntryId => Entry, Entry, entries;
        /// A request.
        request: RequestId => Request, Request, requests;
        /// A customer's key.
        key: KeyId => CustomerKey, Key, keys;
        /// A printed code.
        printed_code: PrintedCodeId => PrintedCode, PrintedCode, printed_codes;
        /// What a person chose to be told.
        preferences: UserId => Preferences, Preferences, preferences;
        /// A notification.
        notification: NotificationId => Notification, Notification, notifications;
        /// The platform's record of a user as a customer.
        customer_of: UserId => Customer, CustomerOf, customers;
    }

    /// A business's handle for a person; one that ended names nobody.
    pub fn handle(&self, id: HandleId) -> Asked<Option<&BusinessCustomer>> {
        match self.handles.get(&id) {
            Some(row) => Ok(Some(row).filter(|it| it.ended_at.is_none())),
            None => self.was_loaded(Need::Handle(id)).map(|()| None),
        }
    }

    /// What staff wrote about the person behind a handle.
    pub fn wrote_of(&self, id: HandleId) -> Asked<Notes> {
        let person = self.handles.get(&id).map(|handle| Need::WroteOf(handle.user));
        if !person.is_some_and(|need| self.has_loaded(&need)) {
            self.was_loaded(Need::Profile(id))?;
        }
        Ok(self.profiles.get(&id).map(|profile| profile.wrote.clone()).unwrap_or_default())
    }

    /// A person's printed codes, revoked ones too.
    pub fn printed_codes_of(&self, user: UserId) -> Asked<impl Iterator<Item = &PrintedCode>> {
        self.was_loaded(Need::PrintedCodesOf(user))?;
        Ok(self.printed_codes.values().filter(move |code| code.user == user))
    }

    /// What a business's staff were told of the person behind a handle.
    pub fn notices_about(&self, id: HandleId) -> Asked<impl Iterator<Item = &Notification>> {
        self.was_loaded(Need::NoticesAbout(id))?;
        let loaded = self.about.get(&id);
        let is_told = move |it: &&Notification| {
            let is_loaded = loaded.is_some_and(|ids| ids.contains(&it.id));
            is_loaded || it.staff.is_some() && self.is_about(it, id)
        };
        Ok(self.notifications.values().filter(is_told))
    }

    /// Whether a notification is about whom a handle names: for what was told since it was loaded.
    fn is_about(&self, told: &Notification, id: HandleId) -> bool {
        let (Some((_, about)), Some(handle)) = (&told.related, self.handles.get(&id)) else {
            return false;
        };
        let of_card = self.cards.get(&CardId(*about)).is_some_and(|it| it.handle == id);
        let of_request = self
            .requests
            .get(&RequestId(*about))
            .is_some_and(|it| it.business == handle.business && it.asked.user == Some(handle.user));
        *about == id.0 || of_card || of_request
    }

    /// An enrolment, ended ones too.
    pub fn enrollment(&self, id: EnrollmentId) -> Asked<Option<&Enrollment>> {
        match self.enrollments.get(&id) {
            Some(row) => Ok(Some(row)),
            None => self.was_loaded(Need::Enrollment(id)).map(|()| None),
        }
    }

    /// A card; one that ended is none.
    pub fn card(&self, id: CardId) -> Asked<Option<&Card>> {
        match self.cards.get(&id) {
            Some(row) => Ok(Some(row).filter(|it| it.ended_at.is_none())),
            None => self.was_loaded(Need::Card(id)).map(|()| None),
        }
    }

    /// A card, also one that ended: for what must be closed on it all the same.
    pub fn card_row(&self, id: CardId) -> Asked<Option<&Card>> {
        match self.cards.get(&id) {
            Some(row) => Ok(Some(row)),
            None => self.was_loaded(Need::Card(id)).map(|()| None),
        }
    }

    /// What is left of a card's points by when they came, of those that came before a time. Lines
    /// that an operation before this one wrote are not in it: then this one has to be alone.
    pub fn lots_of(&self, card: &Card, before: Timestamp) -> Asked<&Lots> {
        let lots = self.lots.get(&(card.id, before)).filter(|lots| lots.entries == card.entries);
        lots.ok_or(NotLoaded(Need::Lots(card.id, before)))
    }

    /// The line that takes a line of the ledger back, if there is one.
    pub fn reversal_of(&self, id: EntryId) -> Asked<Option<&Entry>> {
        self.was_loaded(Need::Entry(id))?;
        Ok(self.entries.values().find(|it| it.reverses == Some(id)))
    }

    /// A card's open holds, the youngest first.
    pub fn open_holds_of(&self, card: CardId) -> Asked<Vec<&Hold>> {
        self.was_loaded(Need::DeductionsOf(card))?;
        let mut holds: Vec<&Hold> =
            self.holds.values().filter(|it| it.card == card && it.is_open()).collect();
        holds.sort_by_key(|it| std::cmp::Reverse((it.placed_at, it.id)));
        Ok(holds)
    }

    /// The user who has proven to own `address`.
    pub fn user_at(&self, address: &Address) -> Asked<Option<&User>> {
        self.was_loaded(Need::UserAt(address.clone()))?;
        Ok(self.users.values().find(|user| user.owns(address)))
    }

    /// The users who claim `address` with a password and have not proven it.
    pub fn claiming(&self, address: &Address) -> Asked<impl Iterator<Item = &User>> {
        self.was_loaded(Need::Claiming(address.clone()))?;
        Ok(self.users.values().filter(|user| user.claims(address)))
    }

    /// The people whom shops wrote down with `address`, and who have not come forward.
    pub fn profiles_at<'a>(
        &'a self,
        address: &'a Address,
    ) -> Asked<impl Iterator<Item = &'a User>> {
        self.was_loaded(Need::ProfilesAt(address.clone()))?;
        Ok(self.users.values().filter(move |user| user.is_profile_at(address)))
    }

    /// The person whom a business wrote down with `address`, by its handle for them.
    pub fn profile_of<'a>(
        &'a self,
        business: BusinessId,
        address: &'a Address,
    ) -> Asked<Option<(&'a User, &'a BusinessCustomer)>> {
        for user in self.profiles_at(address)? {
            if let Some(handle) = self.handle_of(business, user.id)? {
                return Ok(Some((user, handle)));
            }
        }
        Ok(None)
    }

    /// What a programme's points buy now.
    pub fn rewards_of(&self, program: ProgramId) -> Asked<impl Iterator<Item = &Reward>> {
        self.was_loaded(Need::RewardsOf(program))?;
        Ok(self.rewards.values().filter(move |it| it.program == program && it.is_active()))
    }

    /// The live staff of a business.
    pub fn staff_of(&self, business: BusinessId) -> Asked<impl Iterator<Item = &Staff>> {
        self.was_loaded(Need::StaffOf(business))?;
        Ok(self.staff.values().filter(move |it| it.business == business && it.is_live()))
    }

    /// The places where a person works.
    pub fn places_of(&self, user: UserId) -> Asked<impl Iterator<Item = &Staff>> {
        self.was_loaded(Need::PlacesOf(user))?;
        Ok(self.staff.values().filter(move |staff| staff.user == user))
    }

    /// All handles of a person.
    pub fn handles_of(&self, user: UserId) -> Asked<impl Iterator<Item = &BusinessCustomer>> {
        self.was_loaded(Need::HandlesOf(user))?;
        let live = move |it: &&BusinessCustomer| it.user == user && it.ended_at.is_none();
        Ok(self.handles.values().filter(live))
    }

    /// A business's handle for a person.
    pub fn handle_of(
        &self,
        business: BusinessId,
        user: UserId,
    ) -> Asked<Option<&BusinessCustomer>> {
        Ok(self.handles_of(user)?.find(|handle| handle.business == business))
    }

    /// The card with a number.
    pub fn card_numbered(&self, number: &str) -> Asked<Option<&Card>> {
        self.was_loaded(Need::CardNumbered(number.to_owned()))?;
        Ok(self.cards.values().find(|card| card.number == number && card.ended_at.is_none()))
    }

    /// A person's cards in a business.
    pub fn cards_of(
        &self,
        business: BusinessId,
        user: UserId,
    ) -> Asked<impl Iterator<Item = &Card>> {
        self.was_loaded(Need::CardsOf(user))?;
        let live =
            move |it: &&Card| it.business == business && it.user == user && it.ended_at.is_none();
        Ok(self.cards.values().filter(live))
    }

    /// A person's open and lately declined requests from a business, to join.
    pub fn requests_of(
        &self,
        business: BusinessId,
        user: UserId,
    ) -> Asked<impl Iterator<Item = &Request>> {
        self.was_loaded(Need::RequestsOf(user))?;
        let of = move |it: &&Request| {
            it.kind == RequestKind::Enrollment
                && it.business == business
                && it.asked.user == Some(user)
        };
        Ok(self.requests.values().filter(of))
    }

    /// A business's open and lately declined requests to an address.
    pub fn requests_to<'a>(
        &'a self,
        business: BusinessId,
        address: &'a AddressHash,
    ) -> Asked<impl Iterator<Item = &'a Request>> {
        self.was_loaded(Need::RequestsTo(address.clone()))?;
        let to =
            move |it: &&Request| it.business == business && it.asked.hash.as_ref() == Some(address);
        Ok(self.requests.values().filter(to))
    }

    /// All open and lately declined requests to an address.
    pub fn asked_at<'a>(
        &'a self,
        address: &'a AddressHash,
    ) -> Asked<impl Iterator<Item = &'a Request>> {
        self.was_loaded(Need::RequestsTo(address.clone()))?;
        Ok(self.requests.values().filter(move |it| it.asked.hash.as_ref() == Some(address)))
    }

    /// A customer's keys, revoked ones too.
    pub fn keys_of(&self, user: UserId) -> Asked<impl Iterator<Item = &CustomerKey>> {
        self.was_loaded(Need::KeysOf(user))?;
        Ok(self.keys.values().filter(move |key| key.user == user))
    }

    /// What the code of a key and step approved, if it did.
    pub fn code_use(&self, key: KeyId, step: u32) -> Asked<Option<&CodeUse>> {
        self.was_loaded(Need::CodeUse(key, step))?;
        Ok(self.code_uses.get(&(key, step)))
    }

    /// What codes approved on a card, as far back as it may count.
    pub fn code_uses_of(&self, card: CardId) -> Asked<impl Iterator<Item = &CodeUse>> {
        self.was_loaded(Need::CodeUsesOf(card))?;
        Ok(self.code_uses.values().filter(move |it| it.card == card))
    }

    /// Where codes of a key were scanned in the window around a step.
    pub fn code_seen(&self, key: KeyId, step: u32) -> Asked<BTreeSet<BusinessId>> {
        self.was_loaded(Need::CodeSeen(key, step))?;
        let of =
            |it: &&(KeyId, u32, BusinessId)| it.0 == key && it.1.abs_diff(step) <= STEP_TOLERANCE;
        Ok(self.code_seen.iter().filter(of).map(|it| it.2).collect())
    }

    /// A person's unread notifications, of their own page.
    pub fn unread_of(&self, user: UserId) -> Asked<impl Iterator<Item = &Notification>> {
        self.was_loaded(Need::UnreadOf(user))?;
        Ok(self.notifications.values().filter(move |it| it.user == user && !it.is_read))
    }

    /// Takes in that a code of a key and step was scanned at a business.
    pub fn put_seen(&mut self, key: KeyId, step: u32, business: BusinessId) {
        self.code_seen.insert((key, step, business));
    }

    /// Takes in what is left of a card's points of those that came before a time.
    pub fn put_lots(&mut self, card: CardId, before: Timestamp, lots: Lots) {
        self.lots.insert((card, before), lots);
    }

    /// Takes in a notification that tells staff of the person behind a handle.
    pub fn put_about(&mut self, handle: HandleId, row: Notification) {
        self.about.entry(handle).or_default().insert(row.id);
        self.put(Change::Notification(row));
    }

    /// Takes in a row, loaded or changed.
    pub fn put(&mut self, change: Change) {
        match change {
            Change::User(row) => drop(self.users.insert(row.id, row)),
            Change::Business(row) => drop(self.businesses.insert(row.id, row)),
            Change::Staff(row) => drop(self.staff.insert(row.id, row)),
            Change::Device(row) => drop(self.devices.insert(row.id, row)),
            Change::Program(row) => drop(self.programs.insert(row.id, row)),
            Change::Reward(row) => drop(self.rewards.insert(row.id, row)),
            Change::Customer(row) => drop(self.customers.insert(row.user, row)),
            Change::BusinessCustomer(row) => drop(self.handles.insert(row.id, row)),
            Change::Profile(row) => drop(self.profiles.insert(row.id, row)),
            Change::Unsaid(row) => drop(self.notifications.remove(&row.id)),
            Change::Card(row) => drop(self.cards.insert(row.id, row)),
            Change::Enrollment(row) => drop(self.enrollments.insert(row.id, row)),
            Change::Entry(row) => drop(self.entries.insert(row.id, row)),
            Change::Hold(row) => drop(self.holds.insert(row.id, row)),
            Change::Request(row) => drop(self.requests.insert(row.id, row)),
            Change::Key(row) => drop(self.keys.insert(row.id, row)),
            Change::PrintedCode(row) => drop(self.printed_codes.insert(row.id, row)),
            Change::Notification(row) => drop(self.notifications.insert(row.id, row)),
            Change::Preferences(row) => drop(self.preferences.insert(row.id, row)),
            Change::CodeUse(row) => drop(self.code_uses.insert((row.key, row.step), row)),
            Change::Scan(row) => {
                if let Some((key, step)) = row.code {
                    self.put_seen(key, step, row.business);
                }
            }
            // Written, never read back by a verb.
            Change::StaffPin(_) | Change::Consent(_) | Change::Parting(_) | Change::Erasure(_) => {}
        }
    }

    /// Whether a change makes a row, or makes it different in more than its numbers.
    pub fn moves(&self, change: &Change) -> bool {
        match change {
            Change::Card(row) => self.cards.get(&row.id).is_none_or(|was| row.moves(was)),
            Change::BusinessCustomer(row) => {
                self.handles.get(&row.id).is_none_or(|was| row.moves(was))
            }
            _ => true,
        }
    }

    /// The only mutation by verbs: what one decided is there for the next of the batch.
    pub fn apply(&mut self, effects: &Effects) {
        for change in &effects.changes {
            self.put(change.clone());
        }
    }

    /// The distinct needs of `needs` that were not looked for yet.
    pub fn missing(&self, needs: impl IntoIterator<Item = Need>) -> BTreeSet<Need> {
        needs.into_iter().filter(|need| !self.loaded.contains(need)).collect()
    }

    /// The loaded rows by id, for indexes and counts in tests.
    pub fn cards(&self) -> HashMap<CardId, &Card> {
        self.cards.iter().map(|(id, card)| (*id, card)).collect()
    }
}
