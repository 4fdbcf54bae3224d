//! A world has what was saved of everything that was named, and knows what is not there.

use super::TestDb;
use super::rows::*;
use crate::{Tx, load, save, tables};
use reda_cluster::each_engine;
use reda_domain::address::{Address, AddressHash, Email};
use reda_domain::needs::Need;
use reda_domain::settings::ASK_AGAIN_DAYS_MAX;
use reda_domain::world::World;
use reda_domain::*;

/// A small filled database.
async fn filled() -> (TestDb, Tx) {
    let db = TestDb::open().await;
    let mut tx = db.begin().await;
    save(&mut tx, &everything()).await.expect("saved");
    (db, tx)
}

async fn world(tx: &mut Tx, needs: &[Need], now: Timestamp) -> World {
    let mut world = World::default();
    load(tx, &mut world, needs.to_vec(), now).await.expect("loaded");
    world
}

fn phone() -> Address {
    Address::Phone(user().phone.expect("Amina has one"))
}

#[each_engine]
async fn every_need_finds_its_rows_as_they_were_saved() {
    let (_db, mut tx) = filled().await;
    let shop = business().id;
    let amina = user().id;
    macro_rules! finds {
        ($($need:expr, $world:ident => $found:expr, $expected:expr;)*) => {$(
            let $world = world(&mut tx, &[$need], NOW).await;
            assert_eq!($found, $expected, "{:?}", $need);
        )*};
    }
    finds! {
        Need::User(amina), w => w.user(amina).unwrap().cloned(), Some(user());
        Need::User(bare_user().id), w => w.user(bare_user().id).unwrap().cloned(), Some(bare_user());
        Need::UserAt(phone()), w => w.user_at(&phone()).unwrap().cloned(), Some(user());
        Need::Business(shop), w => w.business(shop).unwrap().cloned(), Some(business());
        Need::StaffOf(shop), w => w.staff_of(shop).unwrap().cloned().collect::<Vec<_>>(), [staff()];
        Need::Staff(staff().id), w => w.staff(staff().id).unwrap().cloned(), Some(staff());
        Need::Device(device().id), w => w.device(device().id).unwrap().cloned(), Some(device());
        Need::Claiming(phone()), w => w.claiming(&phone()).unwrap().count(), 0;
        Need::Program(program().id), w => w.program(program().id).unwrap().cloned(), Some(program());
        Need::ProgramOfCard(card().id), w => w.program(program().id).unwrap().cloned(), Some(program());
        Need::ProgramsOf(amina), w => w.program(program().id).unwrap().cloned(), Some(program());
        Need::Reward(reward().id), w => w.reward(reward().id).unwrap().cloned(), Some(reward());
        Need::RewardsOf(program().id), w => w.rewards_of(program().id).unwrap().count(), 0;
        Need::Handle(handle().id), w => w.handle(handle().id).unwrap().cloned(), Some(handle());
        Need::HandlesOf(amina), w => w.handle_of(shop, amina).unwrap().cloned(), Some(handle());
        Need::CustomerOf(amina), w => w.customer_of(amina).unwrap().cloned(), Some(customer());
        Need::Card(card().id), w => w.card(card().id).unwrap().cloned(), Some(card());
        Need::CardNumbered(card().number), w =>
            w.card_numbered(&card().number).unwrap().cloned(), Some(card());
        Need::CardsOf(amina), w => w.cards_of(shop, amina).unwrap().cloned().collect::<Vec<_>>(), [card()];
        Need::Hold(hold().id), w => w.hold(hold().id).unwrap().cloned(), Some(hold());
        Need::DeductionsOf(card().id), w => {
            let open = w.open_holds_of(card().id).unwrap();
            (open, w.request(deduction().id).unwrap().cloned())
        }, (vec![&hold()], Some(deduction()));
        Need::Entry(entry().id), w => {
            let reversal = w.reversal_of(entry().id).unwrap().cloned();
            (w.entry(entry().id).unwrap().cloned(), reversal)
        }, (Some(entry()), Some(reversal()));
        Need::Request(request().id), w => w.request(request().id).unwrap().cloned(), Some(request());
        Need::RequestsOf(amina), w =>
            w.requests_of(shop, amina).unwrap().cloned().collect::<Vec<_>>(), [pending()];
        Need::RequestsTo(declined().asked.hash.unwrap()), w => {
            let to = declined().asked.hash.unwrap();
            w.requests_to(shop, &to).unwrap().cloned().collect::<Vec<_>>()
        }, [declined()];
        Need::Key(key().id), w => w.key(key().id).unwrap().cloned(), Some(key());
        Need::KeysOf(amina), w => w.keys_of(amina).unwrap().cloned().collect::<Vec<_>>(), [key()];
        Need::CodeUse(key().id, 7), w => w.code_use(key().id, 7).unwrap().cloned(), Some(code_use());
        Need::CodeUsesOf(card().id), w =>
            w.code_uses_of(card().id).unwrap().cloned().collect::<Vec<_>>(), [code_use()];
        Need::PrintedCode(printed_code().id), w =>
            w.printed_code(printed_code().id).unwrap().cloned(), Some(printed_code());
        Need::Notification(notification().id), w =>
            w.notification(notification().id).unwrap().cloned(), Some(notification());
        Need::UnreadOf(bare_user().id), w =>
            w.unread_of(bare_user().id).unwrap().cloned().collect::<Vec<_>>(), [notification()];
        Need::UnreadOf(amina), w => w.unread_of(amina).unwrap().count(), 0;
    }
}

