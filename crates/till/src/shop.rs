//! The business as the window draws it: who works here, and which till this is.

use crate::local::{Local, LocalError};
use crate::person;
use reda_domain::DeviceId;
use reda_domain::business::Role;
use reda_domain::permission::Action;
use reda_domain::settings::Evidence;
use reda_protocol::entity::StaffBody;
use reda_protocol::rpc::{ShopView, StaffLine, WhoLine, WhoView};

/// Who may switch on: those with a PIN first, then by name.
pub(crate) async fn who(local: &Local) -> Result<WhoView, LocalError> {
    let mut staff: Vec<WhoLine> = local.everyone().await?.into_iter().map(who_line).collect();
    staff.sort_by_key(|it| (!it.has_pin, it.name.to_lowercase()));
    Ok(WhoView { staff })
}

fn who_line(it: StaffBody) -> WhoLine {
    WhoLine {
        id: it.id,
        short_name: person::short_name(&it.name),
        initials: person::initials(&it.name),
        name: it.name,
        role: it.role,
        has_pin: it.has_pin,
    }
}

/// Whoever is switched on.
pub(crate) fn staff_line(it: StaffBody) -> StaffLine {
    StaffLine {
        id: it.id,
        initials: person::initials(&it.name),
        name: it.name,
        role: it.role,
        manages: manages(it.role),
        corrects: it.role.may(Action::AdjustPoints),
        writes_down: it.role.may(Action::CreateCustomer),
        owns: it.role.may(Action::ManageBusiness),
    }
}

/// Whether the settings of the shop are theirs.
fn manages(role: Role) -> bool {
    [Action::ManageDevices, Action::ManageStaff, Action::ManagePrograms]
        .into_iter()
        .all(|action| role.may(action))
}

/// The business, from the replica.
pub(crate) async fn view(
    local: &Local,
    device: DeviceId,
    server: String,
) -> Result<Option<ShopView>, LocalError> {
    let Some(shop) = local.business().await? else { return Ok(None) };
    let own = local.device(device).await?;
    let settings = shop.settings.unwrap_or_default();
    Ok(Some(ShopView {
        name: shop.name,
        country: shop.country,
        currency: shop.currency,
        device,
        till: own.map(|own| own.name).unwrap_or_default(),
        server,
        codes_approve: settings.approval_evidence.contains(&Evidence::FreshCode),
        code_points: settings.fresh_code_points,
        code_points_day: settings.fresh_code_points_day,
    }))
}
