//! Every statement of every table is one that the engine takes.

use super::TestDb;
use super::rows::*;
use crate::tables::device_credentials::Credential;
use crate::tables::invitations::Invitation;
use crate::tables::one_time_codes::{Binding, OneTimeCode};
use crate::tables::operations::{Answered, By, Known};
use crate::tables::{feed::Head, sessions::Session, *};
use crate::{StoreError, ills, save};
use reda_cluster::each_engine;
use reda_domain::address::{Address, AddressHash, Email};
use reda_domain::request::RequestStatus;
use reda_domain::scope::{EntityKind, Scope, Touched};
use reda_domain::*;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

#[each_engine]
async fn every_read_works_on_an_empty_database() {
    let db = TestDb::open().await;
    let mut tx = db.snapshot().await;
    let tx = &mut tx;
    let (user, shop) = (UserId(id(1)), BusinessId(id(1)));
    let email = Address::Email(Email::from_kept("a@example.com".to_owned()));
    let phone = Address::from_kept("+254722000412".to_owned());
    macro_rules! empty {
        ($($read:expr),* $(,)?) => {$(
            assert!($read.await.unwrap().into_iter().next().is_none(), stringify!($read));
        )*};
    }
    empty!(
        attempts::find(tx, "pin", "a"),
        audit::first_broken(tx, Scope::Platform),
        audit::verify_all(tx),
        audit::unaudited(tx, 1),
        business_customers::by_ids(tx, [HandleId(id(1))]),
        business_customers::of_users(tx, [user]),
        businesses::by_ids(tx, [shop]),
        businesses::find(tx, shop),
        businesses::first(tx),
        cards::by_ids(tx, [CardId(id(1))]),
        cards::by_numbers(tx, &["1"]),
        cards::of_users(tx, [user]),
        code_uses::of_step(tx, KeyId(id(1)), 1),
        code_uses::of_card(tx, CardId(id(1)), NOW),
        customers::of_users(tx, [user]),
        device_credentials::find(tx, DeviceId(id(1))),
        device_credentials::of_devices(tx, [DeviceId(id(1))]),
        devices::by_ids(tx, [DeviceId(id(1))]),
        devices::of_business(tx, shop),
        devices::find(tx, DeviceId(id(1))),
        enrollments::by_ids(tx, [EnrollmentId(id(1))]),
        entries::of_card(tx, CardId(id(1)), 1, 1),
        expiry_days::last(tx, ProgramId(id(1)), NOW),
        lots::aging(tx, ProgramId(id(1)), NOW, CardId(id(1)), 1),
        lots::idle(tx, ProgramId(id(1)), NOW, CardId(id(1)), 1),
        programs::expiring(tx),
        reviews::of_business(tx, shop, (NOW, id(1)), 1),
        reviews::awards_before(tx, [id(1)]),
        rewards::by_ids(tx, [RewardId(id(1))]),
        rewards::of_business(tx, shop),
        rewards::of_program(tx, ProgramId(id(1))),
        entries::disagreeing(tx),
        feed::heads(tx, &BTreeSet::from([Scope::Platform])),
        feed::head(tx, Scope::User(user)),
        feed::between(tx, Scope::User(user), 0, 9, 9),
        keys::by_ids(tx, [KeyId(id(1))]),
        keys::by_code_id(tx, key().code_id),
        keys::of_users(tx, [user]),
        notifications::by_ids(tx, [NotificationId(id(1))]),
        notifications::unread_of(tx, user, 1),
        notifications::of_user(tx, user, 1, 0),
        operations::known(tx, [OperationId(id(1))]),
        crate::tables::preferences::of_users(tx, [user]),
        ills::without_card(tx),
        ills::unposted(tx),
        ills::astray_codes(tx),
        ills::behind(tx),
        ills::untold(tx),
        printed_codes::by_ids(tx, [PrintedCodeId(id(1))]),
        programs::by_ids(tx, [ProgramId(id(1))]),
        programs::of_business(tx, shop),
        requests::by_ids(tx, [RequestId(id(1))]),
        requests::find(tx, RequestId(id(1))),
        requests::lately_of_users(tx, [user], NOW),
        requests::lately_to(tx, &[AddressHash("hash".to_owned())], NOW),
        requests::of_user(tx, user, None, requests::NEWEST, 1),
        requests::run_out(tx, NOW, 1),
        requests::deductions_of(tx, [CardId(id(1))]),
        holds::by_ids(tx, [HoldId(id(1))]),
        holds::open_of_cards(tx, [CardId(id(1))]),
        holds::disagreeing(tx),
        entries::with_reversals(tx, [EntryId(id(1))]),
        requests::of_user(tx, user, Some(RequestStatus::Pending), requests::NEWEST, 1),
        scans::reasons(tx, shop),
        scans::seen(tx, KeyId(id(1)), 1),
        sessions::find(tx, SessionId(id(1))),
        sessions::live_of_user(tx, user, NOW, 1),
        staff::by_ids(tx, [StaffId(id(1))]),
        staff::find(tx, StaffId(id(1))),
        staff::of_businesses(tx, [shop]),
        staff::of_user(tx, user),
        staff::waiting_for(tx, &[email.clone(), phone.clone()]),
        staff_pins::find(tx, StaffId(id(1))),
        staff_pins::having(tx, [StaffId(id(1))]),
        users::by_ids(tx, [user]),
        users::claiming(tx, &email, 1),
        users::claiming(tx, &phone, 1),
        users::find(tx, user),
        users::owning(tx, &[&email, &phone]),
        users::written_down_at(tx, &[&email, &phone]),
        users::signing_in_with(tx, &email, 1),
        users::signing_in_with(tx, &phone, 1),
    );
    assert_eq!(operations::count(tx).await.unwrap(), 0);
    assert_eq!(users::count(tx).await.unwrap(), 0);
    assert!(!users::is_expected(tx, &email).await.unwrap());
    assert!(!users::is_expected(tx, &phone).await.unwrap());
    assert_eq!(notifications::count_of_user(tx, user).await.unwrap(), 0);
}

