//! The TypeScript that the user interfaces are written against is generated from these types
//! and committed; this test says when it is not current.
//! `REDA_WRITE_TYPES=1 cargo test -p reda-protocol --test typescript` writes it anew.

use reda_protocol::{api, entity, error, frame, operation, rpc};
use std::{any::TypeId, collections::BTreeMap, collections::HashSet, path::Path};
use ts_rs::{Config, TS, TypeVisitor};

struct Declarations {
    config: Config,
    seen: HashSet<TypeId>,
    found: BTreeMap<String, String>,
}

impl Declarations {
    fn add<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        if T::output_path().is_some() {
            self.found.insert(T::ident(&self.config), T::decl(&self.config));
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        self.add::<T>();
    }
}

fn wire_ts() -> String {
    let mut all = Declarations {
        config: Config::default().with_large_int("number"),
        seen: HashSet::new(),
        found: BTreeMap::new(),
    };
    macro_rules! add { ($($t:ty),* $(,)?) => { $(all.add::<$t>();)* } }
    add!(
        frame::ClientFrame,
        frame::ServerFrame,
        operation::Operation,
        operation::Outcome,
        operation::Scan,
        operation::FindCustomer,
        operation::CreateCustomer,
        operation::AskEnrollment,
        operation::AwardPoints,
        operation::UpdateProgram,
        operation::CreateProgram,
        operation::CreateReward,
        operation::UpdateReward,
        operation::RequestDeduction,
        operation::AdjustPoints,
        operation::ReverseEntry,
        operation::UpdateBusiness,
        reda_domain::settings::Settings,
        reda_protocol::scope::Cursor,
        error::ErrorBody,
        entity::BusinessBody,
        entity::ProgramBody,
        entity::RewardBody,
        entity::StaffBody,
        entity::DeviceBody,
        entity::MemberBody,
        entity::KeyBody,
        entity::PrintedCodeBody,
        entity::CardBody,
        entity::RequestBody,
        entity::NotificationBody,
        entity::PreferencesBody,
        entity::UserBody,
        api::SharedBusiness,
        api::ShortCode,
        api::CardOffer,
        api::EraseMe,
        operation::UpdateCustomer,
        operation::MergeCustomers,
        api::CustomerList,
        api::CustomerDetail,
        api::InteractionLine,
        api::ScanLine,
        api::ReviewLine,
        api::SignUp,
        api::SignIn,
        api::Refresh,
        api::AskCode,
        api::GiveCode,
        api::SetPassword,
        api::SessionLine,
        api::InviteStaff,
        api::UpdateStaff,
        api::StaffDetail,
        api::StaffAnswer,
        api::StaffInvitation,
        api::InviteDevice,
        api::PairDevice,
        api::AskDeviceToken,
        api::SwitchOn,
        api::UpdateDevice,
        api::DeviceDetail,
        api::DeviceInvitation,
        api::DevicePaired,
        api::DeviceToken,
        api::SwitchedOn,
        api::CreateBusiness,
        api::RegisterKey,
        api::UpdateMe,
        api::AnswerRequest,
        api::UpdatePreferences,
        api::TestNotification,
        api::NotificationList,
        api::NotificationAnswer,
        api::ReadAllAnswer,
        api::PreferencesAnswer,
        api::TestAnswer,
        api::SignedIn,
        api::BusinessCreated,
        api::KeyRegistered,
        api::RequestAnswered,
        api::EntryLine,
        api::CustomerFound,
        api::RequestData,
        api::DeductionData,
        api::AwardData,
        api::WaitingData,
        api::PrintedCodeData,
        rpc::AppView,
        rpc::CounterView,
        rpc::AmountView,
        rpc::SpendView,
        rpc::SpendAsk,
        rpc::ProgramsView,
        rpc::ProgramCheck,
        rpc::RewardCheck,
        rpc::AdjustForm,
        rpc::CodeLimitsForm,
        rpc::CodeLimitsCheck,
        rpc::AdjustCheck,
        rpc::ReadOut,
        rpc::InPerson,
        rpc::CustomerFilter,
        rpc::CustomersQuery,
        rpc::CustomersView,
        rpc::CustomerView,
        rpc::EnrolView,
        rpc::InboxView,
        rpc::WindowEvent,
        rpc::Nothing,
        rpc::SetLanguage,
        rpc::SetTheme,
        rpc::Painted,
        rpc::LookUp,
        rpc::PictureFile,
        rpc::AmountText,
        rpc::StartShop,
        rpc::JoinShop,
        rpc::ShopLook,
        rpc::InvitationView,
        rpc::NetworkView,
        rpc::LinksView,
        rpc::TillSettings,
        rpc::CamerasView,
        rpc::WhoView,
        rpc::AddStaff,
        rpc::StaffList,
        rpc::TillList,
        rpc::ChangeStaff,
        rpc::ShopView,
        rpc::CustomerStory,
        rpc::SavedFile,
        rpc::UnsentKind,
        rpc::UnsentLine,
        rpc::UnsentView,
        rpc::PrintedCode,
    );
    let mut out = String::from(
        "// Generated from crates/protocol; see crates/protocol/tests/typescript.rs.\n\n",
    );
    for declaration in all.found.values() {
        out.push_str("export ");
        out.push_str(declaration);
        out.push('\n');
    }
    out.push('\n');
    out.push_str(&rpc::typescript());
    out
}

#[test]
fn the_committed_typescript_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/shared/src/wire.ts");
    let wanted = wire_ts();
    if std::env::var_os("REDA_WRITE_TYPES").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "ui/shared/src/wire.ts is stale: REDA_WRITE_TYPES=1 writes it anew");
}
