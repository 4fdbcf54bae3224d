//! What an operation changed, field by field, for its line in the audit log. A line holds names of
//! fields, numbers and words of ours, and nothing that somebody wrote or is called.

use serde::Serialize;
use serde_json::{Map, Value, json};

/// The fields in which two states of a thing differ.
#[derive(Default)]
pub(crate) struct Changed(Map<String, Value>);

impl Changed {
    /// A field of numbers, switches or words of ours: what it was, and what it is.
    pub(crate) fn said<T: Serialize>(mut self, name: &str, before: &T, after: &T) -> Self {
        self.note(name, json!(before), json!(after), true);
        self
    }

    /// A field that holds what somebody wrote or chose for themselves: its name alone.
    pub(crate) fn named<T: Serialize>(mut self, name: &str, before: &T, after: &T) -> Self {
        self.note(name, json!(before), json!(after), false);
        self
    }

    /// Every field of a struct, each as in [`Changed::said`].
    pub(crate) fn all_said<T: Serialize>(self, before: &T, after: &T) -> Self {
        self.all(before, after, true)
    }

    /// Every field of a struct, each as in [`Changed::named`].
    pub(crate) fn all_named<T: Serialize>(self, before: &T, after: &T) -> Self {
        self.all(before, after, false)
    }

    fn all<T: Serialize>(mut self, before: &T, after: &T, values: bool) -> Self {
        let (before, after) = (json!(before), json!(after));
        for (name, after) in after.as_object().into_iter().flatten() {
            self.note(name, before[name].clone(), after.clone(), values);
        }
        self
    }

    fn note(&mut self, name: &str, before: Value, after: Value, values: bool) {
        if before == after {
            return;
        }
        let what = if values { json!({ "from": before, "to": after }) } else { json!({}) };
        self.0.insert(name.to_owned(), what);
    }

    /// As it stands in an operation's answer.
    pub(crate) fn told(self) -> Value {
        Value::Object(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reda_domain::settings::Settings;

    #[test]
    fn what_stayed_is_not_told_and_what_somebody_wrote_is_told_by_its_field_alone() {
        let told = Changed::default()
            .said("cost", &4, &5)
            .said("status", &"active", &"active")
            .named("name", &"Amina", &"Aisha")
            .told();
        assert_eq!(told, json!({ "cost": { "from": 4, "to": 5 }, "name": {} }));
    }

    #[test]
    fn of_many_settings_those_that_changed_are_told() {
        let before = Settings::default();
        let after = Settings { review_awards: 7, ..before.clone() };
        let told = Changed::default().all_said(&before, &after).told();
        assert_eq!(told, json!({ "review_awards": { "from": 5, "to": 7 } }));
        let told = Changed::default().all_named(&before, &after).told();
        assert_eq!(told, json!({ "review_awards": {} }));
    }
}
