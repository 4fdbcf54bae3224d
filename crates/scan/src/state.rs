//! How the camera is doing.

use serde::{Deserialize, Serialize};

/// What a window shows about the camera; as JSON `{"state": "busy"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CameraState {
    /// Being opened; no frame yet.
    Starting,
    /// Frames arrive.
    Live,
    /// There is no camera (or no replay folder); it is used as soon as there is one.
    None,
    /// Another program has the camera.
    Busy,
    /// The operating system does not let this program use the camera.
    NoPermission,
    /// The camera was live and is gone.
    Unplugged,
    /// Anything else, in words for whoever helps; it is being started again.
    Failed { detail: String },
}

impl CameraState {
    pub(crate) fn failed(detail: impl Into<String>) -> CameraState {
        CameraState::Failed { detail: detail.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_tagged_objects_in_snake_case() {
        let json = |state: &CameraState| serde_json::to_string(state).unwrap();
        assert_eq!(json(&CameraState::NoPermission), r#"{"state":"no_permission"}"#);
        assert_eq!(json(&CameraState::None), r#"{"state":"none"}"#);
        assert_eq!(json(&CameraState::failed("why")), r#"{"state":"failed","detail":"why"}"#);
        let back: CameraState = serde_json::from_str(r#"{"state":"unplugged"}"#).unwrap();
        assert_eq!(back, CameraState::Unplugged);
    }
}
