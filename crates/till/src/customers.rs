//! The list of the business's customers, and one of them, as the window draws them. Read from
//! the replica, so they are there without the line as well.

use crate::local::{Found, Local, LocalError, Search};
use crate::person;
use reda_domain::money::{Currency, Money};
use reda_domain::{HandleId, ProgramId, Timestamp};
use reda_protocol::entity::{CardBody, MemberBody, ProgramBody};
use reda_protocol::rpc::{
    CardLine, CustomerLine, CustomerView, CustomersQuery, CustomersView, ProgramCard, ProgramLine,
    Seen,
};

/// The longest page.
const PAGE_MAX: u32 = 200;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The members that a query finds.
pub(crate) async fn list(
    local: &Local,
    query: &CustomersQuery,
    now: Timestamp,
) -> Result<CustomersView, LocalError> {
    let days_ago = |days: i64| Some(now.plus_ms(-days * DAY_MS));
    let (seen_since, unseen_since) = match query.seen {
        Seen::Ever => (None, None),
        Seen::ThisWeek => (days_ago(7), None),
        Seen::ThisMonth => (days_ago(30), None),
        Seen::LongAgo => (None, days_ago(90)),
    };
    let search = Search {
        text: query.text.clone(),
        program: query.program,
        seen_since,
        unseen_since,
        sort: query.sort,
        offset: query.offset,
        limit: query.limit.clamp(1, PAGE_MAX),
    };
    let Found { page, count, total } = local.search(&search).await?;
    let currency = currency(local).await?;
    let cards = local.cards_of(page.iter().map(|member| member.id)).await?;
    let of = |member: &MemberBody| {
        let own = cards.iter().filter(|card| card.member == Some(member.id));
        line(member, card_shown(own, query.program), currency)
    };
    let lines = page.iter().map(of).collect();
    let programs = local.programs().await?.into_iter().map(program_line).collect();
    let waiting = local.waiting_requests(now).await?;
    Ok(CustomersView { total, count, page: lines, programs, waiting })
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
    Ok(CustomerView {
        line: Some(line(&member, card_shown(cards.iter(), None), currency(local).await?)),
        phone: member.phone.as_ref().map(|phone| phone.as_str().to_owned()),
        email: member.email.as_ref().map(|email| email.as_str().to_owned()),
        notes: member.notes.clone(),
        tags: member.tags.clone(),
        cards: cards
            .iter()
            .map(|card| ProgramCard { program: card.program_name.clone(), card: card_line(card) })
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

fn line(member: &MemberBody, card: Option<&CardBody>, currency: Currency) -> CustomerLine {
    CustomerLine {
        person: person::member(member),
        card: card.map(card_line),
        spend: Money { amount: member.spend, currency },
        visits: member.visits,
        last_visit_at: member.last_visit_at,
        joined_at: member.joined_at,
    }
}

fn card_line(card: &CardBody) -> CardLine {
    CardLine {
        id: card.id,
        number: card.number.clone(),
        balance: card.balance,
        available: card.available,
        earned: card.earned,
        tier: card.tier.clone(),
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
