//! What points buy: a business's whole list, and what a person's card can be spent on.

use super::ApiError;
use super::extract::Path;
use crate::app::App;
use crate::auth::{Caller, Person, StaffToken};
use crate::bodies::reward_body;
use axum::Json;
use axum::extract::State;
use reda_domain::permission::Action;
use reda_domain::{BusinessId, CardId};
use reda_protocol::api::Page;
use reda_protocol::entity::RewardBody;
use reda_store::tables::{cards, rewards};

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
