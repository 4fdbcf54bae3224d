//! The database of these tests: rows in memory, of which a world gets exactly what was named.

use reda_actions::{Ctx, Op, Stop};
use reda_domain::business::{Business, Device, Staff, StaffPin};
use reda_domain::card::{Card, Entry};
use reda_domain::consent::Consent;
use reda_domain::customer::{BusinessCustomer, Customer, Enrollment, Parting, PrintedCode};
use reda_domain::effects::{Change, Effects};
use reda_domain::expiry::Lots;
use reda_domain::hold::Hold;
use reda_domain::needs::Need;
use reda_domain::notice::Reader;
use reda_domain::profile::Profile;
use reda_domain::program::Program;
use reda_domain::refusal::Refusal;
use reda_domain::request::{Request, RequestStatus};
use reda_domain::reward::Reward;
use reda_domain::scan::{CodeUse, Scan};
use reda_domain::scope::Scope;
use reda_domain::user::{CustomerKey, Erasure, User};
use reda_domain::world::World;
use reda_domain::*;
use std::collections::{BTreeMap, BTreeSet};

/// Every row there is.
#[derive(Clone, Default)]
pub(crate) struct Books {
    pub(crate) users: BTreeMap<UserId, User>,
    pub(crate) businesses: BTreeMap<BusinessId, Business>,
    pub(crate) staff: BTreeMap<StaffId, Staff>,
    pub(crate) pins: BTreeMap<StaffId, StaffPin>,
    pub(crate) devices: BTreeMap<DeviceId, Device>,
    pub(crate) programs: BTreeMap<ProgramId, Program>,
    pub(crate) rewards: BTreeMap<RewardId, Reward>,
    pub(crate) handles: BTreeMap<HandleId, BusinessCustomer>,
    pub(crate) customers: BTreeMap<UserId, Customer>,
    pub(crate) enrollments: BTreeMap<EnrollmentId, Enrollment>,
    pub(crate) cards: BTreeMap<CardId, Card>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) holds: BTreeMap<HoldId, Hold>,
    pub(crate) requests: BTreeMap<RequestId, Request>,
    pub(crate) consents: Vec<Consent>,
    pub(crate) keys: BTreeMap<KeyId, CustomerKey>,
    pub(crate) printed_codes: BTreeMap<PrintedCodeId, PrintedCode>,
    pub(crate) profiles: BTreeMap<HandleId, Profile>,
    pub(crate) scans: Vec<Scan>,
    pub(crate) code_uses: BTreeMap<OperationId, CodeUse>,
}

/// What an operation came to.
pub(crate) type Outcome = Result<Effects, Refusal>;

impl Books {
    /// Decides operations as one batch of the engine does: two rounds of needs, then in order,
    /// each on what the ones before it left. `None`: they have to be tried one by one.
    pub(crate) fn batch(&mut self, ops: &[Op], ctx: &Ctx) -> Option<Vec<Outcome>> {
        let mut world = World::default();
        self.load(&mut world, ops.iter().flat_map(Op::needs));
        let then: Vec<Need> =
            ops.iter().flat_map(|op| op.needs_then(&world).expect("named by the first")).collect();
        self.load(&mut world, then);
        let locked: BTreeSet<Scope> =
            ops.iter().flat_map(|op| op.scopes(&world).expect("named by the needs")).collect();
        let mut written = self.clone();
        let mut outcomes = vec![];
        for (op, n) in ops.iter().zip(0..) {
            let mut random = ctx.random;
            random[0] = random[0].wrapping_add(n);
            match op.decide(&world, &Ctx { random, ..*ctx }) {
                Ok(effects) => {
                    if !touched(&effects).is_subset(&locked) {
                        return None;
                    }
                    world.apply(&effects);
                    written.write(&effects);
                    outcomes.push(Ok(effects));
                }
                Err(Stop::Refused(refusal)) => outcomes.push(Err(refusal)),
                Err(Stop::NotLoaded(_)) => return None,
            }
        }
        *self = written;
        Some(outcomes)
    }

    /// Decides one operation: what it named is all that it asks for and all that it touches.
    pub(crate) fn one(&mut self, op: &Op, ctx: &Ctx) -> Outcome {
        let mut outcomes = self.batch(std::slice::from_ref(op), ctx).expect("its needs are whole");
        outcomes.pop().expect("one outcome")
    }

    fn load(&self, world: &mut World, needs: impl IntoIterator<Item = Need>) {
        for need in world.missing(needs) {
            self.put(world, &need);
            world.note_loaded([need]);
        }
    }

