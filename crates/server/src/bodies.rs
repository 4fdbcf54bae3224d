//! Bodies of entities, read from the tables and projected for a scope.

use reda_domain::address::Address;
use reda_domain::business::{Business, Staff};
use reda_domain::card::Card;
use reda_domain::customer::BusinessCustomer;
use reda_domain::notice::Notification;
use reda_domain::preferences::Preferences as PreferencesRow;
use reda_domain::profile::Notes;
use reda_domain::program::Program;
use reda_domain::request::{Request, RequestKind, RequestStatus};
use reda_domain::reward::Reward;
use reda_domain::scope::{EntityKind, Scope};
use reda_domain::user::{CustomerKey, User};
use reda_domain::wording::{self, Sharing};
use reda_domain::{
    BusinessId, CardId, DeviceId, HandleId, KeyId, NotificationId, PrintedCodeId, ProgramId,
    RequestId, RewardId, StaffId, Timestamp, UserId,
};
use reda_protocol::entity::*;
use reda_store::tables::*;
use reda_store::{StoreError, Tx};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Requests stay in the feeds this long after they closed, in milliseconds.
const CLOSED_SHOWN_MS: i64 = 24 * 60 * 60 * 1000;
/// Notifications stay in the feeds this long, in milliseconds.
const NOTIFICATIONS_SHOWN_MS: i64 = 90 * 24 * 60 * 60 * 1000;

/// The bodies by kind and id; what the scope does not show (any more) is missing.
pub(crate) type Bodies = HashMap<(EntityKind, Uuid), Value>;

/// Reads the bodies of `ids` as `scope` shows them, set by set.
pub(crate) async fn read(
    tx: &mut Tx,
    scope: Scope,
    wanted: &[(EntityKind, Uuid)],
    now: Timestamp,
) -> Result<Bodies, StoreError> {
    let mut bodies = Bodies::new();
    for kind in EntityKind::ALL {
        let ids: Vec<Uuid> = wanted.iter().filter(|(it, _)| *it == kind).map(|it| it.1).collect();
        if ids.is_empty() {
            continue;
        }
        let found = of_kind(tx, scope, kind, &ids, now).await?;
        bodies.extend(found.into_iter().map(|(id, body)| ((kind, id), body)));
    }
    Ok(bodies)
}

type Found = Vec<(Uuid, Value)>;

async fn of_kind(
    tx: &mut Tx,
    scope: Scope,
    kind: EntityKind,
    ids: &[Uuid],
    now: Timestamp,
) -> Result<Found, StoreError> {
    match kind {
        EntityKind::Business => businesses(tx, scope, ids).await,
        EntityKind::Program => programs_(tx, ids).await,
        EntityKind::Reward => {
            let rows = rewards::by_ids(tx, ids.iter().map(|id| RewardId(*id))).await?;
            Ok(rows.into_iter().map(|it| (it.id.0, json(&reward_body(it)))).collect())
        }
        EntityKind::Staff => staff_(tx, ids).await,
        EntityKind::Device => devices_(tx, ids).await,
        EntityKind::Member => members(tx, ids).await,
        EntityKind::Key => keys_(tx, scope, ids).await,
        EntityKind::PrintedCode => printed_codes_(tx, ids).await,
        EntityKind::Card => {
            let mut cards = cards::by_ids(tx, ids.iter().map(|id| CardId(*id))).await?;
            cards.retain(|it| it.ended_at.is_none() && is_theirs(scope, Some(it.user)));
            let bodies = card_bodies(tx, scope, cards).await?;
            Ok(bodies.into_iter().map(|body| (body.id.0, json(&body))).collect())
        }
        EntityKind::Request => {
            let rows = requests::by_ids(tx, ids.iter().map(|id| RequestId(*id))).await?;
            let horizon = now.plus_ms(-CLOSED_SHOWN_MS);
            let shown = rows.into_iter().filter(|it| {
                it.closed_at.is_none_or(|at| at > horizon) && is_theirs(scope, it.asked.user)
            });
            let bodies = request_bodies(tx, scope, shown.collect()).await?;
            Ok(bodies.into_iter().map(|body| (body.id.0, json(&body))).collect())
        }
        EntityKind::Notification => {
            let rows = notifications::by_ids(tx, ids.iter().map(|id| NotificationId(*id))).await?;
            let horizon = now.plus_ms(-NOTIFICATIONS_SHOWN_MS);
            let shown = rows.iter().filter(|it| it.created_at > horizon);
            Ok(shown.map(|it| (it.id.0, json(&notification_body(it)))).collect())
        }
        EntityKind::Preferences => preferences_(tx, scope, ids).await,
        EntityKind::User => {
            let rows = users::by_ids(tx, ids.iter().map(|id| UserId(*id))).await?;
            Ok(rows.iter().map(|user| (user.id.0, json(&user_body(user)))).collect())
        }
    }
}

