//! A file per table: its columns, its rows, and the questions asked of it.

pub mod attempts;
pub mod audit;
pub mod business_customers;
pub mod businesses;
pub mod cards;
pub mod code_uses;
pub mod consents;
pub mod customers;
pub mod device_credentials;
pub mod devices;
pub mod enrollments;
pub mod entries;
pub mod erasures;
pub mod expiry_days;
pub mod feed;
pub mod holds;
pub mod interactions;
pub mod invitations;
pub mod job_leases;
pub mod keys;
pub mod lots;
pub mod members;
pub mod notifications;
pub mod one_time_codes;
pub mod operations;
pub mod partings;
pub mod preferences;
pub mod printed_codes;
pub mod profiles;
pub mod programs;
pub mod request_links;
pub mod requests;
pub mod reviews;
pub mod rewards;
pub mod scans;
pub mod secrets;
pub mod sessions;
pub mod short_codes;
pub mod staff;
pub mod staff_pins;
pub mod users;

use crate::db::{Row, Val};
use crate::error::StoreError;
use reda_domain::Timestamp;
use reda_domain::language::Language;

/// A name kept in a column, read back into what it means.
fn named<T>(
    table: &'static str,
    column: &'static str,
    value: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<T, StoreError> {
    let corrupt = || StoreError::Corrupt { table, column, value: value.to_owned() };
    read(value).ok_or_else(corrupt)
}

/// A name as serde spells it.
fn spelled<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}

/// The spelling that [`spelled`] reads.
fn spell<T: serde::Serialize>(value: T) -> Val {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text.into(),
        other => unreachable!("a unit variant is a string, not {other:?}"),
    }
}

/// What a column keeps as JSON.
fn json<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

/// The text that [`json`] reads.
fn to_json<T: serde::Serialize>(value: &T) -> Val {
    serde_json::to_string(value).expect("plain data").into()
}

fn language(table: &'static str, text: &str) -> Result<Language, StoreError> {
    named(table, "language", text, spelled)
}

fn at(row: &Row, i: usize) -> Result<Timestamp, StoreError> {
    Ok(Timestamp(row.get(i)?))
}

fn at_opt(row: &Row, i: usize) -> Result<Option<Timestamp>, StoreError> {
    Ok(row.get::<Option<i64>>(i)?.map(Timestamp))
}

fn when(at: Option<Timestamp>) -> Val {
    at.map(|at| at.0).into()
}

fn text(value: &Option<String>) -> Val {
    value.as_deref().into()
}

/// `SELECT columns FROM table rest` and the upsert of the same columns, kept together so that
/// the three lists cannot drift. The first argument is a `$`, for the macro that this one makes.
macro_rules! table {
    ($d:tt, $table:literal, $columns:literal, $holes:literal, $update:literal) => {
        macro_rules! select {
                                    ($d rest:literal) => {
                                        concat!("SELECT ", $columns, " FROM ", $table, " ", $d rest)
                                    };
                                }
        const INSERT: &str = concat!("INSERT INTO ", $table, " (", $columns, ")");
        const HOLES: &str = $holes;
        const ON_CONFLICT: &str = $update;
    };
}
use table;
