//! A business's customers as its lists, its files and its screens show them. Who has not joined
//! shows the name that they chose, and nothing else.

use crate::bodies::people;
use reda_domain::address::Address;
use reda_domain::card::Card;
use reda_domain::customer::BusinessCustomer;
use reda_domain::profile::Notes;
use reda_domain::program::Program;
use reda_domain::request::Request;
use reda_domain::user::User;
use reda_domain::{BusinessId, HandleId, Timestamp};
use reda_protocol::api::{CustomerCard, CustomerLine, FoundStatus};
use reda_store::tables::{business_customers, cards, profiles, programs, requests};
use reda_store::{StoreError, Tx};
use std::collections::{BTreeSet, HashMap};

/// Customers of a business by their handles, in the order of the handles; others are left out.
pub(crate) async fn lines(
    tx: &mut Tx,
    business: BusinessId,
    handles: &[HandleId],
    now: Timestamp,
) -> Result<Vec<CustomerLine>, StoreError> {
    let mut rows = business_customers::by_ids(tx, handles.iter().copied()).await?;
    rows.retain(|it| it.business == business && it.ended_at.is_none());
    let people = people(tx, rows.iter().map(|it| it.user)).await?;
    let ids: Vec<HandleId> = rows.iter().map(|it| it.id).collect();
    let mut wrote: HashMap<HandleId, Notes> =
        profiles::by_ids(tx, ids.clone()).await?.into_iter().map(|it| (it.id, it.wrote)).collect();
    let cards = cards::of_handles(tx, ids.clone()).await?;
    let of: BTreeSet<_> = cards.iter().map(|it| it.program).collect();
    let programs = programs::by_ids(tx, of).await?;
    let cards: Vec<(HandleId, CustomerCard)> =
        cards.iter().map(|it| (it.handle, card(it, &programs))).collect();
    let open = requests::open_of_handles(tx, ids, now).await?;
    let mut found: HashMap<HandleId, CustomerLine> = rows
        .into_iter()
        .filter_map(|it| {
            let user = people.get(&it.user)?;
            let wrote = wrote.remove(&it.id).unwrap_or_default();
            let open = open.iter().find(|request| request.asked.handle == Some(it.id));
            Some((it.id, line(&it, user, wrote, open, &cards)))
        })
        .collect();
    Ok(handles.iter().filter_map(|id| found.remove(id)).collect())
}

fn line(
    it: &BusinessCustomer,
    user: &User,
    wrote: Notes,
    open: Option<&Request>,
    cards: &[(HandleId, CustomerCard)],
) -> CustomerLine {
    let member = it.is_member();
    let address = user.shared_address().filter(|_| member);
    let (phone, email) = match address {
        Some(Address::Phone(phone)) => (Some(phone), None),
        Some(Address::Email(email)) => (None, Some(email)),
        None => (None, None),
    };
    let own = cards.iter().filter(|(handle, _)| *handle == it.id);
    CustomerLine {
        id: it.id,
        status: if member { FoundStatus::Member } else { FoundStatus::Pending },
        name: if member { wrote.name_of(user) } else { user.display_name() },
        phone,
        email,
        tags: wrote.tags,
        visits: it.visits,
        spend: it.spend,
        joined_at: it.joined_at,
        first_visit_at: it.first_visit_at,
        last_visit_at: it.last_visit_at,
        cards: own.map(|(_, card)| card.clone()).collect(),
        request: open.map(|request| request.id),
    }
}

fn card(it: &Card, programs: &[Program]) -> CustomerCard {
    let program = programs.iter().find(|program| program.id == it.program);
    let tier = program.and_then(|program| program.tier_of(it.earned));
    CustomerCard {
        id: it.id,
        number: it.number.clone(),
        program: it.program,
        balance: it.balance,
        held: it.held,
        available: it.available(),
        tier: tier.map(|tier| tier.name.clone()),
        created_at: it.created_at,
    }
}