fn json(body: &impl Serialize) -> Value {
    serde_json::to_value(body).expect("a body is plain data")
}

/// Whether a person's feed still shows what is `user`'s: who left a business leaves their place
/// in its books to a pseudonym.
fn is_theirs(scope: Scope, user: Option<UserId>) -> bool {
    match scope {
        Scope::User(reader) => user == Some(reader),
        Scope::Business(_) | Scope::Platform => true,
    }
}

/// A business itself; in a person's feed those that they share data with.
async fn businesses(tx: &mut Tx, scope: Scope, ids: &[Uuid]) -> Result<Found, StoreError> {
    let mut rows = businesses::by_ids(tx, ids.iter().map(|id| BusinessId(*id))).await?;
    if let Scope::User(user) = scope {
        let handles = business_customers::of_users(tx, [user]).await?;
        rows.retain(|it| handles.iter().any(|own| own.business == it.id && own.is_member()));
    }
    Ok(rows.iter().map(|it| (it.id.0, json(&business_body(scope, it)))).collect())
}

async fn programs_(tx: &mut Tx, ids: &[Uuid]) -> Result<Found, StoreError> {
    let rows = programs::by_ids(tx, ids.iter().map(|id| ProgramId(*id))).await?;
    Ok(rows.into_iter().map(|it| (it.id.0, json(&program_body(it)))).collect())
}

async fn staff_(tx: &mut Tx, ids: &[Uuid]) -> Result<Found, StoreError> {
    let mut rows = staff::by_ids(tx, ids.iter().map(|id| StaffId(*id))).await?;
    rows.retain(Staff::is_live);
    let people = people(tx, rows.iter().map(|it| it.user)).await?;
    let with_pin = staff_pins::having(tx, rows.iter().map(|it| it.id)).await?;
    let body = |it: &Staff| StaffBody {
        id: it.id,
        name: people.get(&it.user).map(User::display_name).unwrap_or_default(),
        role: it.role,
        has_pin: with_pin.contains(&it.id),
    };
    Ok(rows.iter().map(|it| (it.id.0, json(&body(it)))).collect())
}

async fn devices_(tx: &mut Tx, ids: &[Uuid]) -> Result<Found, StoreError> {
    let rows = devices::by_ids(tx, ids.iter().map(|id| DeviceId(*id))).await?;
    let body = |it: reda_domain::business::Device| {
        let (revoked, locked) = (it.revoked_at.is_some(), it.locked_at.is_some());
        (it.id.0, json(&DeviceBody { id: it.id, name: it.name, revoked, locked }))
    };
    Ok(rows.into_iter().map(body).collect())
}

async fn members(tx: &mut Tx, ids: &[Uuid]) -> Result<Found, StoreError> {
    let rows = business_customers::by_ids(tx, ids.iter().map(|id| HandleId(*id))).await?;
    let people = people(tx, rows.iter().map(|it| it.user)).await?;
    let profiles = profiles::by_ids(tx, rows.iter().map(|it| it.id)).await?;
    let body = |it: &BusinessCustomer| {
        let user = people.get(&it.user).filter(|_| it.is_member())?;
        let wrote = profiles.iter().find(|profile| profile.id == it.id)?.wrote.clone();
        Some((it.id.0, json(&member_body(it, user, wrote))))
    };
    Ok(rows.iter().filter_map(body).collect())
}

async fn keys_(tx: &mut Tx, scope: Scope, ids: &[Uuid]) -> Result<Found, StoreError> {
    let rows = keys::by_ids(tx, ids.iter().map(|id| KeyId(*id))).await?;
    let handles = match scope {
        Scope::Business(_) => {
            business_customers::of_users(tx, rows.iter().map(|key| key.user)).await?
        }
        Scope::User(_) | Scope::Platform => vec![],
    };
    let body = |key: CustomerKey| {
        let member = match scope {
            Scope::Business(business) => {
                let own = |it: &&BusinessCustomer| it.business == business && it.user == key.user;
                Some(handles.iter().find(own).filter(|it| it.is_member())?.id)
            }
            Scope::User(_) | Scope::Platform => None,
        };
        let label = member.is_none().then_some(key.label);
        let body = KeyBody {
            id: key.id,
            code_id: key.code_id,
            member,
            public_key: key.public_key,
            label,
            revoked: key.revoked_at.is_some(),
            created_at: key.created_at,
        };
        Some((key.id.0, json(&body)))
    };
    Ok(rows.into_iter().filter_map(body).collect())
}

