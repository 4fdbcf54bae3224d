//! What the caller makes of a text.

use serde::Serialize;

/// The caller's judgement of a code's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Proven to be one of the caller's own (a signature holds, so no misreading and no torn frame
    /// can fake it); codes with the same subject mean the same thing though their texts differ.
    Mine(String),
    /// Looks like one of the caller's own, but cannot be proven here.
    Plausible,
    /// Something else.
    Foreign,
}
