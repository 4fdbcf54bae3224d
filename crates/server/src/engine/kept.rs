//! Rows that this server's lane read or wrote lately, as they stand in the database: whoever comes
//! again, and the shop that serves them, need not be read again.

use reda_domain::Timestamp;
use reda_domain::business::Business;
use reda_domain::card::Card;
use reda_domain::customer::BusinessCustomer;
use reda_domain::effects::Change;
use reda_domain::needs::{Need, Needs};
use reda_domain::program::Program;
use reda_domain::scope::Scope;
use reda_domain::user::User;
use reda_domain::world::World;
use reda_store::{StoreError, Tx, load};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Needs remembered at once, three of each customer who was lately served; beyond, remembering
/// starts anew.
const NEEDS_MAX: usize = 50_000;

/// Needs that were met with what is kept, and the scopes whose heads vouch for it.
pub(super) type Given = BTreeMap<Need, Scope>;

/// What stands in the database for a need, under the head of a scope.
#[derive(Debug, PartialEq)]
struct Rows {
    scope: Scope,
    rows: Vec<Change>,
}

/// What every award asks for. Each of these rows is changed by operations alone, under the lock of
/// its scope's head, so it holds for as long as the head is as this lane left it.
#[derive(Default)]
pub(super) struct Kept(HashMap<Need, Rows>);

impl Kept {
    /// Puts what is kept of `needs` into a world, and notes what that was.
    pub(super) fn give(&self, needs: &Needs, world: &mut World, given: &mut Given) {
        for need in needs.iter().filter(|need| !world.has_loaded(need)).collect::<BTreeSet<_>>() {
            let Some(kept) = self.0.get(need) else { continue };
            for row in &kept.rows {
                world.put(row.clone());
            }
            world.note_loaded([need.clone()]);
            given.insert(need.clone(), kept.scope);
        }
    }

    /// Remembers the rows of a world whose `changes` are committed.
    pub(super) fn note(&mut self, world: &World, changes: &[Change]) {
        for change in changes {
            match change {
                Change::User(row) => drop(self.0.remove(&Need::User(row.id))),
                Change::Business(row) => drop(self.0.remove(&Need::Business(row.id))),
                Change::Program(row) => drop(self.0.remove(&Need::Program(row.id))),
                Change::Reward(row) => drop(self.0.remove(&Need::RewardsOf(row.program))),
                Change::BusinessCustomer(row) => drop(self.0.remove(&Need::Handle(row.id))),
                Change::Card(row) => drop(self.0.remove(&Need::Card(row.id))),
                // These rewrite rows that no change names.
                Change::Parting(_) | Change::Erasure(_) => return self.forget(),
                _ => {}
            }
        }
        if self.0.len() > NEEDS_MAX {
            self.forget();
        }
        for need in world.common() {
            if let Entry::Vacant(place) = self.0.entry(need)
                && let Some(rows) = rows(world, place.key())
            {
                place.insert(rows);
            }
        }
    }

    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}

/// What a world has for a need, if it is of those that are kept and there is something.
fn rows(world: &World, need: &Need) -> Option<Rows> {
    let one = |scope, row| Some(Rows { scope, rows: vec![row] });
    let of_user = |row: &User| one(Scope::User(row.id), Change::User(row.clone()));
    let of_business = |row: &Business| one(Scope::Business(row.id), Change::Business(row.clone()));
    let of_program =
        |row: &Program| one(Scope::Business(row.business), Change::Program(row.clone()));
    let of_handle = |row: &BusinessCustomer| {
        one(Scope::Business(row.business), Change::BusinessCustomer(row.clone()))
    };
    let of_card = |row: &Card| one(Scope::Business(row.business), Change::Card(row.clone()));
    match need {
        Need::User(id) => of_user(world.user(*id).ok()??),
        Need::Business(id) => of_business(world.business(*id).ok()??),
        Need::Program(id) => of_program(world.program(*id).ok()??),
        Need::RewardsOf(id) => {
            let scope = Scope::Business(world.program(*id).ok()??.business);
            let rows = world.rewards_of(*id).ok()?.cloned().map(Change::Reward).collect();
            Some(Rows { scope, rows })
        }
        Need::Handle(id) => of_handle(world.handle(*id).ok()??),
        Need::Card(id) => of_card(world.card(*id).ok()??),
        _ => None,
    }
}

/// Fails loudly where what was given to a world is not what the database has. For builds that are
/// tested: reading all of it again is what keeping it saves.
pub(super) async fn assert_as_stored(
    tx: &mut Tx,
    given: &Given,
    world: &World,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut stored = World::default();
    // The rewards of a programme are found by its row.
    let programs = given.keys().filter_map(|need| match need {
        Need::RewardsOf(id) => Some(Need::Program(*id)),
        _ => None,
    });
    load(tx, &mut stored, given.keys().cloned().chain(programs), now).await?;
    for need in given.keys() {
        assert_eq!(rows(world, need), rows(&stored, need), "{need:?}, kept and stored");
    }
    Ok(())
}
