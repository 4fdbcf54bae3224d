//! Writes what verbs decided, in bulk: a row per key, tables in the order of their references.

use crate::db::Tx;
use crate::error::StoreError;
use crate::tables::feed::OwnPlaces;
use crate::tables::*;
use reda_domain::effects::Change;
use reda_domain::{HandleId, UserId};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Writes changes. Where one row changed several times, its last state is written.
pub async fn save(tx: &mut Tx, changes: &[Change]) -> Result<(), StoreError> {
    save_moving(tx, changes, |_| true, &OwnPlaces::new()).await
}

/// The same, for whoever knows which rows are new or are different in more than their numbers
/// (`World::moves`), of others only those are written, where the table can; and where those rows
/// now stand in feeds that keep their place themselves.
pub async fn save_moving(
    tx: &mut Tx,
    changes: &[Change],
    is_moved: impl Fn(Uuid) -> bool,
    places: &OwnPlaces,
) -> Result<(), StoreError> {
    /// The last state of each row of a kind.
    macro_rules! last {
        ($variant:ident) => {{
            let mut rows = BTreeMap::new();
            for change in changes {
                if let Change::$variant(row) = change {
                    rows.insert(row.id, row);
                }
            }
            rows.into_values()
        }};
    }
    macro_rules! write {
        ($($variant:ident => $table:ident $(($places:ident))?),* $(,)?) => {
            $($table::save(tx, last!($variant) $(, $places)?).await?;)*
        };
    }
    macro_rules! write_or_count {
        ($variant:ident => $table:ident $(($places:ident))?) => {
            let (moved, counted): (Vec<_>, Vec<_>) =
                last!($variant).partition(|row| is_moved(row.id.0));
            $table::save(tx, moved.into_iter() $(, $places)?).await?;
            $table::save_numbers(tx, counted.into_iter() $(, $places)?).await?;
        };
    }
    write! {
        User => users,
        Business => businesses,
        Staff => staff,
        StaffPin => staff_pins,
        Device => devices,
        Program => programs,
        Reward => rewards,
        Customer => customers,
    }
    write_or_count!(BusinessCustomer => business_customers);
    write! {
        Profile => profiles,
        Enrollment => enrollments,
    }
    write_or_count!(Card => cards(places));
    write! {
        Entry => entries,
        Request => requests,
        Hold => holds,
        Consent => consents,
        Key => keys,
        PrintedCode => printed_codes,
        Scan => scans,
        CodeUse => code_uses,
        Notification => notifications(places),
        Parting => partings,
        Preferences => preferences,
        Erasure => erasures,
    }
    for change in changes {
        if let Change::Unsaid(row) = change {
            notifications::delete(tx, row.id).await?;
        }
    }
    let (users, handles) = relisted(changes);
    profiles::relist(tx, users, handles).await
}

/// Whose listings may have become different.
fn relisted(changes: &[Change]) -> (BTreeSet<UserId>, BTreeSet<HandleId>) {
    let mut users = BTreeSet::new();
    let mut handles = BTreeSet::new();
    for change in changes {
        match change {
            Change::User(it) => drop(users.insert(it.id)),
            Change::Enrollment(it) => drop(handles.insert(it.handle)),
            Change::Profile(it) => drop(handles.insert(it.id)),
            _ => {}
        }
    }
    (users, handles)
}