#[each_engine]
async fn what_is_not_there_is_loaded_as_absent() {
    let (_db, mut tx) = filled().await;
    let none = id(999);
    let address = Address::Email(Email::from_kept("nobody@example.com".to_owned()));
    let hash = AddressHash("hash of nobody@example.com".to_owned());
    let needs = [
        Need::User(UserId(none)),
        Need::UserAt(address.clone()),
        Need::Business(BusinessId(none)),
        Need::StaffOf(BusinessId(none)),
        Need::Staff(StaffId(none)),
        Need::Device(DeviceId(none)),
        Need::Claiming(address.clone()),
        Need::Program(ProgramId(none)),
        Need::Handle(HandleId(none)),
        Need::HandlesOf(UserId(none)),
        Need::CustomerOf(UserId(none)),
        Need::Card(CardId(none)),
        Need::CardNumbered("1".to_owned()),
        Need::CardsOf(UserId(none)),
        Need::Request(RequestId(none)),
        Need::RequestsOf(UserId(none)),
        Need::ProfilesAt(address.clone()),
        Need::WroteOf(UserId(none)),
        Need::RequestsTo(hash.clone()),
        Need::Key(KeyId(none)),
        Need::KeysOf(UserId(none)),
        Need::PrintedCode(PrintedCodeId(none)),
        Need::Notification(NotificationId(none)),
        Need::UnreadOf(UserId(none)),
    ];
    let world = world(&mut tx, &needs, NOW).await;
    assert_eq!(world.user(UserId(none)), Ok(None));
    assert_eq!(world.user_at(&address), Ok(None));
    assert_eq!(world.business(BusinessId(none)), Ok(None));
    assert_eq!(world.staff_of(BusinessId(none)).unwrap().count(), 0);
    assert_eq!(world.staff(StaffId(none)), Ok(None));
    assert_eq!(world.device(DeviceId(none)), Ok(None));
    assert_eq!(world.claiming(&address).unwrap().count(), 0);
    assert_eq!(world.program(ProgramId(none)), Ok(None));
    assert_eq!(world.handle(HandleId(none)), Ok(None));
    assert_eq!(world.handles_of(UserId(none)).unwrap().count(), 0);
    assert_eq!(world.customer_of(UserId(none)), Ok(None));
    assert_eq!(world.card(CardId(none)), Ok(None));
    assert_eq!(world.card_numbered("1"), Ok(None));
    assert_eq!(world.cards_of(BusinessId(none), UserId(none)).unwrap().count(), 0);
    assert_eq!(world.request(RequestId(none)), Ok(None));
    assert_eq!(world.requests_of(BusinessId(none), UserId(none)).unwrap().count(), 0);
    assert_eq!(world.requests_to(BusinessId(none), &hash).unwrap().count(), 0);
    assert_eq!(world.key(KeyId(none)), Ok(None));
    assert_eq!(world.keys_of(UserId(none)).unwrap().count(), 0);
    assert_eq!(world.printed_code(PrintedCodeId(none)), Ok(None));
    assert_eq!(world.notification(NotificationId(none)), Ok(None));
    assert_eq!(world.unread_of(UserId(none)).unwrap().count(), 0);
    assert!(world.missing(needs).is_empty());
}

#[each_engine]
async fn what_nobody_named_is_no_absence() {
    let (_db, mut tx) = filled().await;
    let world = world(&mut tx, &[Need::Business(business().id)], NOW).await;
    assert!(world.user(user().id).is_err());
    assert!(world.cards_of(business().id, user().id).is_err());
}

#[each_engine]
async fn an_unproven_address_finds_nobody() {
    let db = TestDb::open().await;
    let mut tx = db.begin().await;
    let claimed = user::User { phone_verified: false, ..user() };
    save(&mut tx, &[effects::Change::User(claimed)]).await.unwrap();
    let mut world = world(&mut tx, &[Need::UserAt(phone())], NOW).await;
    assert_eq!(world.user_at(&phone()), Ok(None));
    let claiming = Need::Claiming(phone());
    load(&mut tx, &mut world, [claiming], NOW).await.unwrap();
    assert_eq!(world.claiming(&phone()).unwrap().count(), 1);
    // To sign in with, an unproven one is good enough.
    let found = tables::users::signing_in_with(&mut tx, &phone(), 5).await.unwrap();
    assert_eq!(found.len(), 1);
}

#[each_engine]
async fn a_no_is_loaded_for_as_long_as_any_business_counts_it() {
    let (_db, mut tx) = filled().await;
    let to = declined().asked.hash.unwrap();
    let last =
        declined().closed_at.unwrap().plus_ms(i64::from(ASK_AGAIN_DAYS_MAX) * 24 * 60 * 60 * 1000);
    for (now, found) in [(last.plus_ms(-1), 1), (last, 0)] {
        let world = world(&mut tx, &[Need::RequestsTo(to.clone())], now).await;
        assert_eq!(world.requests_to(business().id, &to).unwrap().count(), found);
    }
}

#[each_engine]
async fn what_the_batch_changed_is_not_loaded_over() {
    let (_db, mut tx) = filled().await;
    let mut world = world(&mut tx, &[Need::User(user().id)], NOW).await;
    let renamed = user::User { name: Some("Anna".to_owned()), ..user() };
    world.put(effects::Change::User(renamed.clone()));
    load(&mut tx, &mut world, [Need::User(user().id)], NOW).await.unwrap();
    assert_eq!(world.user(user().id), Ok(Some(&renamed)));
}
