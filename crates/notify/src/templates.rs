//! The built-in in-app texts. Copy rules: plain words, present tense, nobody's gender guessed.

use reda_domain::language::Language::{self, En, Sw};

/// The text of one notice in one language.
pub(crate) struct Template {
    pub(crate) kind: &'static str,
    pub(crate) language: Language,
    pub(crate) title: &'static str,
    pub(crate) message: &'static str,
}

macro_rules! templates {
    ($($kind:literal $language:ident $title:literal $message:literal;)*) => {
        pub(crate) const IN_APP: &[Template] = &[$(
            Template { kind: $kind, language: $language, title: $title, message: $message },
        )*];
    };
}

templates! {
    "test" En "This is a test" "Notifications of the type {{ type }} reach you.";
    "test" Sw "Hili ni jaribio" "Arifa za aina ya {{ type }} zinakufikia.";
    "qr_scanned" En "Your code was scanned" "Your code was scanned at {{ shop }}.";
    "qr_scanned" Sw "Msimbo wako umeskaniwa" "Msimbo wako umeskaniwa {{ shop }}.";
    "enrollment_request" En "{{ shop }} asks you to join"
        "See what {{ program }} shares, then accept or decline.";
    "enrollment_request" Sw "{{ shop }} inakuomba ujiunge"
        "Tazama {{ program }} inashiriki nini, kisha kubali au kataa.";
    "card_created" En "You joined {{ program }}" "Your card at {{ shop }} is ready.";
    "card_created" Sw "Umejiunga na {{ program }}" "Kadi yako ya {{ shop }} iko tayari.";
    "points_added" En
        "You earned {{ points|whole }} point{{ '' if points == 1 else 's' }}"
        "{{ points|whole }} point{{ '' if points == 1 else 's' }} at {{ shop }}. Balance {{ balance|whole }}.";
    "points_added" Sw "Umepata pointi {{ points|whole }}"
        "Pointi {{ points|whole }} kutoka {{ shop }}. Salio {{ balance|whole }}.";
    "enrollment_accepted" En "{{ person }} joined {{ program }}"
        "{% if points > 0 %}{{ points|whole }} waiting points were added.{% else %}The card is ready.{% endif %}";
    "enrollment_accepted" Sw "{{ person }} amejiunga na {{ program }}"
        "{% if points > 0 %}Pointi {{ points|whole }} zilizosubiri zimeongezwa.{% else %}Kadi iko tayari.{% endif %}";
    "enrollment_declined" En "A customer declined {{ program }}"
        "Nothing was saved.{% if points > 0 %} {{ points|whole }} waiting points were dropped.{% endif %}";
    "enrollment_declined" Sw "Mteja amekataa {{ program }}"
        "Hakuna kilichohifadhiwa.{% if points > 0 %} Pointi {{ points|whole }} zilizosubiri zimeondolewa.{% endif %}";
    "enrollment_cancelled" En "An invitation to {{ program }} was taken back"
        "Nothing was saved.{% if points > 0 %} {{ points|whole }} waiting points were dropped.{% endif %}";
    "enrollment_cancelled" Sw "Mwaliko wa {{ program }} umeondolewa"
        "Hakuna kilichohifadhiwa.{% if points > 0 %} Pointi {{ points|whole }} zilizosubiri zimeondolewa.{% endif %}";
    "enrollment_expired" En "A customer did not answer about {{ program }}"
        "Nothing was saved.{% if points > 0 %} {{ points|whole }} waiting points were dropped.{% endif %}";
    "enrollment_expired" Sw "Mteja hakujibu kuhusu {{ program }}"
        "Hakuna kilichohifadhiwa.{% if points > 0 %} Pointi {{ points|whole }} zilizosubiri zimeondolewa.{% endif %}";
    "points_request" En "{{ shop }} asks for {{ points|whole }} points"
        "{{ reason }}. See what is left, then accept or decline.";
    "points_request" Sw "{{ shop }} inaomba pointi {{ points|whole }}"
        "{{ reason }}. Tazama zitakazobaki, kisha kubali au kataa.";
    "points_deducted" En "You used {{ points|whole }} point{{ '' if points == 1 else 's' }}"
        "{{ points|whole }} point{{ '' if points == 1 else 's' }} at {{ shop }}. Balance {{ balance|whole }}.";
    "points_deducted" Sw "Umetumia pointi {{ points|whole }}"
        "Pointi {{ points|whole }} kwa {{ shop }}. Salio {{ balance|whole }}.";
    "points_adjusted" En "{{ shop }} corrected your points"
        "{{ points|whole }}: {{ reason }}. Balance {{ balance|whole }}.";
    "points_adjusted" Sw "{{ shop }} imerekebisha pointi zako"
        "{{ points|whole }}: {{ reason }}. Salio {{ balance|whole }}.";
    "points_reversed" En "{{ shop }} took an entry back"
        "{{ points|whole }} points. Balance {{ balance|whole }}.";
    "points_reversed" Sw "{{ shop }} imebatilisha ingizo"
        "Pointi {{ points|whole }}. Salio {{ balance|whole }}.";
    "points_expired" En "Points at {{ shop }} expired"
        "{{ points|whole }} point{{ '' if points == 1 else 's' }} ran out. Balance {{ balance|whole }}.";
    "points_expired" Sw "Pointi za {{ shop }} zimeisha muda"
        "Pointi {{ points|whole }} zimeisha muda. Salio {{ balance|whole }}.";
    "points_expiring" En "Use your points at {{ shop }} soon"
        "{{ points|whole }} point{{ '' if points == 1 else 's' }} will run out on {{ on }}.";
    "points_expiring" Sw "Tumia pointi zako za {{ shop }} karibuni"
        "Pointi {{ points|whole }} zitaisha muda tarehe {{ on }}.";
    "tier_changed" En "{% if tier %}You are {{ tier }} now{% else %}Your tier ended{% endif %}"
        "{% if tier %}{{ tier }} of {{ program }} at {{ shop }}.{% else %}You are in no tier of {{ program }} at {{ shop }} now.{% endif %}";
    "tier_changed" Sw "{% if tier %}Sasa uko {{ tier }}{% else %}Daraja lako limekwisha{% endif %}"
        "{% if tier %}{{ tier }} ya {{ program }}, {{ shop }}.{% else %}Huko kwenye daraja lolote la {{ program }}, {{ shop }}, kwa sasa.{% endif %}";
    "reward_available" En "You have enough for {{ reward }}"
        "{{ balance|whole }} points at {{ shop }}. Ask at the till to use {{ cost|whole }} of them.";
    "reward_available" Sw "Una pointi za kutosha: {{ reward }}"
        "Pointi {{ balance|whole }} kwa {{ shop }}. Uliza kwenye kaunta utumie {{ cost|whole }}.";
    "points_request_closed" En "{{ shop }} no longer asks for points"
        "Your {{ points|whole }} points stay yours.";
    "points_request_closed" Sw "{{ shop }} haiombi pointi tena"
        "Pointi zako {{ points|whole }} zinabaki zako.";
    "points_request_approved" En "{{ person }} said yes"
        "{{ points|whole }} points were deducted.";
    "points_request_approved" Sw "{{ person }} amekubali"
        "Pointi {{ points|whole }} zimetolewa.";
    "points_request_declined" En "{{ person }} said no"
        "No points were deducted.";
    "points_request_declined" Sw "{{ person }} amekataa"
        "Hakuna pointi zilizotolewa.";
    "points_request_expired" En "A customer did not answer about points"
        "{{ points|whole }} points were asked for. None were deducted.";
    "points_request_expired" Sw "Mteja hakujibu kuhusu pointi"
        "Pointi {{ points|whole }} ziliombwa. Hakuna zilizotolewa.";
    "points_request_cancelled" En "A question about points was taken back"
        "{{ points|whole }} points were asked for. None were deducted.";
    "points_request_cancelled" Sw "Ombi la pointi limeondolewa"
        "Pointi {{ points|whole }} ziliombwa. Hakuna zilizotolewa.";
    "request_cancelled" En "{{ shop }} took its question back"
        "There is nothing to answer about {{ program }} now.";
    "request_cancelled" Sw "{{ shop }} imeondoa ombi lake"
        "Hakuna la kujibu kuhusu {{ program }} sasa.";
    "request_expired" En "The question from {{ shop }} ran out"
        "You did not answer about {{ program }}, so nothing was shared.";
    "request_expired" Sw "Ombi la {{ shop }} limekwisha muda"
        "Hukujibu kuhusu {{ program }}, kwa hiyo hakuna kilichoshirikiwa.";
    "cards_merged" En "{{ shop }} put two of its records of you together"
        "Cards and points are on one account now. If this was not you, ask the shop.";
    "cards_merged" Sw "{{ shop }} imeunganisha rekodi zako mbili"
        "Kadi na pointi ziko kwenye akaunti moja sasa. Kama si wewe, uliza dukani.";
    "key_added" En "Another device shows your code"
        "It is called {{ label }}. If it is not yours, remove it and change your password within a day.";
    "key_added" Sw "Kifaa kingine kinaonyesha msimbo wako"
        "Kinaitwa {{ label }}. Kama si chako, kiondoe na ubadilishe nenosiri ndani ya siku moja.";
    "password_changed" En "Your account has a new password"
        "You are signed out everywhere else. If this was not you, sign in by a code and set another one.";
    "password_changed" Sw "Akaunti yako ina nenosiri jipya"
        "Umetolewa kwingine kote. Kama si wewe, ingia kwa msimbo na uweke jingine.";
}