async fn printed_codes_(tx: &mut Tx, ids: &[Uuid]) -> Result<Found, StoreError> {
    let rows = printed_codes::by_ids(tx, ids.iter().map(|id| PrintedCodeId(*id))).await?;
    let body = |it: reda_domain::customer::PrintedCode| {
        let (_, member) = it.issued_by?;
        let revoked = it.revoked_at.is_some();
        Some((it.id.0, json(&PrintedCodeBody { id: it.id, member, revoked })))
    };
    Ok(rows.into_iter().filter_map(body).collect())
}

/// A person's own choices by their id, or those of staff by their place's.
async fn preferences_(tx: &mut Tx, scope: Scope, ids: &[Uuid]) -> Result<Found, StoreError> {
    let places = match scope {
        Scope::Business(_) => staff::by_ids(tx, ids.iter().map(|id| StaffId(*id))).await?,
        Scope::User(_) | Scope::Platform => vec![],
    };
    let own = ids.iter().map(|id| UserId(*id)).filter(|_| matches!(scope, Scope::User(_)));
    let whose: BTreeSet<UserId> = own.chain(places.iter().map(|it| it.user)).collect();
    let mut found = vec![];
    for it in preferences::of_users(tx, whose).await? {
        if let Scope::User(_) = scope {
            let PreferencesRow { id, switches, sms_phone, .. } = it;
            found.push((id.0, json(&PreferencesBody { staff: None, switches, sms_phone })));
        } else if let Some(place) = places.iter().find(|place| place.user == it.id) {
            let (staff, switches) = (Some(place.id), it.switches);
            found.push((place.id.0, json(&PreferencesBody { staff, switches, sms_phone: None })));
        }
    }
    Ok(found)
}

/// The people of these ids.
pub(crate) async fn people(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = UserId>,
) -> Result<HashMap<UserId, User>, StoreError> {
    let ids: BTreeSet<UserId> = ids.into_iter().collect();
    Ok(users::by_ids(tx, ids).await?.into_iter().map(|user| (user.id, user)).collect())
}

/// The names that cards and requests carry.
struct Names {
    shops: HashMap<BusinessId, String>,
    programs: HashMap<ProgramId, Program>,
}

impl Names {
    async fn read(
        tx: &mut Tx,
        of: impl Iterator<Item = (BusinessId, ProgramId)>,
    ) -> Result<Self, StoreError> {
        let (shops, programmes): (BTreeSet<_>, BTreeSet<_>) = of.unzip();
        let shops = businesses::by_ids(tx, shops).await?;
        let programs = programs::by_ids(tx, programmes).await?;
        Ok(Self {
            shops: shops.into_iter().map(|it| (it.id, it.name)).collect(),
            programs: programs.into_iter().map(|it| (it.id, it)).collect(),
        })
    }

    fn shop(&self, id: BusinessId) -> String {
        self.shops.get(&id).cloned().unwrap_or_default()
    }

    fn program(&self, id: ProgramId) -> String {
        self.programs.get(&id).map(|it| it.name.clone()).unwrap_or_default()
    }

    fn tier(&self, card: &Card) -> Option<String> {
        let tier = self.programs.get(&card.program)?.tier_of(card.earned)?;
        Some(tier.name.clone())
    }
}

/// Cards as a scope shows them.
pub(crate) async fn card_bodies(
    tx: &mut Tx,
    scope: Scope,
    cards: Vec<Card>,
) -> Result<Vec<CardBody>, StoreError> {
    let names = Names::read(tx, cards.iter().map(|it| (it.business, it.program))).await?;
    let body = |it: Card| CardBody {
        id: it.id,
        program: it.program,
        program_name: names.program(it.program),
        business: it.business,
        business_name: names.shop(it.business),
        member: matches!(scope, Scope::Business(_)).then_some(it.handle),
        balance: it.balance,
        held: it.held,
        available: it.available(),
        tier: names.tier(&it),
        earned: it.earned,
        created_at: it.created_at,
        number: it.number,
    };
    Ok(cards.into_iter().map(body).collect())
}

