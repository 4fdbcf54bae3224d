//! Fills in what a kept result must not hold: names, texts and pictures.

use crate::app::App;
use crate::http::ApiError;
use crate::operations::one_address;
use crate::qr;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use reda_domain::PrintedCodeId;
use reda_domain::address::Address;
use reda_domain::user::User;
use reda_protocol::api::{AskAddress, CustomerFound, PrintedCodeData};
use reda_protocol::operation::{FindCustomer, Verb};
use reda_store::tables::{business_customers, users};
use serde_json::{Value, json};

/// The `data` of an answer, for whoever asked.
pub(crate) async fn filled(app: &App, verb: &Verb, kept: Value) -> Result<Value, ApiError> {
    match verb {
        Verb::Scan(_) => found(app, None, kept).await,
        Verb::FindCustomer(asked) => found(app, Some(asked), kept).await,
        Verb::IssuePrintedCode(_) => printed(app, &kept),
        Verb::CreateCustomer(_)
        | Verb::AskEnrollment(_)
        | Verb::ResendRequest(_)
        | Verb::CancelRequest(_)
        | Verb::RequestDeduction(_)
        | Verb::AdjustPoints(_)
        | Verb::ReverseEntry(_)
        | Verb::AnswerByCode(_)
        | Verb::AnswerInPerson(_)
        | Verb::AwardPoints(_)
        | Verb::RevokePrintedCode(_)
        | Verb::UpdateCustomer(_)
        | Verb::MergeCustomers(_)
        | Verb::CreateProgram(_)
        | Verb::UpdateProgram(_)
        | Verb::CreateReward(_)
        | Verb::UpdateReward(_)
        | Verb::UpdateBusiness(_) => Ok(kept),
    }
}

async fn found(app: &App, asked: Option<&FindCustomer>, kept: Value) -> Result<Value, ApiError> {
    let mut found: CustomerFound =
        serde_json::from_value(kept).map_err(|_| ApiError::of("internal"))?;
    if let Some(customer) = &mut found.customer {
        let mut tx = app.db.snapshot().await?;
        let handle = business_customers::by_ids(&mut tx, [customer.id]).await?.pop();
        let user = match handle {
            Some(handle) => users::find(&mut tx, handle.user).await?,
            None => None,
        };
        customer.display_name = user.as_ref().map(User::display_name).unwrap_or_default();
    } else if let Some(asked) = asked {
        found.ask = Some(match one_address(app, &asked.phone, &asked.email)? {
            Address::Phone(it) => AskAddress { phone: Some(it.as_str().to_owned()), email: None },
            Address::Email(it) => AskAddress { phone: None, email: Some(it.as_str().to_owned()) },
        });
    }
    Ok(json!(found))
}

/// A printed code's text and picture, from its id.
pub(crate) fn printed(app: &App, kept: &Value) -> Result<Value, ApiError> {
    let id: PrintedCodeId = serde_json::from_value(kept["printed_code"].clone())
        .map_err(|_| ApiError::of("internal"))?;
    let text = app.codes.printed_text(id);
    let png = qr::png(&text).map_err(|_| ApiError::of("internal"))?;
    Ok(json!(PrintedCodeData { text, png: BASE64.encode(png) }))
}
