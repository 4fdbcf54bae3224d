//! What the operating system shows of the till, beside its window.

use reda_till::Language;

/// The few words, in one language.
pub(crate) struct Words {
    pub(crate) open: &'static str,
    pub(crate) lock: &'static str,
    pub(crate) quit: &'static str,
}

/// The words in a language.
pub(crate) fn words(language: Language) -> Words {
    match language {
        Language::En => Words { open: "Open", lock: "Lock", quit: "Quit" },
        Language::Sw => Words { open: "Fungua", lock: "Funga kaunta", quit: "Ondoka" },
    }
}
