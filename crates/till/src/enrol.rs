//! Who was asked to join, and what they said: the enrol screen. Read from the replica.

use crate::customers::program_line;
use crate::local::{Local, LocalError};
use crate::look_up::LookUp;
use crate::person;
use reda_domain::program::ProgramStatus;
use reda_domain::request::{COUNTER_WAIT_MS, RESEND_AFTER_MS, RequestKind, RequestStatus};
use reda_domain::{ProgramId, Timestamp};
use reda_protocol::entity::RequestBody;
use reda_protocol::operation::{AskEnrollment, CreateCustomer};
use reda_protocol::rpc::{AnsweredLine, EnrolView, OpenLine, PersonLine, WriteDown};
use std::cmp::Reverse;

/// What the screen shows at `now`; its times are moved by `by_ms` to the computer's clock.
pub(crate) async fn view(
    local: &Local,
    now: Timestamp,
    by_ms: i64,
) -> Result<EnrolView, LocalError> {
    let (mut open, mut answered) = (Vec::new(), Vec::new());
    for request in local.requests().await? {
        if request.kind != RequestKind::Enrollment {
            continue;
        }
        let person = whom(local, &request).await?;
        match request.status {
            RequestStatus::Pending if is_open(&request, now) => {
                open.extend(person.map(|person| open_line(person, &request, by_ms)));
            }
            RequestStatus::Accepted | RequestStatus::Declined => {
                answered.push(answered_line(person, &request, by_ms));
            }
            RequestStatus::Pending | RequestStatus::Expired | RequestStatus::Cancelled => {}
        }
    }
    open.sort_by_key(|line| Reverse(line.asked_at));
    answered.sort_by_key(|line| Reverse(line.at));
    let programs = local.programs().await?.into_iter();
    let active = programs.filter(|program| program.status == ProgramStatus::Active);
    Ok(EnrolView { programs: active.map(program_line).collect(), open, answered })
}

/// Whether it asks somebody to join, and waits for the answer.
pub(crate) fn is_open(request: &RequestBody, now: Timestamp) -> bool {
    let asks = request.kind == RequestKind::Enrollment;
    asks && request.status == RequestStatus::Pending && now < request.expires_at
}

/// Whom a request asks, as far as the shop may know: a member, or the name that was shown when
/// the code was read, or the address that was typed.
pub(crate) async fn whom(
    local: &Local,
    request: &RequestBody,
) -> Result<Option<PersonLine>, LocalError> {
    let card = local.card(request.card).await?;
    if let Some(handle) = request.customer.or(card.and_then(|card| card.member)) {
        if let Some(member) = local.member(handle).await? {
            return Ok(Some(person::member(&member)));
        }
        if let Some(name) = &request.asked_name {
            return Ok(Some(person::named(handle, name, None)));
        }
    }
    Ok(request.asked_address.as_deref().map(person::addressed))
}

fn open_line(person: PersonLine, request: &RequestBody, by_ms: i64) -> OpenLine {
    OpenLine {
        request: request.id,
        person,
        program: request.program_name.clone(),
        asked_at: request.counter_until.plus_ms(by_ms - COUNTER_WAIT_MS),
        counter_until: request.counter_until.plus_ms(by_ms),
        open_until: request.expires_at.plus_ms(by_ms),
        send_again_from: request.counter_until.plus_ms(by_ms + RESEND_AFTER_MS - COUNTER_WAIT_MS),
        seen: request.seen_at.is_some(),
    }
}

/// Of a no, nothing of the customer stays with the shop.
fn answered_line(person: Option<PersonLine>, request: &RequestBody, by_ms: i64) -> AnsweredLine {
    let joined = request.status == RequestStatus::Accepted;
    AnsweredLine {
        request: request.id,
        person: person.filter(|_| joined),
        program: request.program_name.clone(),
        joined,
        at: request.closed_at.unwrap_or(request.asked_at).plus_ms(by_ms),
    }
}

/// The operation that asks whoever has the phone number or e-mail address that was typed.
pub(crate) fn ask(
    text: &str,
    country: &str,
    program: ProgramId,
) -> Result<AskEnrollment, &'static str> {
    let (phone, email) = address(text, country)?;
    Ok(AskEnrollment { customer: None, phone, email, program })
}

/// The operation that writes down whoever has the address that was typed.
pub(crate) fn write_down(form: &WriteDown, country: &str) -> Result<CreateCustomer, &'static str> {
    let (phone, email) = address(&form.text, country)?;
    let name = form.name.trim();
    let name = (!name.is_empty()).then(|| name.to_owned());
    Ok(CreateCustomer { name, phone, email })
}

/// A phone number or an e-mail address, whichever was typed.
fn address(text: &str, country: &str) -> Result<(Option<String>, Option<String>), &'static str> {
    match LookUp::parse(text, country, false)? {
        LookUp::Phone(phone) => Ok((Some(phone.as_str().to_owned()), None)),
        LookUp::Email(email) => Ok((None, Some(email.as_str().to_owned()))),
        LookUp::Code(_) | LookUp::Card(_) | LookUp::ShortCode(_) => Err("bad_phone"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const PROGRAM: ProgramId = ProgramId(Uuid::from_u128(1));

    #[test]
    fn a_number_or_an_address_can_be_asked_and_a_name_cannot() {
        let asked = ask("0722 000 412", "KE", PROGRAM).unwrap();
        assert_eq!(asked.phone.as_deref(), Some("+254722000412"));
        let asked = ask("amina@example.com", "KE", PROGRAM).unwrap();
        assert_eq!(asked.email.as_deref(), Some("amina@example.com"));
        assert_eq!(ask("Amina Hassan", "KE", PROGRAM), Err("bad_phone"));
        assert_eq!(ask("", "KE", PROGRAM), Err("bad_phone"));
    }

    #[test]
    fn somebody_is_written_down_by_an_address_and_a_name_where_one_is_known() {
        let written = |text: &str, name: &str| {
            write_down(&WriteDown { text: text.to_owned(), name: name.to_owned() }, "KE")
        };
        let (phone, email) = (Some("+254722000412".to_owned()), None);
        let auntie = CreateCustomer { name: Some("Auntie".to_owned()), phone, email };
        assert_eq!(written("0722 000 412", " Auntie "), Ok(auntie));
        assert_eq!(written("amina@example.com", " ").unwrap().name, None);
        assert_eq!(written("Auntie", "Auntie"), Err("bad_phone"));
    }
}
