//! The list of the business's customers, and one of them, as the window draws them. Read from
//! the replica, so they are there without the line as well.

use crate::local::{Found, Local, LocalError, Search};
use crate::person;
use crate::waiting;
use reda_domain::money::{Currency, Money};
use reda_domain::tier;
use reda_domain::{HandleId, ProgramId, Timestamp};
use reda_protocol::entity::{CardBody, MemberBody, ProgramBody};
use reda_protocol::rpc::{
    CardLine, CustomerLine, CustomerView, CustomersQuery, CustomersView, ProgramCard, ProgramLine,
    Seen,
};

/// The longest page.
const PAGE_MAX: u32 = 200;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The customers that a query finds.
pub(crate) async fn list(
    local: &Local,
    query: &CustomersQuery,
    now: Timestamp,
) -> Result<CustomersView, LocalError> {
    let programs = local.programs().await?;
    let asked = waiting::everyone(local, &programs, now).await?;
    let waiting = counted(asked.len());
    let Found { page, count, total } = local.search(&search(query, &programs, now)).await?;
    let (page, count) = if query.filter.waiting {
        let rows = waiting::found(asked, query, now);
        let page = rows.iter().skip(query.offset as usize).take(limit(query) as usize);
        (page.cloned().collect(), counted(rows.len()))
    } else {
        (lines(local, &page, query.filter.program, &programs).await?, count)
    };
    let programs = programs.into_iter().map(program_line).collect();
    Ok(CustomersView { total, count, page, programs, waiting })
}

fn counted(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}

fn limit(query: &CustomersQuery) -> u32 {
    query.limit.clamp(1, PAGE_MAX)
}

fn search(query: &CustomersQuery, programs: &[ProgramBody], now: Timestamp) -> Search {
    let filter = &query.filter;
    let (seen_since, unseen_since) = since(filter.seen, now);
    let looked_at = programs.iter().filter(|it| filter.program.is_none_or(|one| one == it.id));
    let tiers = looked_at.map(|it| (it.id, it.tiers.as_slice()));
    Search {
        text: filter.text.clone(),
        program: filter.program,
        tiers: filter.tier.as_deref().map(|name| tier::bands(tiers, name)),
        seen_since,
        unseen_since,
        sort: query.sort,
        offset: query.offset,
        limit: limit(query),
    }
}

/// From when on somebody was here, and since when not.
pub(crate) fn since(seen: Seen, now: Timestamp) -> (Option<Timestamp>, Option<Timestamp>) {
    let days_ago = |days: i64| Some(now.plus_ms(-days * DAY_MS));
    match seen {
        Seen::Ever => (None, None),
        Seen::ThisWeek => (days_ago(7), None),
        Seen::ThisMonth => (days_ago(30), None),
        Seen::LongAgo => (None, days_ago(90)),
    }
}

/// Members as rows, each with the card of the programme that is looked at, if it is one.
pub(crate) async fn lines(
    local: &Local,
    members: &[MemberBody],
    program: Option<ProgramId>,
    programs: &[ProgramBody],
) -> Result<Vec<CustomerLine>, LocalError> {
    let currency = currency(local).await?;
    let cards = local.cards_of(members.iter().map(|member| member.id)).await?;
    let of = |member: &MemberBody| {
        let own = cards.iter().filter(|card| card.member == Some(member.id));
        line(member, card_shown(own, program), programs, currency)
    };
    Ok(members.iter().map(of).collect())
}

/// One member, whole.
pub(crate) async fn one(local: &Local, id: HandleId) -> Result<CustomerView, LocalError> {
    let Some(member) = local.member(id).await? else {
        return Ok(CustomerView {
            line: None,
            phone: None,
            email: None,
            notes: String::new(),
            tags: Vec::new(),
            cards: Vec::new(),
        });
    };
    let cards = local.cards_of([id]).await?;
    let programs = local.programs().await?;
    let shown = card_shown(cards.iter(), None);
    Ok(CustomerView {
        line: Some(line(&member, shown, &programs, currency(local).await?)),
        phone: member.phone.as_ref().map(|phone| phone.as_str().to_owned()),
        email: member.email.as_ref().map(|email| email.as_str().to_owned()),
        notes: member.notes.clone(),
        tags: member.tags.clone(),
        cards: cards
            .iter()
            .map(|card| ProgramCard {
                program: card.program_name.clone(),
                card: card_line(card, &programs),
            })
            .collect(),
    })
}

/// The shop's currency.
pub(crate) async fn currency(local: &Local) -> Result<Currency, LocalError> {
    Ok(local.business().await?.map_or(Currency::KES, |shop| shop.currency))
}

/// The card of the programme that is looked at, else the one with the most points.
fn card_shown<'a>(
    mut cards: impl Iterator<Item = &'a CardBody> + Clone,
    program: Option<ProgramId>,
) -> Option<&'a CardBody> {
    let richest = cards.clone().max_by_key(|card| card.balance);
    cards.find(|card| Some(card.program) == program).or(richest)
}

fn line(
    member: &MemberBody,
    card: Option<&CardBody>,
    programs: &[ProgramBody],
    currency: Currency,
) -> CustomerLine {
    CustomerLine {
        person: person::member(member),
        card: card.map(|card| card_line(card, programs)),
        spend: Money { amount: member.spend, currency },
        visits: member.visits,
        first_visit_at: member.first_visit_at,
        last_visit_at: member.last_visit_at,
        joined_at: member.joined_at,
        waiting: false,
    }
}

/// A card, in the tier that the programme's newest rule puts it in: the card's own body may be older.
fn card_line(card: &CardBody, programs: &[ProgramBody]) -> CardLine {
    let program = programs.iter().find(|program| program.id == card.program);
    let tiers = program.map_or(&[][..], |program| &program.tiers);
    CardLine {
        id: card.id,
        number: card.number.clone(),
        balance: card.balance,
        available: card.available,
        earned: card.earned,
        tier: tier::reached(tiers, card.earned).map(|tier| tier.name.clone()),
    }
}

pub(crate) fn program_line(program: ProgramBody) -> ProgramLine {
    ProgramLine {
        id: program.id,
        name: program.name,
        status: program.status,
        earn: program.earn,
        tiers: program.tiers,
    }
}
