//! How people are named on the counter.

use reda_domain::HandleId;
use reda_protocol::entity::MemberBody;
use reda_protocol::rpc::PersonLine;

/// A person by the name they chose to show.
pub(crate) fn named(id: HandleId, name: &str, phone: Option<String>) -> PersonLine {
    PersonLine {
        id: Some(id),
        name: name.to_owned(),
        short_name: short_name(name),
        initials: initials(name),
        phone,
    }
}

/// Somebody of whom only an address is known, masked.
pub(crate) fn addressed(address: &str) -> PersonLine {
    PersonLine {
        id: None,
        name: address.to_owned(),
        short_name: address.to_owned(),
        initials: String::new(),
        phone: Some(address.to_owned()),
    }
}

/// A member, whose phone number the shop knows; it is shown masked.
pub(crate) fn member(body: &MemberBody) -> PersonLine {
    named(body.id, &body.name, body.phone.as_ref().map(|phone| phone.masked()))
}

/// The first name, for sentences.
pub(crate) fn short_name(name: &str) -> String {
    name.split_whitespace().next().unwrap_or(name).to_owned()
}

/// The first letters of the first and the last word.
pub(crate) fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    let first = words.next();
    first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_the_last_name() {
        let cases =
            [("Amina Odhiambo", "AO"), ("amina", "A"), ("Ana María de la Cruz", "AC"), ("", "")];
        for (name, expected) in cases {
            assert_eq!(initials(name), expected, "{name}");
        }
    }
}
