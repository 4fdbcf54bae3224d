//! Saving in bulk: repeated rows are folded, references hold, old rows are brought up to date.

use super::TestDb;
use super::rows::*;
use crate::{Tx, save, tables};
use reda_cluster::each_engine;
use reda_domain::card::Card;
use reda_domain::customer::BusinessCustomer;
use reda_domain::effects::Change;
use reda_domain::points::Points;
use reda_domain::request::{Request, RequestStatus};
use reda_domain::*;

async fn balance(tx: &mut Tx) -> i64 {
    tables::cards::by_ids(tx, [card().id]).await.unwrap()[0].balance.0
}

#[each_engine]
async fn of_a_row_that_changed_several_times_the_last_state_is_written() {
    let db = TestDb::open().await;
    let mut tx = db.begin().await;
    let mut changes = everything();
    for balance in [8, 9, 10] {
        changes.push(Change::Card(Card { balance: Points(balance), ..card() }));
    }
    save(&mut tx, &changes).await.unwrap();
    assert_eq!(balance(&mut tx).await, 10);
    let again = [11, 12].map(|it| Change::Card(Card { balance: Points(it), ..card() }));
    save(&mut tx, &again).await.unwrap();
    assert_eq!(balance(&mut tx).await, 12);
}

#[each_engine]
async fn rows_may_come_before_what_they_refer_to() {
    let db = TestDb::open().await;
    let mut tx = db.begin().await;
    let mut changes = everything();
    save(&mut tx, &changes).await.unwrap();
    changes.reverse();
    drop(tx);
    let mut tx = db.begin().await;
    save(&mut tx, &changes).await.unwrap();
    tx.commit().await.unwrap();
}

#[each_engine]
async fn an_award_that_waits_is_added_to_its_request_once() {
    let db = TestDb::open().await;
    let mut tx = db.begin().await;
    save(&mut tx, &everything()).await.unwrap();
    let with_one_more =
        Request { waiting: request().waiting.into_iter().rev().collect(), ..pending() };
    // The awards are the accepted request's: their ids are taken.
    save(&mut tx, &[Change::Request(with_one_more)]).await.unwrap();
    assert_eq!(tables::requests::find(&mut tx, pending().id).await.unwrap(), Some(pending()));
    save(&mut tx, &[Change::Request(request())]).await.unwrap();
    assert_eq!(tables::requests::find(&mut tx, request().id).await.unwrap(), Some(request()));
}

#[each_engine]
async fn a_request_that_closes_makes_room_for_a_newer_one_in_the_same_batch() {
    let db = TestDb::open().await;
    let mut tx = db.begin().await;
    save(&mut tx, &everything()).await.unwrap();
    let (status, closed_at) = (RequestStatus::Expired, Some(NOW));
    let closed = Request { status, closed_at, ..pending() };
    // Its id may sort before the old one's: the asker's clock made it.
    let newer = Request { id: RequestId(id(5)), ..pending() };
    save(&mut tx, &[Change::Request(newer), Change::Request(closed)]).await.unwrap();
}

#[each_engine]
async fn a_stranger_becomes_a_member_in_place() {
    let db = TestDb::open().await;
    let mut tx = db.begin().await;
    let stranger = BusinessCustomer::stranger(handle().id, business().id, user().id, NOW);
    let first = [
        Change::User(user()),
        Change::Business(business()),
        Change::BusinessCustomer(stranger.clone()),
    ];
    save(&mut tx, &first).await.unwrap();
    let found = tables::business_customers::by_ids(&mut tx, [handle().id]).await.unwrap();
    assert_eq!(found, [stranger]);
    save(&mut tx, &[Change::Customer(customer()), Change::BusinessCustomer(handle())])
        .await
        .unwrap();
    let found = tables::business_customers::by_ids(&mut tx, [handle().id]).await.unwrap();
    assert_eq!(found, [handle()]);
}

#[each_engine]
async fn what_was_not_committed_is_not_there() {
    let db = TestDb::open().await;
    let mut tx = db.begin().await;
    save(&mut tx, &everything()).await.unwrap();
    drop(tx);
    let mut tx = db.snapshot().await;
    assert_eq!(tables::users::count(&mut tx).await.unwrap(), 0);
}

#[each_engine]
async fn a_snapshot_is_of_one_moment() {
    let db = TestDb::open().await;
    let mut before = db.snapshot().await;
    assert_eq!(tables::users::count(&mut before).await.unwrap(), 0);
    let mut tx = db.begin().await;
    save(&mut tx, &everything()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(tables::users::count(&mut before).await.unwrap(), 0);
    let mut after = db.snapshot().await;
    assert_eq!(tables::users::count(&mut after).await.unwrap(), 2);
}
