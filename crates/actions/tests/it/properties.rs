//! Any sequence of operations and refusals leaves books that add up.

use crate::books::Outcome;
use crate::model::Model;
use crate::shop::{PEOPLE, address, hash};
use crate::steps::{Moment, Step, moments};
use proptest::prelude::*;
use reda_domain::card::EntryKind;
use reda_domain::expiry::Lots;
use reda_domain::request::RequestStatus;
use reda_domain::*;
use std::collections::BTreeSet;

impl Model {
    fn adds_up(&self) {
        let books = &self.shop.books;
        for card in books.cards.values() {
            let lines: Vec<_> = books.entries.iter().filter(|it| it.card == card.id).collect();
            let mut sum = 0;
            for (line, n) in lines.iter().zip(1..) {
                sum += line.delta.0;
                assert_eq!((line.n, line.balance_after.0), (n, sum), "lines are adjacent");
            }
            assert_eq!(card.balance.0, sum, "the balance is the sum of its entries");
            assert_eq!(i64::try_from(lines.len()), Ok(card.entries));
            assert_eq!(Some(&sum), self.expected.get(&card.id), "each award counted once");
            self.lots_are_sound(card, &lines);
            let bonuses = lines.iter().filter(|it| it.kind == EntryKind::Bonus).count();
            assert!(bonuses <= 1, "a card is welcomed once");
        }
        self.holds_are_sound();
        let entries: BTreeSet<_> = books.entries.iter().map(|it| it.id).collect();
        assert_eq!(entries.len(), books.entries.len(), "no entry twice");
        assert_eq!(books.cards.len(), self.expected.len());
        self.questions_are_sound();
    }

    /// What a card has earned, and what is left of it by when it came.
    fn lots_are_sound(&self, card: &card::Card, lines: &[&card::Entry]) {
        let earns = |it: &card::Entry| matches!(it.kind, EntryKind::Earn | EntryKind::Bonus);
        let earned = lines.iter().filter(|it| earns(it)).map(|it| it.delta.0);
        let back = lines.iter().filter_map(|it| {
            let taken = lines.iter().find(|line| Some(line.id) == it.reverses)?;
            earns(taken).then_some(it.delta.0)
        });
        let brought = self.brought.get(&card.id).copied().unwrap_or(0);
        assert_eq!(card.earned.0, earned.sum::<i64>() + back.sum::<i64>() + brought);
        let lines: Vec<_> = lines.iter().copied().cloned().collect();
        let lots: i64 = Lots::of(&lines).lots.iter().map(|lot| lot.points.0).sum();
        assert_eq!(lots, card.balance.0.max(0), "the lots of a card are its balance");
    }

    fn holds_are_sound(&self) {
        let books = &self.shop.books;
        let mut spent = BTreeSet::new();
        for card in books.cards.values() {
            let open = books.holds.values().filter(|it| it.card == card.id && it.is_open());
            assert_eq!(
                card.held.0,
                open.map(|it| it.points.0).sum::<i64>(),
                "held is what is open"
            );
            assert!(card.held.0 <= card.balance.0.max(0), "what is held is there");
            assert!(card.available().0 >= 0);
        }
        for hold in books.holds.values() {
            let request = &books.requests[&hold.request];
            let closed = request.status != RequestStatus::Pending;
            assert_eq!(hold.is_open(), !closed, "a hold lives as long as its question");
            let posted = hold.outcome.and_then(|(outcome, _)| outcome.entry());
            assert_eq!(posted.is_some(), request.status == RequestStatus::Accepted);
            if let Some(id) = posted {
                assert!(spent.insert(id), "an entry spends one hold");
                let entry = books.entries.iter().find(|it| it.id == id).expect("posted");
                assert_eq!((entry.card, entry.delta.0), (hold.card, -hold.points.0));
                assert_eq!((entry.kind, entry.request), (EntryKind::Redeem, Some(hold.request)));
            }
        }
        let redeemed = books.entries.iter().filter(|it| it.kind == EntryKind::Redeem).count();
        assert_eq!(redeemed, spent.len(), "nothing is spent without a hold");
        let mut reversed = BTreeSet::new();
        for entry in &books.entries {
            let sound = entry.balance_after.0 >= 0 || entry.delta.0 > 0;
            assert!(sound || entry.kind == EntryKind::Reverse, "{entry:?}");
            assert!(entry.reverses.is_none_or(|id| reversed.insert(id)), "taken back once");
        }
    }