#[each_engine]
async fn a_session_is_rotated_and_revoked() {
    let db = TestDb::open().await;
    let mut tx = db.begin().await;
    save(&mut tx, &everything()).await.unwrap();
    let session = Session {
        id: SessionId(id(50)),
        user: user().id,
        refresh_hash: "first".to_owned(),
        previous_hash: None,
        label: "Firefox".to_owned(),
        created_at: NOW,
        used_at: NOW,
        expires_at: NOW.plus_ms(1),
        revoked_at: None,
    };
    sessions::add(&mut tx, &session).await.unwrap();
    assert_eq!(sessions::find(&mut tx, session.id).await.unwrap(), Some(session.clone()));
    let (now, until) = (NOW.plus_ms(1), NOW.plus_ms(9));
    assert!(sessions::rotate(&mut tx, &session, "second", "first", now, until).await.unwrap());
    // Who saw it as it was before comes too late.
    assert!(!sessions::rotate(&mut tx, &session, "third", "first", now, until).await.unwrap());
    sessions::revoke(&mut tx, session.id, NOW.plus_ms(3)).await.unwrap();
    // A session ends once.
    sessions::revoke(&mut tx, session.id, NOW.plus_ms(4)).await.unwrap();
    let expected = Session {
        refresh_hash: "second".to_owned(),
        previous_hash: Some("first".to_owned()),
        used_at: now,
        expires_at: until,
        revoked_at: Some(NOW.plus_ms(3)),
        ..session
    };
    assert_eq!(sessions::find(&mut tx, expected.id).await.unwrap(), Some(expected));
    let nobodys = sessions::revoke(&mut tx, SessionId(id(51)), NOW).await;
    assert!(matches!(nobodys, Err(StoreError::NotOne { changed: 0, .. })));
}

