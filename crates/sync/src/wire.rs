//! Reads the server's frames with patience: a newer server may say things that this client does
//! not know, and those are passed over.

use reda_protocol::frame::{EntityKind, ServerFrame};
use serde_json::Value;

/// The types of frame that this version knows.
const KNOWN: [&str; 6] = ["welcome", "changes", "reset", "result", "pong", "error"];

/// Reads a frame; `None` for a type that this version does not know.
pub(crate) fn read(text: &str) -> Result<Option<ServerFrame>, serde_json::Error> {
    let first = match serde_json::from_str(text) {
        Ok(frame) => return Ok(Some(frame)),
        Err(error) => error,
    };
    let mut frame: Value = serde_json::from_str(text)?;
    match frame["type"].as_str() {
        Some("changes") => {
            if let Some(items) = frame["items"].as_array_mut() {
                items.retain(|item| is_known(&item["entity"]));
            }
            serde_json::from_value(frame).map(Some)
        }
        Some(kind) if !KNOWN.contains(&kind) => Ok(None),
        Some(_) | None => Err(first),
    }
}

/// Whether this version knows the kind; what is no text at all is left for the reader to refuse.
fn is_known(kind: &Value) -> bool {
    !kind.is_string() || serde_json::from_value::<EntityKind>(kind.clone()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01999999-0000-7000-8000-000000000001";

    #[test]
    fn entities_of_an_unknown_kind_are_passed_over() {
        let text = format!(
            r#"{{"type":"changes","scope":"b:{ID}","epoch":1,"from":0,"to":2,"items":[
                {{"entity":"hologram","id":"{ID}","seq":1,"body":{{}}}},
                {{"entity":"card","id":"{ID}","seq":2,"body":{{}},"colour":"red"}}]}}"#
        );
        let Some(ServerFrame::Changes(changes)) = read(&text).unwrap() else { panic!("changes") };
        assert_eq!(changes.to, 2);
        assert_eq!(changes.items.len(), 1);
        assert_eq!(changes.items[0].entity, EntityKind::Card);
    }

    #[test]
    fn frames_of_an_unknown_type_are_passed_over() {
        assert_eq!(read(r#"{"type":"weather","sun":true}"#).unwrap(), None);
    }

    #[test]
    fn broken_frames_are_errors() {
        for text in ["", "{", "[]", "{}", r#"{"type":"pong"}"#, r#"{"type":"changes","items":[3]}"#]
        {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