    fn questions_are_sound(&self) {
        let books = &self.shop.books;
        let mut pending = BTreeSet::new();
        let mut members = BTreeSet::new();
        for card in books.cards.values() {
            let live = card.ended_at.is_none();
            let again = live && !members.insert((card.program, card.user));
            assert!(!again, "one live card a programme and person");
            let handle = &books.handles[&card.handle];
            assert_eq!(handle.user, card.user);
            assert!(!live || handle.is_member(), "a live card is a member's");
        }
        for request in books.requests.values() {
            let closed = request.status != RequestStatus::Pending;
            assert_eq!(closed, request.closed_at.is_some(), "{request:?}");
            let accepted = request.status == RequestStatus::Accepted;
            let has_card = request.card.is_some();
            assert_eq!(accepted || request.deduction.is_some(), has_card, "{request:?}");
            let joins = request.deduction.is_none();
            if let (false, Some(handle), true) = (closed, request.asked.handle, joins) {
                assert!(pending.insert((request.program, handle)), "one question at a time");
            }
            if let Some(card) = request.card.and_then(|id| books.cards.get(&id)) {
                let merged = books.handles[&card.handle].merged_into.is_some();
                let moved = merged || self.moved.contains(&card.id);
                let own = moved || Some(card.user) == request.asked.user;
                assert!(own, "a yes makes one's own card");
                assert_eq!(card.program, request.program);
            }
            let answered = books.consents.iter().filter(|it| it.request == request.id).count();
            let by_the_person =
                matches!(request.status, RequestStatus::Accepted | RequestStatus::Declined);
            assert_eq!(answered, usize::from(by_the_person), "one record of each answer");
        }
        for handle in books.handles.values().filter(|it| it.is_member()) {
            let own = |it: &&card::Card| it.handle == handle.id;
            assert!(books.cards.values().any(|it| own(&it)), "no member without a card");
        }
    }
}

impl Model {
    /// In a moment in which nobody wrote down or asked whoever deleted their account.
    fn forgot_whoever_went(&self, moment: &[Step]) {
        let told = |it: &Step| matches!(it, Step::Ask { .. } | Step::WriteDown { .. });
        if moment.iter().any(told) {
            return;
        }
        for step in moment {
            if let Step::Erase { person } = step {
                self.forgot(*person);
            }
        }
    }

    /// Nothing names who has just deleted their account, whether or not they had claimed what a
    /// shop has of them by what they said at its till.
    fn forgot(&self, person: usize) {
        if !self.gone.contains(&person) {
            return;
        }
        let books = &self.shop.books;
        let (name, _) = PEOPLE[person];
        for user in books.users.values() {
            assert!(
                !user.owns(&address(person)) && !user.is_profile_at(&address(person)),
                "{user:?}"
            );
            assert_ne!(user.name.as_deref(), Some(name));
        }
        for request in books.requests.values() {
            let asked = &request.asked;
            assert_ne!(asked.address, Some(address(person)), "{request:?}");
            assert_ne!(asked.hash, Some(hash(person)), "{request:?}");
            assert_ne!(
                asked.user.filter(|_| request.closed_at.is_none()),
                Some(self.shop.people[person])
            );
        }
        let key = |it: &&user::CustomerKey| it.user == self.shop.people[person];
        assert!(books.keys.values().filter(key).all(|it| it.revoked_at.is_some()));
        let live = |it: &card::Card| {
            let merged = books.handles[&it.handle].merged_into.is_some();
            it.user == self.shop.people[person] && !merged
        };
        assert!(!books.cards.values().any(live), "their cards are a pseudonym's");
    }
}

/// What is kept with an operation, and what the audit says of it, names nobody.
fn holds_nothing_personal(outcome: &Outcome) {
    let kept = match outcome {
        Ok(effects) => format!("{} {:?}", effects.answer, effects.refused),
        Err(refusal) => format!("{refusal:?} {:?}", refusal.details()),
    };
    for (name, address) in PEOPLE {
        let local = address.split('@').next().expect("a part");
        for personal in name.split(' ').chain([local, &address[4..]]) {
            assert!(!kept.contains(personal), "{personal} in {kept}");
        }
    }
}

fn adds_up_throughout(mut model: Model, moments: &[Moment]) {
    for moment in moments {
        for outcome in model.pass(moment) {
            holds_nothing_personal(&outcome);
        }
        model.adds_up();
        model.forgot_whoever_went(&moment.1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_sequence_of_operations_and_refusals_leaves_books_that_add_up(moments in moments()) {
        adds_up_throughout(Model::strangers(), &moments);
    }

    #[test]
    fn whatever_members_do_or_is_done_to_them_leaves_books_that_add_up(moments in moments()) {
        adds_up_throughout(Model::members(), &moments);
    }
}
