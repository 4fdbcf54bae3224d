//! The texts that carry one-time codes. They stand in SMS, so they keep to plain letters, and say
//! what the code does: who reads one out must know what for.

use reda_domain::language::Language;
use reda_domain::points::Points;

/// What an answer code says yes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect<'a> {
    Join { program: &'a str },
    Spend { points: Points },
}

/// The text of a code that signs in. It names no shop: nobody but its reader may ask for it.
pub fn sign_in(code: &str, language: Language) -> String {
    match language {
        Language::En => {
            format!("{code} is your Reda sign-in code. Never tell anyone, not even a shop.")
        }
        Language::Sw => {
            format!("{code} ni msimbo wako wa kuingia Reda. Usimwambie mtu yeyote, hata duka.")
        }
    }
}

/// The text of a code that proves an address of someone who is signed in.
pub fn address(code: &str, language: Language) -> String {
    match language {
        Language::En => format!(
            "{code} adds this address to your Reda account. Never tell anyone, not even a shop."
        ),
        Language::Sw => format!(
            "{code} unaongeza anwani hii kwenye akaunti yako ya Reda. \
             Usimwambie mtu yeyote, hata duka."
        ),
    }
}

/// The text of a code that is read out at a counter: shop and effect, and that silence is a no.
pub fn answer(code: &str, shop: &str, effect: Effect<'_>, language: Language) -> String {
    match (language, effect) {
        (Language::En, Effect::Join { program }) => {
            format!("{code} = YES, join {program} at {shop}. Tell it to the cashier only to agree.")
        }
        (Language::Sw, Effect::Join { program }) => format!(
            "{code} = NDIYO, jiunge na {program} katika {shop}. \
             Mwambie mhudumu ikiwa tu unakubali."
        ),
        (Language::En, Effect::Spend { points: Points(n) }) => {
            format!(
                "{code} = YES, spend {n} points at {shop}. Tell it to the cashier only to agree."
            )
        }
        (Language::Sw, Effect::Spend { points: Points(n) }) => format!(
            "{code} = NDIYO, tumia pointi {n} katika {shop}. \
             Mwambie mhudumu ikiwa tu unakubali."
        ),
    }
}

/// The text that tells someone of a place among a shop's staff.
pub fn staff_invitation(shop: &str, language: Language) -> String {
    match language {
        Language::En => format!(
            "{shop} invites you to its staff on Reda. Sign in with this address to take the place."
        ),
        Language::Sw => format!(
            "{shop} inakualika kuwa mfanyakazi wake kwenye Reda. Ingia kwa anwani hii ukubali."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LANGUAGES: [Language; 2] = [Language::En, Language::Sw];

    #[test]
    fn a_sign_in_code_says_never_to_tell_anyone() {
        for text in [sign_in("12345678", Language::En), address("12345678", Language::En)] {
            assert!(text.contains("Never tell anyone, not even a shop"), "{text}");
        }
        for text in [sign_in("12345678", Language::Sw), address("12345678", Language::Sw)] {
            assert!(text.contains("Usimwambie mtu yeyote, hata duka"), "{text}");
        }
    }

    #[test]
    fn an_answer_code_names_shop_and_effect() {
        for language in LANGUAGES {
            let join = Effect::Join { program: "Baraka Points" };
            let text = answer("482913", "Baraka Mini-Mart", join, language);
            for part in ["482913", "Baraka Points", "Baraka Mini-Mart"] {
                assert!(text.contains(part), "{text}");
            }
            let spend = Effect::Spend { points: Points(120) };
            let text = answer("482913", "Baraka Mini-Mart", spend, language);
            assert!(text.contains("120") && text.contains("Baraka Mini-Mart"), "{text}");
        }
    }

    #[test]
    fn a_text_is_one_message_of_plain_letters() {
        let join = Effect::Join { program: "Baraka Points" };
        let texts = LANGUAGES.into_iter().flat_map(|language| {
            let answer = answer("482913", "Baraka Mini-Mart", join, language);
            [sign_in("12345678", language), address("12345678", language), answer]
        });
        for text in texts {
            assert!(text.len() <= 160 && text.is_ascii(), "{} characters: {text}", text.len());
        }
    }
}