#[each_engine]
async fn signing_out_everywhere_ends_all_sessions_but_one() {
    let db = TestDb::open().await;
    let mut tx = db.begin().await;
    save(&mut tx, &everything()).await.unwrap();
    let session = |n: u128| Session {
        id: SessionId(id(n)),
        user: user().id,
        refresh_hash: "hash".to_owned(),
        previous_hash: None,
        label: "Firefox".to_owned(),
        created_at: NOW,
        used_at: NOW.plus_ms(i64::try_from(n).unwrap()),
        expires_at: NOW.plus_ms(100),
        revoked_at: None,
    };
    for n in 50..53 {
        sessions::add(&mut tx, &session(n)).await.unwrap();
    }
    let live = async |tx: &mut crate::Tx, now: i64| {
        let rows = sessions::live_of_user(tx, user().id, NOW.plus_ms(now), 9).await.unwrap();
        rows.into_iter().map(|it| it.id.0).collect::<Vec<_>>()
    };
    assert_eq!(live(&mut tx, 0).await, [id(52), id(51), id(50)]);
    assert!(live(&mut tx, 100).await.is_empty());
    sessions::revoke_all(&mut tx, user().id, Some(SessionId(id(51))), NOW).await.unwrap();
    assert_eq!(live(&mut tx, 0).await, [id(51)]);
    sessions::revoke_all(&mut tx, user().id, None, NOW).await.unwrap();
    assert!(live(&mut tx, 0).await.is_empty());
}

#[each_engine]
async fn a_credential_is_rotated_by_whoever_saw_it_last() {
    let db = TestDb::open().await;
    let mut tx = db.begin().await;
    save(&mut tx, &everything()).await.unwrap();
    let credential = |current: &str, previous: Option<&str>| Credential {
        device: device().id,
        current_hash: current.to_owned(),
        previous_hash: previous.map(str::to_owned),
        used_at: NOW,
    };
    let (first, second) = (credential("1", None), credential("2", Some("1")));
    device_credentials::put(&mut tx, &first).await.unwrap();
    assert!(device_credentials::rotate(&mut tx, &first, &second).await.unwrap());
    assert!(!device_credentials::rotate(&mut tx, &first, &second).await.unwrap());
    let found = device_credentials::find(&mut tx, device().id).await.unwrap();
    assert_eq!(found, Some(second));
    device_credentials::put(&mut tx, &first).await.unwrap();
    let found = device_credentials::of_devices(&mut tx, [device().id]).await.unwrap();
    assert_eq!(found, [first]);
}

#[each_engine]
async fn an_invitation_is_used_once_and_tried_only_so_often() {
    let db = TestDb::open().await;
    let mut tx = db.begin().await;
    save(&mut tx, &everything()).await.unwrap();
    let invitation = |hash: &str| Invitation {
        tag: "ABC".to_owned(),
        business: business().id,
        device: None,
        staff: staff().id,
        code_hash: hash.to_owned(),
        tries_left: 2,
        expires_at: NOW.plus_ms(9),
    };
    let first = invitation("first");
    assert!(invitations::add(&mut tx, &first, NOW).await.unwrap());
    assert!(!invitations::add(&mut tx, &invitation("second"), NOW).await.unwrap());
    for left in [Some(1), Some(0), None] {
        let tried = invitations::take_try(&mut tx, "ABC", NOW).await.unwrap();
        assert_eq!(tried.map(|it| it.tries_left), left);
    }
    assert!(invitations::remove(&mut tx, &first).await.unwrap());
    assert!(!invitations::remove(&mut tx, &first).await.unwrap());
    assert!(invitations::add(&mut tx, &first, NOW).await.unwrap());
    assert_eq!(invitations::take_try(&mut tx, "ABC", NOW.plus_ms(9)).await.unwrap(), None);
    // What ran out makes room.
    assert!(invitations::add(&mut tx, &invitation("third"), NOW.plus_ms(9)).await.unwrap());
}

#[each_engine]
async fn a_code_is_tried_only_so_often_and_only_by_whom_it_is_for() {
    let db = TestDb::open().await;
    let mut tx = db.begin().await;
    let binding = |browser: Option<&str>| Binding {
        kind: "sign_in",
        subject: "phone".to_owned(),
        browser_hash: browser.map(str::to_owned),
    };
    let code = |hash: &str| OneTimeCode {
        binding: binding(Some("here")),
        code_hash: hash.to_owned(),
        tries_left: 2,
        expires_at: NOW.plus_ms(9),
    };
    one_time_codes::put(&mut tx, &code("old")).await.unwrap();
    one_time_codes::put(&mut tx, &code("new")).await.unwrap();
    let (here, there) = (binding(Some("here")), binding(Some("there")));
    for other in [there, binding(None), Binding { kind: "address", ..here.clone() }] {
        assert_eq!(one_time_codes::take_try(&mut tx, &other, NOW).await.unwrap(), None);
    }
    assert_eq!(one_time_codes::take_try(&mut tx, &here, NOW.plus_ms(9)).await.unwrap(), None);
    for expected in [Some("new"), Some("new"), None] {
        let tried = one_time_codes::take_try(&mut tx, &here, NOW).await.unwrap();
        assert_eq!(tried.as_deref(), expected);
    }
    assert!(!one_time_codes::remove(&mut tx, &here, "old").await.unwrap());
    assert!(one_time_codes::remove(&mut tx, &here, "new").await.unwrap());
    one_time_codes::put(&mut tx, &code("new")).await.unwrap();
    assert_eq!(one_time_codes::sweep(&mut tx, NOW.plus_ms(10)).await.unwrap(), 1);
}

