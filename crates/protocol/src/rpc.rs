//! The till window's calls and what it draws. The window holds no rule: it shows these views and
//! sends these calls.

use crate::api::{DeviceInvitation, StaffAnswer};
use crate::error::WireError;
use crate::operation::{MergeCustomers, ReverseEntry, UpdateCustomer, UpdateProgram, UpdateReward};
use reda_domain::business::Role;
use reda_domain::language::Language;
use reda_domain::money::Currency;
use reda_domain::{StaffId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

pub use correct::*;
pub use counter::*;
pub use customers::*;
pub use manage::*;
pub use programs::*;
pub use unsent::*;

/// A view: plain data that the window draws.
macro_rules! views {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $type:ty),* $(,)? })*) => {$(
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
        $(#[$doc])*
        pub struct $name { $($(#[$fdoc])* pub $field: $type),* }
    )*};
}

mod correct;
mod counter;
mod customers;
mod manage;
mod programs;
mod unsent;

/// The calls: name, parameters, answer. Both sides are generated from this list.
macro_rules! calls {
    ($($(#[$doc:meta])* $name:literal $variant:ident ($params:ty) -> $answer:ty;)*) => {
        /// A call from the window.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Call { $($(#[$doc])* $variant($params)),* }

        impl Call {
            /// Every call's name.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// Reads a call by its name.
            pub fn parse(name: &str, params: Value) -> Result<Self, WireError> {
                match name {
                    $($name => <$params>::deserialize(params).map(Call::$variant).map_err(|error| {
                        WireError::of("invalid_body", Language::En)
                            .with(serde_json::json!({ "reason": error.to_string() }))
                    }),)*
                    _ => Err(WireError::of("not_found", Language::En)),
                }
            }
        }

        /// The TypeScript interface `Calls`: name → parameters and answer.
        pub fn typescript() -> String {
            let config = ts_rs::Config::default();
            let mut out = String::from("export interface Calls {\n");
            $(out.push_str(&format!(
                "  {:?}: {{ params: {}; answer: {} }};\n",
                $name, <$params as TS>::inline(&config), <$answer as TS>::name(&config),
            ));)*
            out.push_str("}\n");
            out
        }
    };
}

calls! {
    /// The whole application's state.
    "app.view" AppView(Nothing) -> AppView;
    /// Starts the demo shop on this computer.
    "app.try_demo" TryDemo(Nothing) -> AppView;
    /// Starts a shop of its own on this computer; answers once it is open.
    "app.start_shop" StartShop(StartShop) -> AppView;
    /// Joins a shop by an invitation.
    "app.join_shop" JoinShop(JoinShop) -> AppView;
    /// Looks at the certificate of a shop's server before anything is said to it.
    "app.look_at_shop" LookAtShop(ShopAddress) -> ShopLook;
    /// Reads the text of an invitation's QR code that was pasted.
    "app.read_invitation" ReadInvitation(LookUp) -> InvitationView;
    /// Looks for an invitation with the camera, or stops looking; for a till without a shop.
    "app.scan_invitation" ScanInvitation(Looking) -> AppView;
    /// Closes the demo shop for good, or the shop that took this till out, and begins anew.
    "app.leave" Leave(Nothing) -> AppView;
    /// Ends the program, also while other tills work through it.
    "app.close" Close(Nothing) -> Nothing;
    /// Goes on after all: the next time that the window is closed asks again.
    "app.keep_running" KeepRunning(Nothing) -> Nothing;
    /// What a shop never answered; for its owner, or for whoever has a till that no shop lets in.
    "app.unsent" Unsent(Nothing) -> UnsentView;
    /// Saves it as a file among the person's downloads.
    "app.save_unsent" SaveUnsent(Nothing) -> SavedFile;
    /// Deletes it from this computer.
    "app.forget_unsent" ForgetUnsent(Nothing) -> Nothing;
    /// Tries the line now, not when its turn comes.
    "app.try_now" TryNow(Nothing) -> Nothing;
    "app.set_language" SetLanguage(SetLanguage) -> AppView;
    "app.set_theme" SetTheme(SetTheme) -> AppView;
    /// What this till remembers of its own.
    "app.settings" TillSettings(Nothing) -> TillSettings;
    "app.set_settings" SetTillSettings(TillSettings) -> TillSettings;
    /// The cameras that the computer lists.
    "app.cameras" Cameras(Nothing) -> CamerasView;
    /// The window has drawn its first screen.
    "app.painted" Painted(Painted) -> Nothing;
    "counter.view" CounterView(Nothing) -> CounterView;
    /// Looks up what was typed: a phone number, an e-mail address or a card number.
    "counter.look_up" LookUp(LookUp) -> CounterView;
    /// A scanner that types has read something: a code or a card's number.
    "counter.scanned" Scanned(LookUp) -> CounterView;
    /// A picture of a code was dropped on the window or pasted.
    "counter.picture" Picture(PictureFile) -> CounterView;
    /// What an amount as typed comes to.
    "counter.amount" Amount(AmountText) -> AmountView;
    /// Asks the customer to join; with an amount, its points wait on the answer.
    "counter.ask" Ask(Nothing) -> CounterView;
    "counter.send_again" SendAgain(Nothing) -> CounterView;
    /// Takes the open request back.
    "counter.cancel" Cancel(Nothing) -> CounterView;
    /// The customer's yes by the six digits that they were sent and read out.
    "counter.answer_by_code" AnswerByCode(ReadOut) -> CounterView;
    /// The customer's own answer on this screen, which was turned to them; about joining only.
    "counter.answer_in_person" AnswerInPerson(InPerson) -> CounterView;
    /// Awards the points of an amount as typed.
    "counter.award" Award(AmountText) -> CounterView;
    /// What points as typed come to, of the member at the counter.
    "counter.spending" Spending(AmountText) -> SpendView;
    /// Asks the member for points; they are set aside until the answer.
    "counter.spend" Spend(SpendAsk) -> CounterView;
    /// One step back: takes a request for points back, or puts its end away; else takes the
    /// customer off the counter, and a request to join stays open.
    "counter.clear" Clear(Nothing) -> CounterView;
    /// The business's members, as looked for; one page of them.
    "customers.view" CustomersView(CustomersQuery) -> CustomersView;
    /// One member, as far as this till knows them.
    "customers.one" CustomerView(CustomerOf) -> CustomerView;
    /// Who was asked to join, and what they said.
    "enrol.view" EnrolView(Nothing) -> EnrolView;
    /// Asks whoever has the phone number or e-mail address that was typed.
    "enrol.ask" EnrolAsk(EnrolAsk) -> Nothing;
    /// Writes down who joins later, by a phone number or e-mail address; nobody is asked.
    "enrol.write_down" WriteDown(WriteDown) -> Nothing;
    "enrol.send_again" EnrolSendAgain(OfRequest) -> Nothing;
    "enrol.cancel" EnrolCancel(OfRequest) -> Nothing;
    /// The notifications of whoever is switched on, newest first.
    "inbox.view" InboxView(Nothing) -> InboxView;
    "inbox.read" ReadOne(OfNotification) -> Nothing;
    "inbox.read_all" ReadAll(Nothing) -> Nothing;
    /// Who may switch on at this till.
    "staff.who" Who(Nothing) -> WhoView;
    /// Switches a member of staff on, by PIN.
    "staff.switch_on" SwitchOn(SwitchOn) -> Nothing;
    /// Nobody is switched on any more; what is on the counter stays.
    "staff.lock" Lock(Nothing) -> Nothing;
    "staff.list" StaffList(Nothing) -> StaffList;
    "staff.add" AddStaff(AddStaff) -> StaffAnswer;
    "staff.change" ChangeStaff(ChangeStaff) -> StaffAnswer;
    "staff.remove" RemoveStaff(OfStaff) -> Nothing;
    "tills.list" Tills(Nothing) -> TillList;
    /// Lets a new till join, or one be paired anew.
    "tills.invite" InviteTill(InviteTill) -> DeviceInvitation;
    /// Whether other computers are let in, and where; for managers.
    "tills.network" Network(Nothing) -> NetworkView;
    /// Lets other computers in, or cuts them off; for managers.
    "tills.let_join" LetJoin(LetJoin) -> NetworkView;
    /// Lets customers' phones follow one-time links on the network, or not; for owners.
    "tills.let_answer" LetAnswer(LetAnswer) -> NetworkView;
    "tills.rename" RenameTill(RenameTill) -> Nothing;
    "tills.revoke" RevokeTill(OfTill) -> Nothing;
    /// The business, and this till in it.
    "shop.view" ShopView(Nothing) -> ShopView;
    "shop.rename" RenameShop(RenameShop) -> Nothing;
    /// Whether a code that a customer shows at the till is a yes about points; for owners.
    "shop.let_codes_approve" LetCodesApprove(LetCodesApprove) -> Nothing;
    /// What typed limits come to.
    "shop.check_code_limits" CheckCodeLimits(CodeLimitsForm) -> CodeLimitsCheck;
    "shop.save_code_limits" SaveCodeLimits(CodeLimitsForm) -> Nothing;
    /// The shop's programmes, with what their points buy.
    "programs.view" ProgramsView(Nothing) -> ProgramsView;
    /// What a form comes to, while it is typed.
    "programs.check" CheckProgram(ProgramForm) -> ProgramCheck;
    /// Makes a programme, or changes it.
    "programs.save" SaveProgram(ProgramForm) -> Nothing;
    "programs.change" ChangeProgram(UpdateProgram) -> Nothing;
    "rewards.check" CheckReward(RewardForm) -> RewardCheck;
    "rewards.save" SaveReward(RewardForm) -> Nothing;
    "rewards.change" ChangeReward(UpdateReward) -> Nothing;
    /// What passed with a customer, and what they agreed to.
    "customers.story" CustomerStory(CustomerOf) -> CustomerStory;
    /// Writes a name, notes or tags; what is missing stays.
    "customers.change" ChangeCustomer(UpdateCustomer) -> Nothing;
    /// Makes two customers one.
    "customers.merge" MergeCustomers(MergeCustomers) -> Nothing;
    /// What a correction of a card comes to, while it is typed.
    "customers.check_adjust" CheckAdjust(AdjustForm) -> AdjustCheck;
    /// Adds points to a card, or takes them.
    "customers.adjust" AdjustPoints(AdjustForm) -> Nothing;
    /// Takes an entry of a card back.
    "customers.reverse" ReverseEntry(ReverseEntry) -> Nothing;
    /// Makes a code to print, as a picture among the person's downloads.
    "customers.print_code" PrintCode(CustomerOf) -> PrintedCode;
    /// Saves the list of customers as a file among the person's downloads.
    "customers.export" ExportCustomers(CustomerFilter) -> SavedFile;
}

views! {
    /// No parameters, or no answer.
    Nothing {}
    SetLanguage { language: Language }
    SetTheme { theme: Theme }
    Painted {
        /// Milliseconds from the page's start to its first screen.
        #[ts(type = "number")]
        after_ms: u32,
    }
    /// The application around the screens.
    AppView {
        setup: Setup,
        business: Option<ShopLine>,
        /// Whoever is switched on.
        staff: Option<StaffLine>,
        /// Nobody is switched on: only the PIN screen works.
        locked: bool,
        language: Language,
        theme: Theme,
        connection: ConnectionView,
        camera: CameraView,
        /// Where customers open their page.
        customer_page: Option<CustomerPage>,
        demo: Option<DemoView>,
        #[ts(type = "number")]
        unread: u32,
        /// How many things a shop never answered, those under way without the line among them.
        #[ts(type = "number")]
        unsent: u32,
        version: String,
    }
    ShopLine { name: String, currency: Currency, country: String }
    StaffLine {
        id: StaffId,
        name: String,
        initials: String,
        role: Role,
        /// May manage tills, staff and programmes.
        manages: bool,
        /// May correct a card, and take an entry back.
        corrects: bool,
        /// May write a person down by an address.
        writes_down: bool,
        /// May change the business itself.
        owns: bool,
    }
    CustomerPage {
        url: String,
        /// Phones can open it: it is an https address. Otherwise it works on this computer only.
        public: bool,
    }
    DemoView {
        /// The folder with the customers' printed codes as PNG files.
        codes_dir: String,
        customers: Vec<DemoCustomer>,
        staff: Vec<DemoStaff>,
    }
    DemoStaff { name: String, role: Role, pin: String }
    DemoCustomer {
        name: String,
        phone: String,
        password: String,
        /// The PNG file with the customer's printed code.
        code_file: String,
    }
    /// The state of the line.
    ConnectionView {
        status: ConnectionStatus,
        /// Since when it has been so.
        since: Timestamp,
        /// When the replica was last known to be whole.
        synced_at: Option<Timestamp>,
        /// Why whoever answers at the server's address is not believed to be the server.
        distrusted: Option<WireError>,
        /// Operations that were sent and not answered yet.
        #[ts(type = "number")]
        unanswered: u32,
    }
    CameraView {
        state: CameraStatus,
        /// What the driver said, for the curious.
        detail: Option<String>,
        /// A code is before the camera, or was within the last second; the same one is no news until
        /// it has left.
        code_in_view: bool,
        /// What would make a code readable that is in view and was not read for a second.
        hint: Option<CameraHint>,
    }
    InboxView { items: Vec<crate::entity::NotificationBody> }
    /// A camera picture for the preview: a grey JPEG in base64.
    PreviewView {
        #[ts(type = "number")]
        width: u32,
        #[ts(type = "number")]
        height: u32,
        jpeg: String,
    }
}

/// How far set-up has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Setup {
    /// Nothing is set up: offer what there is to start with.
    FirstRun,
    Starting,
    Ready,
    Failed {
        error: WireError,
    },
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionStatus {
    /// Waiting to try again.
    Offline,
    Connecting,
    Online,
    /// The server will not have this till: its device was revoked or its credential is wrong.
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CameraStatus {
    Starting,
    Live,
    None,
    Busy,
    NoPermission,
    Unplugged,
    Failed,
}

/// What to ask of whoever holds a code to the camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CameraHint {
    Closer,
    HoldStill,
    TooDark,
    TooBright,
    TurnUpTheScreen,
}

/// What the core tells the window, without being asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum WindowEvent {
    /// These things changed: whoever shows them reads them again.
    Changed {
        what: Vec<Changed>,
    },
    Preview(PreviewView),
    /// A code was read: flash the frame, play the sound.
    CodeRead,
    /// So many customers were written to the file so far.
    Exported {
        #[ts(type = "number")]
        rows: u32,
    },
    /// An invitation was held up to the camera of a till without a shop.
    Invitation(InvitationView),
    /// The window was to be closed while so many other tills work through this computer; it stays until
    /// somebody decides, or closes it once more.
    Closing {
        #[ts(type = "number")]
        others: u32,
    },
    /// A popup or the tray was clicked: show the screen that it is about.
    Open(OpenScreen),
}

/// What can change under the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Changed {
    App,
    Counter,
    Customers,
    Inbox,
    /// What this till remembers of its own.
    Settings,
    /// The business, its staff, tills and programmes.
    Shop,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_read_by_its_name() {
        let call = Call::parse("counter.look_up", serde_json::json!({"text": "0722"})).unwrap();
        assert_eq!(call, Call::LookUp(LookUp { text: "0722".into() }));
    }

    #[test]
    fn an_unknown_call_is_an_error() {
        assert_eq!(Call::parse("rm -rf", Value::Null).unwrap_err().code, "not_found");
    }
}
