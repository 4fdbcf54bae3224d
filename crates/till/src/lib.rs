//! The till without a window: replica, counter, popups, and the calls that a window makes.
//!
//! [`Till`] joins a line to a server ([`reda_sync`]), a camera ([`reda_scan`]) and the counter's
//! state machine; whoever embeds it draws [`TillEvent`]s and answers calls. Rules that decide
//! anything for good are the server's; here is only what a cashier sees meanwhile.

pub mod amount;
mod approvals;
pub mod bench;
pub mod headless;

mod clock;
mod codes;
mod correct;
mod counter;
mod credential;
mod customers;
mod desk;
mod enrol;
mod errands;
mod error;
mod export;
mod form;
mod http;
mod joined;
mod kept;
mod local;
mod look_up;
mod parts;
mod person;
mod picture;
mod popup;
mod private_file;
mod programs;
mod rewards;
mod settings;
mod shop;
mod sleep;
mod till;
mod tokens;
mod unsent;
mod verifiers;
mod waiting;

pub use clock::Clock;
pub use codes::KnownKeys;
pub use credential::{Credential, CredentialFile};
pub use error::TillError;
pub use http::{Http, HttpError, look};
pub use joined::{JoinError, Joined};
pub use local::LocalError;
pub use look_up::LookUp;
pub use parts::{AppParts, camera_hint, camera_view, preview_view};
pub use popup::Popup;
pub use reda_domain::DeviceId;
pub use reda_domain::fingerprint::Fingerprint;
pub use reda_domain::invitation::{Invitation, InvitationError};
pub use reda_domain::language::Language;
pub use reda_domain::server_address::{AddressError, ServerAddress};
pub use reda_sync::{Token, TokenError, TokenSource, direct_tokens};
pub use settings::{Settings, WindowPlace};
pub use till::{Staffing, Till, TillConfig, TillEvent};
pub use unsent::Unsent;
