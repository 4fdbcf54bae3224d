//! What the ledger is asked: the same as the rules say of its lines.

use super::TestDb;
use super::rows::*;
use crate::tables::{lots, reviews};
use crate::{Tx, save};
use reda_cluster::each_engine;
use reda_domain::card::{Card, Entry, EntryKind};
use reda_domain::effects::Change;
use reda_domain::expiry::Lots;
use reda_domain::points::Points;
use reda_domain::*;
use uuid::Uuid;

/// Lines of a card with these points, an hour apart; some take back the line with that number.
async fn with_lines(tx: &mut Tx, of: &[(i64, Option<i64>)]) -> Vec<Entry> {
    let mut changes = everything();
    changes.retain(|it| !matches!(it, Change::Entry(_) | Change::Card(_)));
    let (mut balance, mut lines) = (0, vec![]);
    for (n, (delta, reverses)) in (1_i64..).zip(of) {
        balance += delta;
        lines.push(Entry {
            id: EntryId(id(200 + u128::from(n.unsigned_abs()))),
            n,
            delta: Points(*delta),
            kind: match reverses {
                Some(_) => EntryKind::Reverse,
                None if *delta > 0 => EntryKind::Earn,
                None => EntryKind::Redeem,
            },
            balance_after: Points(balance),
            reverses: reverses.map(|n| EntryId(id(200 + u128::from(n.unsigned_abs())))),
            applied_at: NOW.plus_ms(n * 3_600_000),
            ..entry()
        });
    }
    let (entries, balance) = (i64::try_from(of.len()).unwrap(), Points(balance));
    changes.push(Change::Card(Card { entries, balance, ..card() }));
    changes.extend(lines.iter().cloned().map(Change::Entry));
    save(tx, &changes).await.unwrap();
    lines
}

#[each_engine]
async fn the_lots_of_a_card_are_those_that_the_rule_finds_in_its_lines() {
    for of in [
        &[][..],
        &[(10, None), (20, None), (-15, None), (5, None)],
        &[(10, None), (20, None), (-20, Some(2)), (-4, None)],
        &[(10, None), (-10, None), (10, Some(2)), (7, None)],
        &[(10, None), (-10, None), (-10, Some(1)), (25, None)],
        &[(10, None), (-3, None), (-7, None)],
    ] {
        let db = TestDb::open().await;
        let mut tx = db.begin().await;
        let lines = with_lines(&mut tx, of).await;
        let last = NOW.plus_ms(100 * 3_600_000);
        for before in lines.iter().map(|it| it.applied_at).chain([last]) {
            let mut expected = Lots::of(&lines);
            expected.lots.retain(|lot| lot.at < before);
            let found = lots::of_card(&mut tx, card().id, before).await.unwrap();
            assert_eq!(found, expected, "{of:?} before {before}");
            let nobody = CardId(Uuid::nil());
            let aging = lots::aging(&mut tx, program().id, before, nobody, 9).await.unwrap();
            assert_eq!(aging.len(), usize::from(!expected.lots.is_empty()), "{of:?} {before}");
        }
    }
}

#[each_engine]
async fn a_card_is_idle_from_its_last_award_or_purchase_on() {
    let db = TestDb::open().await;
    let mut tx = db.begin().await;
    let lines = with_lines(&mut tx, &[(10, None), (20, None), (-20, Some(2))]).await;
    let last = lines[1].applied_at;
    for (before, found) in [(last, 0), (last.plus_ms(1), 1)] {
        let none = CardId(Uuid::nil());
        let idle = lots::idle(&mut tx, program().id, before, none, 9).await.unwrap();
        assert_eq!(idle.len(), found);
        assert_eq!(lots::idle(&mut tx, program().id, before, card().id, 9).await.unwrap(), []);
    }
}

#[each_engine]
async fn the_candidates_of_a_review_come_newest_first_and_go_on_where_they_ended() {
    let db = TestDb::open().await;
    let mut tx = db.begin().await;
    let lines = with_lines(&mut tx, &[(10, None), (20, None), (-5, None), (-20, Some(2))]).await;
    let shop = business().id;
    let end = (Timestamp(i64::MAX), Uuid::max());
    let all = reviews::of_business(&mut tx, shop, end, 9).await.unwrap();
    // What the customer did is nothing to look at.
    let ids: Vec<Uuid> = all.iter().map(|it| it.id).collect();
    assert_eq!(ids, [3, 1, 0].map(|n| lines[n].id.0));
    let page = reviews::of_business(&mut tx, shop, (all[0].at, all[0].id), 1).await.unwrap();
    assert_eq!(page, all[1..2]);
    let awards = reviews::awards_before(&mut tx, ids).await.unwrap();
    assert_eq!((awards.get(&lines[0].id.0), awards.get(&lines[1].id.0)), (Some(&1), Some(&2)));
}
