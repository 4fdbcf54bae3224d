//! What points buy: a business's whole list, what a person's card can be spent on, and what else
//! their cards can come to.

use super::ApiError;
use super::extract::Path;
use crate::app::App;
use crate::auth::{Caller, Person, StaffToken};
use crate::bodies::reward_body;
use crate::days::zone_of;
use crate::lapsing;
use axum::Json;
use axum::extract::State;
use reda_domain::card::Card;
use reda_domain::permission::Action;
use reda_domain::{BusinessId, CardId, Timestamp};
use reda_protocol::api::{CardOffer, Expiring, Page};
use reda_protocol::entity::RewardBody;
use reda_store::tables::{businesses, cards, lots, programs, rewards};
use reda_store::{StoreError, Tx};

pub(crate) async fn of_business(
    State(app): State<App>,
    caller: Caller,
    staff: StaffToken,
    Path(business): Path<BusinessId>,
) -> Result<Json<Page<RewardBody>>, ApiError> {
    caller.may(&app, business, Action::IdentifyCustomer, &staff).await?;
    let mut tx = app.db.snapshot().await?;
    let rows = rewards::of_business(&mut tx, business).await?;
    Ok(Json(Page { items: rows.into_iter().map(reward_body).collect(), next: None }))
}

pub(crate) async fn of_card(
    State(app): State<App>,
    person: Person,
    Path(card): Path<CardId>,
) -> Result<Json<Page<RewardBody>>, ApiError> {
    let mut tx = app.db.snapshot().await?;
    let own = cards::by_ids(&mut tx, [card]).await?.pop().filter(|it| it.user == person.user);
    let card = own.ok_or_else(|| ApiError::of("card_unknown"))?;
    let rows = rewards::of_program(&mut tx, card.program).await?;
    Ok(Json(Page { items: rows.into_iter().map(reward_body).collect(), next: None }))
}

pub(crate) async fn offers(
    State(app): State<App>,
    person: Person,
) -> Result<Json<Page<CardOffer>>, ApiError> {
    let now = app.config.clock.now();
    let mut tx = app.db.snapshot().await?;
    let mut items = vec![];
    for card in cards::of_users(&mut tx, [person.user]).await? {
        items.extend(offer(&mut tx, &card, now).await?);
    }
    Ok(Json(Page { items, next: None }))
}

async fn offer(tx: &mut Tx, card: &Card, now: Timestamp) -> Result<Option<CardOffer>, StoreError> {
    let program = programs::by_ids(tx, [card.program]).await?.pop();
    let shop = businesses::by_ids(tx, [card.business]).await?.pop();
    let (Some(program), Some(shop)) = (program, shop) else { return Ok(None) };
    let rewards = rewards::of_program(tx, program.id).await?;
    let zone = zone_of(&shop);
    let lapsing = match lapsing::horizon(&program, now, &zone) {
        None => vec![],
        Some(horizon) => {
            let left = lots::of_card(tx, card.id, horizon).await?;
            lapsing::ahead(&program, card.balance, &left, now, &zone)
        }
    };
    Ok(Some(CardOffer {
        card: card.id,
        rewards: rewards.into_iter().map(reward_body).collect(),
        tiers: program.tiers,
        expiring: lapsing
            .into_iter()
            .map(|(on, points)| Expiring { points, on: on.to_string() })
            .collect(),
    }))
}
