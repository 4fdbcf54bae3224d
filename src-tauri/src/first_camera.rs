//! The camera of a till that has no shop yet: it looks for an invitation, and for nothing else.

use reda_protocol::rpc::{CameraStatus, CameraView, InvitationView, Secret};
use reda_scan::{Preview, ScanEvent, Scanner, Source, Verdict};
use reda_till::{Invitation, InvitationError, camera_hint, camera_view};
use std::sync::{Arc, Mutex, PoisonError};

/// A camera that looks; dropping it ends it.
pub(crate) struct FirstCamera {
    view: Arc<Mutex<CameraView>>,
    _scanner: Scanner,
}

/// What it tells.
pub(crate) enum Seen {
    /// State or hint changed.
    View,
    Picture(Preview),
    Invitation(InvitationView),
}

impl FirstCamera {
    /// Starts to look. `on_seen` is called on a thread of the scanner's and must not block.
    pub(crate) fn start(source: Source, on_seen: impl Fn(Seen) + Send + 'static) -> Self {
        let view = Arc::new(Mutex::new(starting()));
        let shown = view.clone();
        let on_event = move |event| match event {
            ScanEvent::State(state) => {
                set(&shown, |view| *view = camera_view(state));
                on_seen(Seen::View);
            }
            // An invitation that is held up stays until it was read.
            ScanEvent::InView(_) => {}
            ScanEvent::Hint(hint) => {
                set(&shown, |view| view.hint = hint.map(camera_hint));
                on_seen(Seen::View);
            }
            ScanEvent::Preview(picture) => on_seen(Seen::Picture(picture)),
            ScanEvent::Read(reading) => {
                if let Ok(read) = read(&reading.text) {
                    on_seen(Seen::Invitation(read));
                }
            }
        };
        let scanner = Scanner::start(source, Box::new(judge), Box::new(on_event));
        Self { view, _scanner: scanner }
    }

    pub(crate) fn view(&self) -> CameraView {
        self.view.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The view of a camera that has told nothing yet.
pub(crate) fn starting() -> CameraView {
    CameraView { state: CameraStatus::Starting, detail: None, code_in_view: false, hint: None }
}

/// Reads an invitation's text.
pub(crate) fn read(text: &str) -> Result<InvitationView, InvitationError> {
    let invitation = Invitation::parse(text.trim())?;
    Ok(InvitationView {
        address: invitation.address.as_typed(),
        code: Secret(invitation.code.as_str().to_owned()),
        fingerprint: invitation.fingerprint.map(|it| it.to_string()),
    })
}

/// Nothing signs an invitation, so each is read twice.
fn judge(text: &str) -> Verdict {
    match Invitation::parse(text) {
        Ok(_) => Verdict::Plausible,
        Err(_) => Verdict::Foreign,
    }
}

fn set(view: &Mutex<CameraView>, change: impl FnOnce(&mut CameraView)) {
    change(&mut view.lock().unwrap_or_else(PoisonError::into_inner));
}
