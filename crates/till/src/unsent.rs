//! What was never answered when the line was lost, this till ended or the server would not have it any
//! more: kept for the owner in a file beside the till's folder, so that it is there when replica and
//! credential are gone. It is read and saved for people, and never sent.

use crate::export;
use crate::private_file::PrivateFile;
use reda_domain::address::Address;
use reda_domain::csv::record;
use reda_domain::money::Money;
use reda_domain::points::Points;
use reda_domain::{OperationId, Timestamp};
use reda_protocol::rpc::{SavedFile, UnsentKind, UnsentLine, UnsentView};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use tracing::warn;

/// A till has 64 under way at most, so this is many tills' lives; beyond, the oldest go.
const KEPT_MAX: usize = 1_000;

const HEAD: [&str; 11] = [
    "at",
    "shop",
    "staff",
    "what",
    "name",
    "phone_or_email",
    "card",
    "points",
    "amount_minor_units",
    "currency",
    "operation",
];

/// One thing that was asked, as far as the till knew what it was about.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Asked {
    pub(crate) id: OperationId,
    pub(crate) at: Timestamp,
    /// The operation's kind, as it stands on the wire.
    pub(crate) kind: String,
    pub(crate) what: UnsentKind,
    pub(crate) shop: Option<String>,
    /// Who was at the till.
    pub(crate) staff: Option<String>,
    pub(crate) name: Option<String>,
    /// A phone number or e-mail address, whole: the owner may have to ask again.
    pub(crate) address: Option<String>,
    /// A card's number.
    pub(crate) card: Option<String>,
    pub(crate) points: Option<Points>,
    pub(crate) amount: Option<Money>,
}

/// The file that keeps it.
#[derive(Clone, Debug)]
pub struct Unsent(PrivateFile);

impl Unsent {
    /// The file in a folder that outlives the till's.
    pub fn in_folder(dir: &Path) -> Self {
        Self(PrivateFile::at(dir.join("unsent.json")))
    }

    /// How many there are.
    pub fn count(&self) -> u32 {
        u32::try_from(self.all().len()).unwrap_or(u32::MAX)
    }

    /// As the window lists them.
    pub fn view(&self) -> UnsentView {
        let line = |it: Asked| UnsentLine {
            id: it.id,
            at: it.at,
            what: it.what,
            whom: it.name.or(it.address.map(|it| Address::from_kept(it).masked())).or(it.card),
            points: it.points,
            amount: it.amount,
            shop: it.shop,
        };
        UnsentView { items: self.all().into_iter().map(line).collect() }
    }

    /// Saves them as CSV among a person's files, under a name of its own.
    pub fn save(&self, folder: &Path) -> io::Result<SavedFile> {
        let rows = self.all().into_iter().map(|it| record(row(it)));
        let text: String = std::iter::once(record(HEAD.map(str::to_owned))).chain(rows).collect();
        export::text(folder, "never-confirmed", "csv", &text)
    }

    /// Deletes them.
    pub fn forget(&self) -> io::Result<()> {
        self.0.remove()
    }

    /// Keeps what is unanswered now in place of what was before, beside what others left.
    pub(crate) fn keep(&self, before: &BTreeSet<OperationId>, now: Vec<Asked>) -> io::Result<()> {
        let mut all = self.all();
        all.retain(|it| !before.contains(&it.id));
        all.extend(now);
        if all.is_empty() {
            return self.0.remove();
        }
        let left_out = all.len().saturating_sub(KEPT_MAX);
        if left_out > 0 {
            warn!("{left_out} things that were never answered are not kept any longer");
            all.drain(..left_out);
        }
        self.0.write(&serde_json::to_vec(&all)?)
    }

    fn all(&self) -> Vec<Asked> {
        let read = self.0.read().and_then(|bytes| {
            Ok(bytes.map(|bytes| serde_json::from_slice(&bytes)).transpose()?.unwrap_or_default())
        });
        read.unwrap_or_else(|error: io::Error| {
            warn!("what was never answered cannot be read: {error}");
            Vec::new()
        })
    }
}

fn row(it: Asked) -> [String; HEAD.len()] {
    [
        it.at.to_string(),
        it.shop.unwrap_or_default(),
        it.staff.unwrap_or_default(),
        it.kind,
        it.name.unwrap_or_default(),
        it.address.unwrap_or_default(),
        it.card.unwrap_or_default(),
        it.points.map(|points| points.0.to_string()).unwrap_or_default(),
        it.amount.map(|money| money.amount.to_string()).unwrap_or_default(),
        it.amount.map(|money| money.currency.code().to_owned()).unwrap_or_default(),
        it.id.to_string(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn asked(n: u128) -> Asked {
        Asked {
            id: OperationId(Uuid::from_u128(n)),
            at: Timestamp(1_793_491_200_000),
            kind: "ask_enrollment".to_owned(),
            what: UnsentKind::AskedToJoin,
            shop: Some("Baraka".to_owned()),
            staff: None,
            name: None,
            address: Some("+254722000412".to_owned()),
            card: None,
            points: None,
            amount: None,
        }
    }

    fn ids(it: &[Asked]) -> BTreeSet<OperationId> {
        it.iter().map(|it| it.id).collect()
    }

    #[test]
    fn what_is_answered_after_all_goes_and_what_another_shop_left_stays() {
        let dir = tempfile::tempdir().unwrap();
        let unsent = Unsent::in_folder(dir.path());
        assert_eq!(unsent.count(), 0);
        unsent.keep(&BTreeSet::new(), vec![asked(1)]).unwrap();
        let mine = vec![asked(2), asked(3)];
        unsent.keep(&BTreeSet::new(), mine.clone()).unwrap();
        assert_eq!(unsent.count(), 3);
        unsent.keep(&ids(&mine), vec![]).unwrap();
        assert_eq!(unsent.view().items[0].id, asked(1).id);
        unsent.forget().unwrap();
        assert_eq!(unsent.count(), 0);
        assert!(!dir.path().join("unsent.json").exists());
    }

    #[test]
    fn a_number_is_whole_in_the_file_alone_and_no_cell_is_a_formula() {
        let dir = tempfile::tempdir().unwrap();
        let unsent = Unsent::in_folder(dir.path());
        let evil = Asked { name: Some("=HYPERLINK(\"x\")".to_owned()), ..asked(2) };
        unsent.keep(&BTreeSet::new(), vec![asked(1), evil]).unwrap();
        let whom: Vec<_> = unsent.view().items.into_iter().map(|it| it.whom.unwrap()).collect();
        assert_eq!(whom, ["0722 ••• 412", "=HYPERLINK(\"x\")"]);
        let saved = unsent.save(dir.path()).unwrap();
        assert_eq!(saved.name, "never-confirmed.csv");
        let text = std::fs::read_to_string(saved.path).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[1].contains(r#",ask_enrollment,,"'+254722000412","#), "{text}");
        assert!(lines[2].contains(r#","'=HYPERLINK(""x"")","#), "{text}");
    }

    #[test]
    fn the_oldest_go_where_there_are_too_many() {
        let dir = tempfile::tempdir().unwrap();
        let unsent = Unsent::in_folder(dir.path());
        let many = (0..=KEPT_MAX as u128).map(asked).collect();
        unsent.keep(&BTreeSet::new(), many).unwrap();
        assert_eq!(unsent.view().items[0].id, asked(1).id);
        assert_eq!(unsent.count() as usize, KEPT_MAX);
    }
}
