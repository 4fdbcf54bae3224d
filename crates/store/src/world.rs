//! Loads what verbs need, set by set.

use crate::db::Tx;
use crate::error::StoreError;
use crate::tables::*;
use reda_domain::Timestamp;
use reda_domain::address::Address;
use reda_domain::effects::Change;
use reda_domain::needs::{CLAIMANTS_MAX, Need, UNREAD_MAX};
use reda_domain::scan::CODE_USES_COUNT_MS;
use reda_domain::world::World;
use std::collections::BTreeSet;

/// Loads those of `needs` that the world has not, and notes them as looked for.
pub async fn load(
    tx: &mut Tx,
    world: &mut World,
    needs: impl IntoIterator<Item = Need>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut missing = world.missing(needs);
    if missing.is_empty() {
        return Ok(());
    }
    /// The keys of one kind of need.
    macro_rules! keys {
        ($variant:ident) => {
            missing
                .iter()
                .filter_map(|need| match need {
                    Need::$variant(key) => Some(key.clone()),
                    _ => None,
                })
                .collect::<Vec<_>>()
        };
    }
    let mut found = vec![];
    macro_rules! take {
        ($($rows:expr => $change:ident;)*) => {$(
            found.extend($rows.await?.into_iter().map(Change::$change));
        )*};
    }
    let at: Vec<Address> = keys!(UserAt);
    let profiles: Vec<Address> = keys!(ProfilesAt);
    let written = users::written_down_at(tx, &profiles.iter().collect::<Vec<_>>()).await?;
    // Only its handle says whose note a person is, and only its cards whether it is worth anything.
    let of = |id| [Need::HandlesOf(id), Need::CardsOf(id)];
    missing.extend(written.iter().flat_map(|user| of(user.id)));
    found.extend(written.into_iter().map(Change::User));
    let numbers: Vec<String> = keys!(CardNumbered);
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    take! {
        users::by_ids(tx, keys!(User)) => User;
        users::owning(tx, &at.iter().collect::<Vec<_>>()) => User;
        businesses::by_ids(tx, keys!(Business)) => Business;
        staff::of_businesses(tx, keys!(StaffOf)) => Staff;
        staff::by_ids(tx, keys!(Staff)) => Staff;
        devices::by_ids(tx, keys!(Device)) => Device;
        staff::of_users(tx, keys!(PlacesOf)) => Staff;
        programs::by_ids(tx, keys!(Program)) => Program;
        programs::of_cards(tx, keys!(ProgramOfCard)) => Program;
        programs::of_users(tx, keys!(ProgramsOf)) => Program;
        rewards::by_ids(tx, keys!(Reward)) => Reward;
        rewards::of_programs(tx, keys!(RewardsOf)) => Reward;
        business_customers::by_ids(tx, keys!(Handle)) => BusinessCustomer;
        profiles::by_ids(tx, keys!(Profile)) => Profile;
        profiles::of_users(tx, keys!(WroteOf)) => Profile;
        business_customers::of_users(tx, keys!(HandlesOf)) => BusinessCustomer;
        customers::of_users(tx, keys!(CustomerOf)) => Customer;
        cards::by_ids(tx, keys!(Card)) => Card;
        cards::by_numbers(tx, &numbers) => Card;
        cards::of_users(tx, keys!(CardsOf)) => Card;
        enrollments::by_ids(tx, keys!(Enrollment)) => Enrollment;
        holds::by_ids(tx, keys!(Hold)) => Hold;
        holds::open_of_cards(tx, keys!(DeductionsOf)) => Hold;
        requests::deductions_of(tx, keys!(DeductionsOf)) => Request;
        entries::with_reversals(tx, keys!(Entry)) => Entry;
        enrollments::of_handles(tx, keys!(EnrollmentsOf)) => Enrollment;
        requests::by_ids(tx, keys!(Request)) => Request;
        requests::lately_of_users(tx, keys!(RequestsOf), now) => Request;
        requests::lately_to(tx, &keys!(RequestsTo), now) => Request;
        keys::by_ids(tx, keys!(Key)) => Key;
        keys::of_users(tx, keys!(KeysOf)) => Key;
        printed_codes::by_ids(tx, keys!(PrintedCode)) => PrintedCode;
        printed_codes::of_users(tx, keys!(PrintedCodesOf)) => PrintedCode;
        notifications::by_ids(tx, keys!(Notification)) => Notification;
        preferences::of_users(tx, keys!(Preferences)) => Preferences;
    }
    for user in keys!(PlacesOf) {
        found.extend(staff::of_user(tx, user).await?.into_iter().map(Change::Staff));
    }
    let claimants_max = i64::try_from(CLAIMANTS_MAX).unwrap_or(i64::MAX);
    for address in keys!(Claiming) {
        let rows = users::claiming(tx, &address, claimants_max).await?;
        found.extend(rows.into_iter().map(Change::User));
    }
    let unread_max = i64::try_from(UNREAD_MAX).unwrap_or(i64::MAX);
    for user in keys!(UnreadOf) {
        let rows = notifications::unread_of(tx, user, unread_max).await?;
        found.extend(rows.into_iter().map(Change::Notification));
    }
    for need in &missing {
        match need {
            Need::CodeUse(key, step) => {
                found.extend(code_uses::of_step(tx, *key, *step).await?.map(Change::CodeUse));
            }
            Need::CodeUsesOf(card) => {
                let uses = code_uses::of_card(tx, *card, now.plus_ms(-CODE_USES_COUNT_MS)).await?;
                found.extend(uses.into_iter().map(Change::CodeUse));
            }
            Need::CodeSeen(key, step) => {
                for (step, business) in scans::seen(tx, *key, *step).await? {
                    world.put_seen(*key, step, business);
                }
            }
            Need::Lots(card, before) => {
                let lots = lots::of_card(tx, *card, *before).await?;
                world.put_lots(*card, *before, lots);
            }
            Need::NoticesAbout(handle) => {
                for row in notifications::about(tx, *handle).await? {
                    world.put_about(*handle, row);
                }
            }
            _ => {}
        }
    }
    take_in(world, found, missing);
    Ok(())
}

fn take_in(world: &mut World, found: Vec<Change>, looked_for: BTreeSet<Need>) {
    for row in found {
        world.put(row);
    }
    world.note_loaded(looked_for);
}