    /// The rows that one need names.
    fn put(&self, world: &mut World, need: &Need) {
        macro_rules! take {
            ($table:ident, $variant:ident, $fits:expr) => {
                for row in self.$table.values().filter($fits) {
                    world.put(Change::$variant(row.clone()));
                }
            };
        }
        let lately =
            |it: &Request| matches!(it.status, RequestStatus::Pending | RequestStatus::Declined);
        match need {
            Need::User(id) => take!(users, User, |it| it.id == *id),
            Need::UserAt(address) => take!(users, User, |it| it.owns(address)),
            Need::ProfilesAt(address) => {
                take!(users, User, |it| it.is_profile_at(address));
                let written = self.users.values().filter(|it| it.is_profile_at(address));
                let of = |it: &User| [Need::HandlesOf(it.id), Need::CardsOf(it.id)];
                self.load(world, written.flat_map(of));
            }
            Need::Business(id) => take!(businesses, Business, |it| it.id == *id),
            Need::Claiming(address) => take!(users, User, |it| it.claims(address)),
            Need::StaffOf(id) => take!(staff, Staff, |it| it.business == *id && it.is_live()),
            Need::Staff(id) => take!(staff, Staff, |it| it.id == *id),
            Need::Device(id) => take!(devices, Device, |it| it.id == *id),
            Need::PlacesOf(id) => take!(staff, Staff, |it| it.user == *id),
            Need::EnrollmentsOf(id) => take!(enrollments, Enrollment, |it| it.handle == *id),
            Need::Program(id) => take!(programs, Program, |it| it.id == *id),
            Need::ProgramOfCard(card) => {
                let of = self.cards.get(card).map(|it| it.program);
                take!(programs, Program, |it| Some(it.id) == of);
            }
            Need::ProgramsOf(user) => {
                let own: BTreeSet<ProgramId> = self
                    .cards
                    .values()
                    .filter(|it| it.user == *user)
                    .map(|it| it.program)
                    .collect();
                take!(programs, Program, |it| own.contains(&it.id));
            }
            Need::Reward(id) => take!(rewards, Reward, |it| it.id == *id),
            Need::RewardsOf(id) => {
                take!(rewards, Reward, |it| it.program == *id && it.is_active());
            }
            Need::Lots(card, before) => world.put_lots(*card, *before, self.lots(*card, *before)),
            Need::Handle(id) => take!(handles, BusinessCustomer, |it| it.id == *id),
            Need::HandlesOf(id) => take!(handles, BusinessCustomer, |it| it.user == *id),
            Need::CustomerOf(id) => take!(customers, Customer, |it| it.user == *id),
            Need::Card(id) => take!(cards, Card, |it| it.id == *id),
            Need::CardNumbered(number) => take!(cards, Card, |it| it.number == *number),
            Need::CardsOf(id) => take!(cards, Card, |it| it.user == *id),
            Need::Enrollment(id) => take!(enrollments, Enrollment, |it| it.id == *id),
            Need::CodeUse(key, step) => {
                take!(code_uses, CodeUse, |it| (it.key, it.step) == (*key, *step));
            }
            Need::CodeUsesOf(card) => take!(code_uses, CodeUse, |it| it.card == *card),
            Need::CodeSeen(key, _) => {
                let of = |it: &&Scan| it.code.is_some_and(|(it, _)| it == *key);
                self.scans.iter().filter(of).for_each(|it| world.put(Change::Scan(it.clone())));
            }
            Need::Hold(id) => take!(holds, Hold, |it| it.id == *id),
            Need::DeductionsOf(card) => {
                take!(holds, Hold, |it| it.card == *card && it.is_open());
                take!(requests, Request, |it| it.card == Some(*card)
                    && it.deduction.is_some()
                    && it.status == RequestStatus::Pending);
            }
            Need::Entry(id) => {
                let named = |it: &&Entry| it.id == *id || it.reverses == Some(*id);
                for row in self.entries.iter().filter(named) {
                    world.put(Change::Entry(row.clone()));
                }
            }
            Need::Request(id) => take!(requests, Request, |it| it.id == *id),
            Need::RequestsOf(id) => {
                take!(requests, Request, |it| it.asked.user == Some(*id) && lately(it));
            }
            Need::RequestsTo(to) => {
                take!(requests, Request, |it| it.asked.hash.as_ref() == Some(to) && lately(it));
            }
            Need::Key(id) => take!(keys, Key, |it| it.id == *id),
            Need::KeysOf(id) => take!(keys, Key, |it| it.user == *id),
            Need::PrintedCodesOf(id) => take!(printed_codes, PrintedCode, |it| it.user == *id),
            Need::Profile(id) => take!(profiles, Profile, |it| it.id == *id),
            Need::WroteOf(user) => {
                let of = |it: &&Profile| self.handles[&it.id].user == *user;
                take!(profiles, Profile, of);
            }
            Need::PrintedCode(id) => take!(printed_codes, PrintedCode, |it| it.id == *id),
            // What people were told, and what they want to be told, is not kept here.
            Need::Notification(_)
            | Need::UnreadOf(_)
            | Need::Preferences(_)
            | Need::NoticesAbout(_) => {}
        }
    }

