//! Which addresses codes may go to, and how many in a day (SPEC 3a).

use crate::app::App;
use crate::auth::{
    ANSWER_CODES_A_DAY, ANSWER_CODES_OF_SHOP, ANSWER_CODES_TO_ADDRESS, Allowance, CODES_A_DAY,
    CODES_TO_ADDRESS,
};
use reda_domain::BusinessId;
use reda_domain::address::Address;
use reda_store::StoreError;
use tracing::warn;

/// What a code is for. Each is counted apart: no shop's questions keep anybody from signing in, and
/// no stranger's sign-ins keep a shop from asking.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CodeFor {
    SignIn,
    Answer(BusinessId),
}

impl CodeFor {
    /// The allowances besides that of the address, and whose they are.
    fn shared(self) -> Vec<(&'static Allowance, String)> {
        let all = || "all".to_owned();
        match self {
            CodeFor::SignIn => vec![(&CODES_A_DAY, all())],
            CodeFor::Answer(shop) => {
                vec![(&ANSWER_CODES_OF_SHOP, shop.to_string()), (&ANSWER_CODES_A_DAY, all())]
            }
        }
    }

    fn to_address(self) -> &'static Allowance {
        match self {
            CodeFor::SignIn => &CODES_TO_ADDRESS,
            CodeFor::Answer(_) => &ANSWER_CODES_TO_ADDRESS,
        }
    }
}

/// Whether codes go to an address at all: numbers of other countries cost much and are nobody's
/// here, unless the server is told otherwise.
pub(crate) fn is_home(app: &App, address: &Address) -> bool {
    match address {
        Address::Phone(phone) => app.config.codes_abroad || phone.is_of(&app.config.country),
        Address::Email(_) => true,
    }
}

/// Counts a code to an address, and in all; whether it may still go.
pub(crate) async fn may_be_sent(
    app: &App,
    address: &Address,
    code: CodeFor,
) -> Result<bool, StoreError> {
    let own = (code.to_address(), app.auth.keyed_hash(address.as_str()));
    for (what, subject) in std::iter::once(own).chain(code.shared()) {
        if app.auth.count(what, &subject).await?.is_err() {
            warn!("no more codes to {address:?} for now: {what:?}");
            return Ok(false);
        }
    }
    Ok(true)
}
