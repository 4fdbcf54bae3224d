//! Loyalty cards and the ledger of points.

use crate::points::Points;
use crate::{
    BusinessId, CardId, DeviceId, EnrollmentId, EntryId, HandleId, OperationId, ProgramId,
    RequestId, StaffId, Timestamp, UserId,
};
use serde::{Deserialize, Serialize};

/// A card: a customer's account of points in one programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    pub id: CardId,
    pub business: BusinessId,
    pub program: ProgramId,
    pub enrollment: EnrollmentId,
    pub handle: HandleId,
    pub user: UserId,
    pub number: String,
    /// The sum of the card's entries.
    pub balance: Points,
    /// Points set aside by open holds.
    pub held: Points,
    /// All that it ever earned, less what was taken back of that; its tier follows from it.
    pub earned: Points,
    /// How many entries it has.
    pub entries: i64,
    pub created_at: Timestamp,
    /// When the person left the programme, or the card was merged into another; nothing is
    /// posted on it after that.
    pub ended_at: Option<Timestamp>,
}

impl Card {
    /// What can be spent: balance less holds, never below zero (SPEC PT-2).
    pub fn available(&self) -> Points {
        Points((self.balance.0 - self.held.0).max(0))
    }

    /// Whether it differs from what it was in more than its points.
    pub fn moves(&self, was: &Card) -> bool {
        let Self { balance, held, earned, entries, .. } = *was;
        *was != Self { balance, held, earned, entries, ..self.clone() }
    }
}

/// The longest reason of an entry, in characters: it is read on a phone.
pub const REASON_MAX: usize = 120;

/// Digits of a card number, the last a check digit.
const NUMBER_LEN: usize = 12;

/// A card number from random bytes: eleven digits and a Luhn check digit (ISO/IEC 7812-1), so
/// that a mistyped number is noticed.
pub fn card_number(random: &[u8; 32]) -> String {
    let mut digits: Vec<u8> = random.iter().take(NUMBER_LEN - 1).map(|byte| byte % 10).collect();
    digits.push((10 - luhn_sum(&digits, true) % 10) % 10);
    digits.iter().map(|digit| char::from(b'0' + digit)).collect()
}

/// A typed card number without its blanks, if its check digit is right.
pub fn parse_card_number(text: &str) -> Option<String> {
    let compact: String = text.chars().filter(|c| !" -".contains(*c)).collect();
    let digits: Vec<u8> = compact.bytes().map(|b| b.wrapping_sub(b'0')).collect();
    let sound = digits.len() == NUMBER_LEN && digits.iter().all(|digit| *digit < 10);
    (sound && luhn_sum(&digits, false).is_multiple_of(10)).then_some(compact)
}

fn luhn_sum(digits: &[u8], double_last: bool) -> u8 {
    let doubled = |i: usize| i.is_multiple_of(2) == double_last;
    let value = |(i, digit): (usize, &u8)| match (doubled(i), digit * 2) {
        (false, _) => *digit,
        (true, twice) if twice > 9 => twice - 9,
        (true, twice) => twice,
    };
    digits.iter().rev().enumerate().map(value).sum()
}

/// What a new line of the ledger says, before its place in it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    pub id: EntryId,
    pub kind: EntryKind,
    pub delta: Points,
    pub amount: Option<i64>,
    pub sale: Option<String>,
    pub reason: Option<String>,
    pub request: Option<RequestId>,
    pub reverses: Option<EntryId>,
    pub staff: Option<StaffId>,
    pub device: Option<DeviceId>,
    pub operation: OperationId,
    pub at: Timestamp,
    pub applied_at: Timestamp,
}

impl NewEntry {
    /// One of the server's own doing, with nothing beside points and kind.
    pub fn plain(
        id: EntryId,
        kind: EntryKind,
        delta: Points,
        operation: OperationId,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            kind,
            delta,
            amount: None,
            sale: None,
            reason: None,
            request: None,
            reverses: None,
            staff: None,
            device: None,
            operation,
            at: now,
            applied_at: now,
        }
    }
}

impl Card {
    /// The card with the line on it, and the line in its place; `None` where the balance would
    /// leave the countable range. The one place where a balance changes.
    pub fn posted(&self, new: NewEntry) -> Option<(Card, Entry)> {
        let balance = self.balance.checked_add(new.delta)?;
        let n = self.entries + 1;
        let entry = Entry {
            id: new.id,
            card: self.id,
            n,
            business: self.business,
            delta: new.delta,
            kind: new.kind,
            balance_after: balance,
            amount: new.amount,
            sale: new.sale,
            reason: new.reason,
            request: new.request,
            reverses: new.reverses,
            staff: new.staff,
            device: new.device,
            operation: new.operation,
            at: new.at,
            applied_at: new.applied_at,
        };
        let earned = match new.kind {
            EntryKind::Earn | EntryKind::Bonus => Points(self.earned.0 + new.delta.0),
            EntryKind::Redeem | EntryKind::Adjust | EntryKind::Expire | EntryKind::Reverse => {
                self.earned
            }
        };
        Some((Card { balance, earned, entries: n, ..self.clone() }, entry))
    }
}

/// What a line of the ledger is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    Earn,
    Bonus,
    /// Points spent, with the customer's yes.
    Redeem,
    /// A manager's correction.
    Adjust,
    Expire,
    /// Takes another entry back.
    Reverse,
}

impl EntryKind {
    /// The kind as it stands on the wire and in the database.
    pub fn name(self) -> &'static str {
        match self {
            EntryKind::Earn => "earn",
            EntryKind::Bonus => "bonus",
            EntryKind::Redeem => "redeem",
            EntryKind::Adjust => "adjust",
            EntryKind::Expire => "expire",
            EntryKind::Reverse => "reverse",
        }
    }
}

/// A line of the ledger; never edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub id: EntryId,
    pub card: CardId,
    /// Its place among the card's entries, from 1.
    pub n: i64,
    pub business: BusinessId,
    pub delta: Points,
    pub kind: EntryKind,
    pub balance_after: Points,
    /// The sale's amount in minor units, where the points came from one.
    pub amount: Option<i64>,
    pub sale: Option<String>,
    pub reason: Option<String>,
    /// The request whose acceptance it is; its answer is kept with channel and signature.
    pub request: Option<RequestId>,
    /// The entry that it takes back.
    pub reverses: Option<EntryId>,
    pub staff: Option<StaffId>,
    pub device: Option<DeviceId>,
    pub operation: OperationId,
    /// The till's time.
    pub at: Timestamp,
    /// The server's time.
    pub applied_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_number_reads_back_and_a_slip_is_noticed() {
        let number = card_number(&[7; 32]);
        assert_eq!(number.len(), NUMBER_LEN);
        let spaced = format!("{} {}-{}", &number[..4], &number[4..8], &number[8..]);
        assert_eq!(parse_card_number(&spaced), Some(number.clone()));
        let slip = format!("8{}", &number[1..]);
        assert_eq!(parse_card_number(&slip), None);
        assert_eq!(parse_card_number("hello"), None);
    }

    #[test]
    fn a_known_luhn_number_passes() {
        assert_eq!(parse_card_number("799273987130"), None);
        assert!(parse_card_number("079927398713").is_some());
    }
}