/// Requests as a scope shows them.
pub(crate) async fn request_bodies(
    tx: &mut Tx,
    scope: Scope,
    rows: Vec<Request>,
) -> Result<Vec<RequestBody>, StoreError> {
    let names = Names::read(tx, rows.iter().map(|it| (it.business, it.program))).await?;
    let people = people(tx, rows.iter().filter_map(|it| it.asked.user)).await?;
    let for_shop = matches!(scope, Scope::Business(_));
    let body = |it: Request| {
        let user = it.asked.user.and_then(|user| people.get(&user)).filter(|_| !for_shop);
        let (shop, program) = (names.shop(it.business), names.program(it.program));
        let sharing = sharing(&it, user);
        // Who was asked through an address showed no name.
        let by_code = it.asked.user.filter(|_| it.asked.address.is_none());
        let shown = by_code.and_then(|user| people.get(&user)).map(User::display_name);
        let (shares, never_shares) = match it.kind {
            RequestKind::Enrollment => (sharing.shares.clone(), sharing.never_shares.clone()),
            RequestKind::PointsDeduction => (vec![], vec![]),
        };
        let joins = it.kind == RequestKind::Enrollment;
        let open = joins && it.status == RequestStatus::Pending;
        RequestBody {
            id: it.id,
            kind: it.kind,
            status: it.status,
            business: it.business,
            text: open.then(|| wording::now(&shop, &program, &sharing)),
            business_name: shop,
            program: it.program,
            program_name: program,
            customer: it.asked.handle.filter(|_| for_shop),
            asked_name: shown.filter(|_| for_shop && open),
            asked_by: it.device.filter(|_| for_shop),
            asked_address: it.asked.address.as_ref().filter(|_| for_shop).map(Address::masked),
            asked_at: it.asked_at,
            expires_at: it.expires_at,
            counter_until: it.counter_until,
            seen_at: it.seen_at,
            closed_at: it.closed_at,
            card: it.card,
            points: it.deducts(),
            reason: it.deduction.as_ref().map(|asked| asked.reason.clone()),
            reward: it.deduction.as_ref().and_then(|asked| asked.reward),
            waiting: it.waiting_points(),
            shares,
            never_shares,
            wording: wording::of(it.kind).to_owned(),
        }
    };
    Ok(rows.into_iter().map(body).collect())
}

/// What accepting shares, as far as the scope may know who would share it.
fn sharing(it: &Request, user: Option<&User>) -> Sharing {
    match (user.filter(|user| !user.is_profile()), &it.asked.address) {
        (Some(user), _) => Sharing::of(user),
        (None, Some(address)) => Sharing::to_address(address),
        (None, None) => Sharing::unknown(),
    }
}

/// A business; only its own staff and tills see its settings.
pub(crate) fn business_body(scope: Scope, it: &Business) -> BusinessBody {
    BusinessBody {
        id: it.id,
        name: it.name.clone(),
        country: it.country.clone(),
        currency: it.currency,
        settings: matches!(scope, Scope::Business(_)).then(|| it.settings.clone()),
    }
}

/// A programme.
pub(crate) fn program_body(it: Program) -> ProgramBody {
    ProgramBody {
        id: it.id,
        name: it.name,
        kind: it.kind,
        status: it.status,
        earn: it.earn,
        welcome_bonus: it.welcome_bonus,
        tiers: it.tiers,
        expiry: it.expiry,
    }
}

/// A reward.
pub(crate) fn reward_body(it: Reward) -> RewardBody {
    RewardBody {
        id: it.id,
        program: it.program,
        name: it.name,
        cost: it.cost,
        gives: it.gives,
        status: it.status,
    }
}

fn member_body(it: &BusinessCustomer, user: &User, wrote: Notes) -> MemberBody {
    // Of whom the shop wrote down, it knows what it wrote.
    let (phone, email) = match user.shared_address().or_else(|| user.profile_address()) {
        Some(Address::Phone(phone)) => (Some(phone), None),
        Some(Address::Email(email)) => (None, Some(email)),
        None => (None, None),
    };
    MemberBody {
        id: it.id,
        name: wrote.name_of(user),
        notes: wrote.notes,
        tags: wrote.tags,
        phone,
        email,
        visits: it.visits,
        spend: it.spend,
        joined_at: it.joined_at,
        first_visit_at: it.first_visit_at,
        last_visit_at: it.last_visit_at,
    }
}

/// A notification.
pub(crate) fn notification_body(it: &Notification) -> NotificationBody {
    NotificationBody {
        id: it.id,
        staff: it.staff.map(|(_, staff)| staff),
        kind: it.kind.clone(),
        title: it.title.clone(),
        message: it.message.clone(),
        related_type: it.related.as_ref().map(|(kind, _)| kind.clone()),
        related_id: it.related.as_ref().map(|(_, id)| id.to_string()),
        metadata: it.metadata.clone(),
        is_read: it.is_read,
        created_at: it.created_at,
    }
}

/// A person, to themselves.
pub(crate) fn user_body(it: &User) -> UserBody {
    UserBody {
        id: it.id,
        display_name: it.display_name(),
        name: it.name.clone(),
        phone: it.phone.clone(),
        phone_verified: it.phone_verified,
        email: it.email.clone(),
        email_verified: it.email_verified,
        language: it.language,
    }
}