#[each_engine]
async fn attempts_are_counted_within_a_window() {
    let db = TestDb::open().await;
    let mut tx = db.begin().await;
    let count = async |tx: &mut crate::Tx, since: i64, now: i64| {
        let (since, now) = (NOW.plus_ms(since), NOW.plus_ms(now));
        attempts::count(tx, "pin", "grace", since, now).await.unwrap().n
    };
    assert_eq!(count(&mut tx, 0, 0).await, 1);
    assert_eq!(count(&mut tx, 0, 1).await, 2);
    attempts::give_back(&mut tx, "pin", "grace").await.unwrap();
    assert_eq!(count(&mut tx, 0, 1).await, 2, "one was taken back");
    for _ in 0..3 {
        attempts::give_back(&mut tx, "pin", "grace").await.unwrap();
    }
    assert_eq!(attempts::find(&mut tx, "pin", "grace").await.unwrap(), None);
    assert_eq!([count(&mut tx, 0, 0).await, count(&mut tx, 0, 1).await], [1, 2]);
    attempts::lock(&mut tx, "pin", "grace", NOW.plus_ms(60)).await.unwrap();
    let counted = attempts::find(&mut tx, "pin", "grace").await.unwrap().unwrap();
    assert_eq!((counted.since, counted.locked_until), (NOW, Some(NOW.plus_ms(60))));
    assert_eq!(count(&mut tx, 1, 2).await, 1, "the window went on");
    let counted = attempts::find(&mut tx, "pin", "grace").await.unwrap().unwrap();
    assert_eq!((counted.since, counted.locked_until), (NOW.plus_ms(2), None));
    attempts::forget(&mut tx, "pin", "grace").await.unwrap();
    assert_eq!(attempts::find(&mut tx, "pin", "grace").await.unwrap(), None);
    count(&mut tx, 0, 0).await;
    assert_eq!(attempts::sweep(&mut tx, NOW.plus_ms(1)).await.unwrap(), 1);
}

#[each_engine]
async fn a_secret_is_made_once() {
    let db = TestDb::open().await;
    let mut tx = db.begin().await;
    assert_eq!(secrets::get_or_make(&mut tx, "a", "first", NOW).await.unwrap(), "first");
    assert_eq!(secrets::get_or_make(&mut tx, "a", "second", NOW).await.unwrap(), "first");
    assert_eq!(secrets::get_or_make(&mut tx, "b", "second", NOW).await.unwrap(), "second");
}

#[each_engine]
async fn an_operation_is_known_by_its_id_and_added_once() {
    let db = TestDb::open().await;
    let mut tx = db.begin().await;
    let known = Known {
        id: OperationId(id(60)),
        hash: "hash".to_owned(),
        kind: "scan",
        by: By::Staff { staff: staff().id, device: None },
        business: Some(business().id),
        result: json!({ "data": { "card": 1 } }).to_string(),
        applied_at: NOW,
        business_seq: Some(7),
        user_seq: None,
    };
    operations::add(&mut tx, std::slice::from_ref(&known)).await.unwrap();
    let found =
        operations::known(&mut tx, [known.id, known.id, OperationId(id(61))]).await.unwrap();
    assert_eq!(found.len(), 1);
    let answered = Answered {
        hash: "hash".to_owned(),
        result: json!({ "data": { "card": 1 } }),
        moved: vec![(Scope::Business(business().id), 7)],
    };
    assert_eq!(found[&known.id], answered);
    operations::add(&mut tx, &[known]).await.unwrap();
    assert!(tx.flush().await.is_err());
}

