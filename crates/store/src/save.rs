//! Writes what verbs decided, in bulk: a row per key, tables in the order of their references.

use crate::db::Tx;
use crate::error::StoreError;
use crate::tables::*;
use reda_domain::effects::Change;
use reda_domain::{HandleId, UserId};
use std::collections::{BTreeMap, BTreeSet};

/// Writes the changes of a batch. Where one row changed several times, its last state is written.
pub async fn save(tx: &mut Tx, changes: &[Change]) -> Result<(), StoreError> {
    macro_rules! write {
        ($($variant:ident => $table:ident),* $(,)?) => {$(
            let mut rows = BTreeMap::new();
            for change in changes {
                if let Change::$variant(row) = change {
                    rows.insert(row.id, row);
                }
            }
            $table::save(tx, rows.into_values()).await?;
        )*};
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
        BusinessCustomer => business_customers,
        Profile => profiles,
        Enrollment => enrollments,
        Card => cards,
        Entry => entries,
        Request => requests,
        Hold => holds,
        Consent => consents,
        Key => keys,
        PrintedCode => printed_codes,
        Scan => scans,
        CodeUse => code_uses,
        Notification => notifications,
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
