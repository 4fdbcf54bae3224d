//! What first run, the PIN screen, the settings and a customer's page draw and send.

use super::Wrong;
use crate::api::{CustomerConsent, DeviceDetail, InteractionLine, StaffDetail};
use crate::error::WireError;
use reda_domain::business::Role;
use reda_domain::money::Currency;
use reda_domain::points::Points;
use reda_domain::{DeviceId, NotificationId, StaffId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

views! {
    /// A shop to start, and its owner.
    StartShop {
        shop: String,
        name: String,
        /// Phone number or e-mail address, to sign in with.
        address: String,
        /// For the day when the PIN is forgotten.
        password: Secret,
        pin: Secret,
        /// What this computer is called.
        till: String,
    }
    JoinShop {
        address: String,
        code: Secret,
        /// Of the certificate whose words were compared, or that the QR code named; missing where
        /// there is nothing to compare.
        fingerprint: Option<String>,
        till: String,
    }
    ShopAddress { address: String }
    /// What the server of a shop shows.
    ShopLook {
        /// Of a certificate of its own; missing where there is nothing to compare.
        fingerprint: Option<String>,
        /// The words by which people compare it with the other screen.
        words: Option<Vec<String>>,
    }
    /// An invitation as its QR code says it.
    InvitationView {
        /// `host:port`, or a whole address.
        address: String,
        code: Secret,
        fingerprint: Option<String>,
    }
    Looking { on: bool }
    LetJoin { on: bool }
    /// How other computers come in.
    NetworkView {
        /// This computer carries the server of a shop of its own.
        here: bool,
        open: bool,
        #[ts(type = "number | null")]
        port: Option<u16>,
        /// `host:port`, the best one first; empty while this computer is on no network.
        addresses: Vec<String>,
        /// Why it is not open though it should be.
        failure: Option<WireError>,
        links: LinksView,
    }
    LetAnswer { on: bool }
    /// The port at which customers' phones follow one-time links, in the clear.
    LinksView {
        open: bool,
        #[ts(type = "number | null")]
        port: Option<u16>,
        /// `http://host:port`; missing while it is not open, or this computer is on no network.
        url: Option<String>,
        /// Why it is not open though it should be.
        failure: Option<WireError>,
    }
    /// What a till remembers of its own.
    #[serde(default)]
    TillSettings {
        sounds: bool,
        /// Minutes without a key or a finger until the till locks; 0 is never.
        #[ts(type = "number")]
        lock_after_minutes: u32,
        /// The number of a camera; missing for the first that opens.
        #[ts(type = "number | null")]
        camera: Option<u32>,
        /// The preview is turned round, as in a mirror.
        mirror: bool,
    }
    CamerasView { cameras: Vec<CameraLine> }
    CameraLine {
        #[ts(type = "number")]
        index: u32,
        name: String,
    }
    OfNotification { notification: NotificationId }
    WhoView { staff: Vec<WhoLine> }
    WhoLine {
        id: StaffId,
        name: String,
        short_name: String,
        initials: String,
        role: Role,
        has_pin: bool,
    }
    SwitchOn { staff: StaffId, pin: Secret }
    /// A place for someone; at most one of phone and e-mail.
    AddStaff {
        name: String,
        role: Role,
        phone: Option<String>,
        email: Option<String>,
        pin: Option<Secret>,
    }
    StaffList { items: Vec<StaffDetail> }
    TillList { items: Vec<DeviceDetail> }
    OfStaff { staff: StaffId }
    /// What is missing stays.
    ChangeStaff {
        staff: StaffId,
        name: Option<String>,
        role: Option<Role>,
        pin: Option<Secret>,
    }
    /// A till to pair anew, instead of a new one.
    InviteTill { device: Option<DeviceId> }
    OfTill { device: DeviceId }
    RenameTill { device: DeviceId, name: String }
    RenameShop { name: String }
    LetCodesApprove { on: bool }
    /// How many points codes approve, as typed.
    CodeLimitsForm {
        /// By one code.
        once: String,
        /// On one card within 24 hours.
        day: String,
    }
    CodeLimitsCheck {
        wrong: Vec<Wrong>,
        /// Missing while something is wrong.
        sound: Option<CodeLimits>,
    }
    CodeLimits { once: Points, day: Points }
    ShopView {
        name: String,
        country: String,
        currency: Currency,
        /// Which of the business's tills this is.
        device: DeviceId,
        till: String,
        /// `http://host:port`.
        server: String,
        /// A code that a customer shows at the till is a yes about points.
        codes_approve: bool,
        /// Up to how many points, at once and on one card within a day.
        code_points: Points,
        code_points_day: Points,
    }
    CustomerStory {
        consents: Vec<CustomerConsent>,
        /// Newest first.
        lines: Vec<InteractionLine>,
    }
    /// A file that was written for the person at the till.
    SavedFile { path: String, name: String }
    PrintedCode {
        file: SavedFile,
        /// The picture in it: a PNG in base64.
        png: String,
    }
    /// Where a click leads: a screen, and what is to be seen on it.
    OpenScreen { screen: ScreenName, about: Option<String> }
}

/// Minutes without a key until a till locks, unless it is told otherwise.
const LOCK_AFTER_MINUTES: u32 = 10;

impl Default for TillSettings {
    fn default() -> Self {
        Self { sounds: true, lock_after_minutes: LOCK_AFTER_MINUTES, camera: None, mirror: true }
    }
}

/// What must never be read in a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(transparent)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// The screens of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ScreenName {
    Counter,
    Customers,
    Enrol,
    Inbox,
    Settings,
}