#[each_engine]
async fn an_entity_stands_in_a_feed_once_at_its_newest_number() {
    let db = TestDb::open().await;
    let mut tx = db.begin().await;
    let scope = Scope::User(user().id);
    let at = |n: u128| Touched { scope, entity: EntityKind::Request, id: id(n) };
    feed::save(&mut tx, &[(at(1), 1), (at(2), 2), (at(3), 3)]).await.unwrap();
    feed::save(&mut tx, &[(at(1), 4)]).await.unwrap();
    let order = async |tx: &mut crate::Tx, since, to, limit| {
        let places = feed::between(tx, scope, since, to, limit).await.unwrap();
        places.into_iter().map(|it| (it.id, it.seq)).collect::<Vec<_>>()
    };
    let all = [(id(2), 2), (id(3), 3), (id(1), 4)];
    assert_eq!(order(&mut tx, 0, 4, 9).await, all);
    assert_eq!(order(&mut tx, 2, 4, 9).await, all[1..]);
    assert_eq!(order(&mut tx, 0, 3, 9).await, all[..2]);
    assert_eq!(order(&mut tx, 0, 4, 1).await, all[..1]);

    let head = Head { epoch: 7, seq: 4, ..Head::default() };
    feed::save_heads(&mut tx, &BTreeMap::from([(scope, head.clone())])).await.unwrap();
    let later = Head { epoch: 8, seq: 5, ..head };
    feed::save_heads(&mut tx, &BTreeMap::from([(scope, later.clone())])).await.unwrap();
    let kept = feed::head(&mut tx, scope).await.unwrap();
    assert_eq!(kept, Some(Head { epoch: 7, ..later }), "no operation changes the epoch");
}

#[each_engine]
async fn an_audit_chain_is_broken_by_any_change() {
    let db = TestDb::open().await;
    let done = |n: u128| Known {
        id: OperationId(id(n)),
        hash: String::new(),
        kind: "scan",
        by: By::Server,
        business: None,
        result: "{}".to_owned(),
        applied_at: NOW,
        business_seq: None,
        user_seq: None,
    };
    let done = [done(1), done(2), done(3)];
    let mut tx = db.begin().await;
    let mut head = Head { epoch: 7, ..Head::default() };
    let lines: Vec<_> =
        done.iter().map(|it| audit::chain(Scope::Platform, &mut head, it)).collect();
    operations::add(&mut tx, &done).await.unwrap();
    audit::add(&mut tx, &lines).await.unwrap();
    feed::save_heads(&mut tx, &BTreeMap::from([(Scope::Platform, head)])).await.unwrap();
    assert_eq!(audit::first_broken(&mut tx, Scope::Platform).await.unwrap(), None);
    tx.commit().await.unwrap();
    for (forgery, broken) in [
        ("UPDATE operations SET actor = 'nobody' WHERE id = $1", 2),
        ("UPDATE operations SET applied_at_ms = 1 WHERE id = $1", 1),
        ("UPDATE operations SET result = '', kind = 'scan{}' WHERE id = $1", 3),
        ("UPDATE operations SET hash = 'x' WHERE id = $1", 3),
        ("DELETE FROM operations WHERE id = $1", 2),
        ("UPDATE audit_log SET hash = $2 WHERE operation_id = $1", 3),
        ("DELETE FROM audit_log WHERE operation_id = $1", 2),
        ("DELETE FROM audit_log WHERE operation_id = $1", 3),
    ] {
        let mut tx = db.begin().await;
        for (table, guard) in [("audit_log", "is_never"), ("operations", "are_never")] {
            for what in ["edited", "deleted"] {
                let on = if tx.is_alone() { String::new() } else { format!(" ON {table}") };
                let drop = format!("DROP TRIGGER {table}_{guard}_{what}{on}");
                tx.exec(drop, vec![]).await.unwrap();
            }
        }
        let forged = done[broken - 1].id;
        let mut vals = vec![forged.0.into()];
        if forgery.contains("$2") {
            vals.push([0_u8; 32].as_slice().into());
        }
        assert_eq!(tx.exec(forgery, vals).await.unwrap(), 1);
        let found = audit::first_broken(&mut tx, Scope::Platform).await.unwrap();
        assert_eq!(found, i64::try_from(broken).ok(), "{forgery}");
    }
}