    /// What is left of a card's points of those that came before a time.
    fn lots(&self, card: CardId, before: Timestamp) -> Lots {
        let lines: Vec<Entry> = self.entries.iter().filter(|it| it.card == card).cloned().collect();
        let mut lots = Lots::of(&lines);
        lots.lots.retain(|it| it.at < before);
        lots
    }

    /// As the database keeps it: placed once, closed once.
    fn hold(&mut self, hold: Hold) {
        if let Some(old) = self.holds.get(&hold.id) {
            assert!(old.is_open() && !hold.is_open(), "a second outcome: {old:?} {hold:?}");
        }
        self.holds.insert(hold.id, hold);
    }

    pub(crate) fn write(&mut self, effects: &Effects) {
        for change in effects.changes.clone() {
            match change {
                Change::User(it) => drop(self.users.insert(it.id, it)),
                Change::Business(it) => drop(self.businesses.insert(it.id, it)),
                Change::Staff(it) => drop(self.staff.insert(it.id, it)),
                Change::StaffPin(it) => drop(self.pins.insert(it.id, it)),
                Change::Device(it) => drop(self.devices.insert(it.id, it)),
                Change::Program(it) => drop(self.programs.insert(it.id, it)),
                Change::Reward(it) => drop(self.rewards.insert(it.id, it)),
                Change::Customer(it) => drop(self.customers.insert(it.user, it)),
                Change::BusinessCustomer(it) => self.handle(it),
                Change::Profile(it) => drop(self.profiles.insert(it.id, it)),
                Change::Parting(it) => self.part(&it),
                Change::Enrollment(it) => drop(self.enrollments.insert(it.id, it)),
                Change::Card(it) => drop(self.cards.insert(it.id, it)),
                Change::Entry(it) => self.entries.push(it),
                Change::Hold(it) => self.hold(it),
                Change::Request(it) => drop(self.requests.insert(it.id, it)),
                Change::Consent(it) => self.consents.push(it),
                Change::Key(it) => drop(self.keys.insert(it.id, it)),
                Change::PrintedCode(it) => drop(self.printed_codes.insert(it.id, it)),
                Change::Scan(it) => self.scans.push(it),
                Change::CodeUse(it) => drop(self.code_uses.insert(it.id, it)),
                Change::Erasure(it) => self.erase(&it),
                Change::Notification(_) | Change::Preferences(_) | Change::Unsaid(_) => {}
            }
        }
    }
}

impl Books {
    /// What was merged into a handle goes where that goes.
    fn handle(&mut self, it: BusinessCustomer) {
        if let Some(into) = it.merged_into {
            let before = |row: &&mut BusinessCustomer| row.merged_into == Some(it.id);
            for handle in self.handles.values_mut().filter(before) {
                handle.merged_into = Some(into);
            }
        }
        self.handles.insert(it.id, it);
    }

    /// What the database does where somebody deletes their account.
    fn erase(&mut self, it: &Erasure) {
        for request in self.requests.values_mut().filter(|row| row.closed_at.is_some()) {
            if request.asked.hash.as_ref().is_some_and(|hash| it.addresses.contains(hash)) {
                request.asked.address = None;
                request.asked.hash = None;
            }
        }
    }

    /// What the database does where somebody leaves a business.
    fn part(&mut self, it: &Parting) {
        let here = |user: UserId, business: BusinessId| (user, business) == (it.user, it.business);
        let mut theirs = BTreeSet::new();
        for handle in self.handles.values_mut() {
            let own = handle.id == it.id || here(handle.user, handle.business);
            if own || handle.merged_into == Some(it.id) {
                handle.user = it.stand_in;
                handle.customer = handle.customer.map(|_| it.stand_in_customer);
                theirs.insert(handle.id);
            }
        }
        let own = |row: &Card| theirs.contains(&row.handle) || here(row.user, row.business);
        for card in self.cards.values_mut().filter(|row| own(row)) {
            card.user = it.stand_in;
        }
        let closed = |row: &&mut Request| row.closed_at.is_some();
        for request in self.requests.values_mut().filter(closed) {
            if request.asked.user.is_some_and(|user| here(user, request.business)) {
                request.asked.user = Some(it.stand_in);
                request.asked.address = None;
            }
        }
        self.profiles.remove(&it.id);
    }
}

/// The scopes whose feeds an operation changes.
fn touched(effects: &Effects) -> BTreeSet<Scope> {
    let told = effects.notices.iter().map(|notice| match notice.to {
        Reader::Person(user) => Scope::User(user),
        Reader::Staff { business, .. } => Scope::Business(business),
    });
    let changed = effects.changes.iter().flat_map(Change::touches);
    changed.chain(effects.also_touched.clone()).map(|it| it.scope).chain(told).collect()
}
