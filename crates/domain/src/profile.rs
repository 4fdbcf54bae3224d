//! What staff write about a member, and what lists of members sort and search by.

use crate::HandleId;
use crate::address::Address;
use crate::user::User;

/// The longest notes on one member, in characters.
pub const NOTES_MAX: usize = 2000;
/// At most this many tags on one member.
pub const TAGS_MAX: usize = 20;
/// The longest tag, in characters.
pub const TAG_MAX: usize = 40;

/// What staff of a business wrote about one of its members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// The business's own name for the person, where it is not the one they gave.
    pub name: Option<String>,
    pub notes: String,
    pub tags: Vec<String>,
}

/// [`Notes`] with whom they are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub id: HandleId,
    pub business: crate::BusinessId,
    pub wrote: Notes,
}

impl Notes {
    /// What the business calls the person.
    pub fn name_of(&self, user: &User) -> String {
        self.name.clone().unwrap_or_else(|| user.display_name())
    }

    /// These and `other`'s: what the other has and this lacks is added.
    pub fn joined_with(&self, other: &Notes) -> Self {
        let blank = self.notes.is_empty() || other.notes.is_empty();
        let between = if blank { "" } else { "\n" };
        let notes = format!("{}{between}{}", self.notes, other.notes);
        let new = other.tags.iter().filter(|tag| !self.tags.contains(tag));
        let tags = self.tags.iter().chain(new).take(TAGS_MAX).cloned();
        Self {
            name: self.name.clone().or_else(|| other.name.clone()),
            notes: notes.chars().take(NOTES_MAX).collect(),
            tags: tags.collect(),
        }
    }
}

/// Tags as they are kept: trimmed, each once; `None` if they are too many, too long or no text.
pub fn sound_tags(tags: &[String]) -> Option<Vec<String>> {
    let mut sound: Vec<String> = vec![];
    for tag in tags {
        let tag = tag.trim();
        let fits = (1..=TAG_MAX).contains(&tag.chars().count());
        if !fits || tag.chars().any(char::is_control) {
            return None;
        }
        if !sound.iter().any(|it| it == tag) {
            sound.push(tag.to_owned());
        }
    }
    (sound.len() <= TAGS_MAX).then_some(sound)
}

/// The lower-case texts by which a list of members is sorted and searched; made here, since what
/// an engine calls lower case differs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    pub name: String,
    /// Words, each behind a blank, so that a search finds the beginning of any of them.
    pub search: String,
}

impl Listing {
    /// Of a member: by their name, the address that they share, the numbers of their cards and
    /// their tags.
    pub fn of(user: &User, wrote: &Notes, card_numbers: &[String]) -> Self {
        let name = wrote.name_of(user).to_lowercase();
        let mut search = String::new();
        let mut add = |word: &str| {
            search.push(' ');
            search.push_str(&word.to_lowercase());
        };
        name.split_whitespace().for_each(&mut add);
        match user.shared_address() {
            Some(Address::Phone(phone)) => {
                add(phone.as_str());
                add(phone.as_str().trim_start_matches('+'));
                // As people write it at home.
                if let Some(national) = phone.as_str().strip_prefix("+254") {
                    add(&format!("0{national}"));
                }
            }
            Some(Address::Email(email)) => add(email.as_str()),
            None => {}
        }
        card_numbers.iter().chain(&wrote.tags).for_each(|word| add(word));
        Self { name, search }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Phone;
    use crate::language::Language;
    use crate::{Timestamp, UserId};
    use uuid::Uuid;

    fn user() -> User {
        User {
            id: UserId(Uuid::nil()),
            name: Some("Amina ÉTÉ".to_owned()),
            phone: Some(Phone::from_e164("+254722000412".to_owned())),
            phone_verified: true,
            email: None,
            email_verified: false,
            language: Language::En,
            password_hash: None,
            created_at: Timestamp(0),
        }
    }

    #[test]
    fn a_member_is_found_by_name_number_card_and_tag() {
        let wrote = Notes { tags: vec!["VIP".to_owned()], ..Notes::default() };
        let listing = Listing::of(&user(), &wrote, &["079927398713".to_owned()]);
        assert_eq!(listing.name, "amina été");
        for word in [" amina", " été", " +254722", " 0722000", " 0799273", " vip"] {
            assert!(listing.search.contains(word), "{word}: {}", listing.search);
        }
    }

    #[test]
    fn an_address_that_is_not_proven_finds_nobody() {
        let unproven = User { phone_verified: false, ..user() };
        assert!(!Listing::of(&unproven, &Notes::default(), &[]).search.contains("722"));
    }

    #[test]
    fn the_shops_own_name_goes_before() {
        let wrote = Notes { name: Some("Mama Amina".to_owned()), ..Notes::default() };
        assert_eq!(Listing::of(&user(), &wrote, &[]).name, "mama amina");
    }

    #[test]
    fn tags_are_trimmed_and_stand_once() {
        let tags =
            |tags: &[&str]| sound_tags(&tags.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        assert_eq!(tags(&[" tea ", "tea", "VIP"]), Some(vec!["tea".to_owned(), "VIP".to_owned()]));
        assert_eq!(tags(&[""]), None);
        assert_eq!(tags(&["a\u{0}b"]), None);
        assert_eq!(tags(&["x".repeat(41).as_str()]), None);
    }
}
