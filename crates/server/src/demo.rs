//! The demo shop: a business with tiers and rewards, its cashier, a till, and three customers with
//! printed codes.
//!
//! Every step has a fixed operation id, so that a second start finds the same shop.

use crate::app::App;
use crate::error::ServerError;
use crate::qr;
use crate::requests::{Asked, ask};
use crate::setup::{NewShop, NewTill, ShopIds, TillAccess};
use reda_actions::{CreateReward, IssuePrintedCode, UpdateProgram};
use reda_domain::business::Role;
use reda_domain::money::{Currency, Money};
use reda_domain::points::Points;
use reda_domain::reward::{Gives, RewardStatus};
use reda_domain::tier::Tier;
use reda_domain::{OperationId, PrintedCodeId, ProgramId, UserId};
use serde::Serialize;
use serde_json::json;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Under which all ids of the demo are made.
const NAMESPACE: Uuid = Uuid::from_u128(0x0199_0000_0000_7000_8000_7265_6461_0001);
/// The password of everyone in the demo shop.
pub const PASSWORD: &str = "demo-password";
/// Who works here, and the PIN of each.
const STAFF: [(&str, Role, &str); 2] =
    [("Joseph Mwangi", Role::Owner, "2468"), ("Grace Wambui", Role::Cashier, "1357")];
/// Name, points earned that it begins at, and what it multiplies by, in hundredths.
const TIERS: [(&str, i64, u32); 2] = [("Silver", 200, 125), ("Gold", 500, 150)];
/// Name, phone number and file name of the three customers. The numbers are invented.
const CUSTOMERS: [(&str, &str, &str); 3] = [
    ("Amina Hassan", "0722000412", "amina.png"),
    ("Brian Otieno", "0733000118", "brian.png"),
    ("Wanjiku Kamau", "0110000275", "wanjiku.png"),
];

/// The demo shop.
#[derive(Clone, Debug)]
pub struct DemoShop {
    pub till: TillAccess,
    pub program: ProgramId,
    /// Name, role and PIN of everyone who works here.
    pub staff: [(&'static str, Role, &'static str); 2],
    pub customers: Vec<DemoCustomer>,
    /// The folder with the printed codes.
    pub codes_dir: PathBuf,
}

/// A customer of the demo shop; not a member yet.
#[derive(Clone, Debug, Serialize)]
pub struct DemoCustomer {
    #[serde(skip)]
    pub user: UserId,
    pub name: String,
    pub phone: String,
    pub password: String,
    /// The PNG of the customer's printed code.
    pub code_file: PathBuf,
}

fn id(what: &str) -> OperationId {
    OperationId(Uuid::new_v5(&NAMESPACE, what.as_bytes()))
}

/// Makes the demo shop, or finds it, and writes the printed codes to `codes_dir`.
pub async fn open(app: &App, codes_dir: &Path) -> Result<DemoShop, ServerError> {
    let shop = NewShop {
        name: "Baraka Mini-Mart".to_owned(),
        country: "KE".to_owned(),
        owner_name: "Joseph Mwangi".to_owned(),
        owner_phone: Some("0720000001".to_owned()),
        owner_email: None,
        password: PASSWORD.to_owned(),
        program_name: "Baraka Points".to_owned(),
    };
    let shop = app.start_shop(Some(id("shop")), shop).await?;
    let grace = app.add_person(id("cashier"), "Grace Wambui", "0720000002", PASSWORD).await?;
    let staff = app.add_staff(id("staff"), shop.business, grace, Role::Cashier).await?;
    let [(_, _, owners_pin), (_, _, cashiers_pin)] = STAFF;
    app.set_pin(id("owner's PIN"), &shop, shop.staff, owners_pin).await?;
    app.set_pin(id("cashier's PIN"), &shop, staff, cashiers_pin).await?;
    offer(app, &shop).await?;
    let till = NewTill { business: shop.business, name: "Front counter".to_owned() };
    let device = app.add_till(Some(id("till")), till).await?;
    let file = |source| ServerError::File { path: codes_dir.display().to_string(), source };
    std::fs::create_dir_all(codes_dir).map_err(file)?;
    let mut customers = vec![];
    for (name, phone, file_name) in CUSTOMERS {
        customers.push(customer(app, name, phone, &codes_dir.join(file_name)).await?);
    }
    Ok(DemoShop {
        till: TillAccess { business: shop.business, device, staff },
        program: shop.program,
        staff: STAFF,
        customers,
        codes_dir: codes_dir.to_owned(),
    })
}

/// Gives the programme its tiers, and what points buy. Whoever tries the demo may change them: a later
/// start leaves them as they are.
async fn offer(app: &App, shop: &ShopIds) -> Result<(), ServerError> {
    let tier = |(name, from, multiplier_percent): (&str, i64, u32)| Tier {
        name: name.to_owned(),
        from: Points(from),
        multiplier_percent,
    };
    let tiers = Some(TIERS.into_iter().map(tier).collect());
    let act = UpdateProgram { tiers, ..UpdateProgram::nothing(shop.program) };
    app.as_owner(id("tiers"), shop, act.into(), json!(TIERS)).await?;
    for (name, cost, gives) in rewards() {
        let act = CreateReward {
            program: shop.program,
            name: name.to_owned(),
            cost: Points(cost),
            gives: gives.clone(),
            status: RewardStatus::Active,
        };
        let body = json!([name, cost, gives]);
        app.as_owner(id(&format!("reward {name}")), shop, act.into(), body).await?;
    }
    Ok(())
}

/// What points buy, where one is earned for each KES 100: about a hundredth of what was spent.
fn rewards() -> [(&'static str, i64, Gives); 3] {
    let hundred = Money { amount: 10_000, currency: Currency::KES };
    let thing = |product: &str| Gives::Product { product: product.to_owned() };
    [
        ("Soda, 300 ml", 50, thing("Soda, 300 ml")),
        ("KES 100 off", 100, Gives::MoneyOff { amount: hundred }),
        ("Maize flour, 2 kg", 180, thing("Maize flour, 2 kg")),
    ]
}

async fn customer(
    app: &App,
    name: &str,
    phone: &str,
    code_file: &Path,
) -> Result<DemoCustomer, ServerError> {
    let user = app.add_person(id(&format!("customer {name}")), name, phone, PASSWORD).await?;
    let code = id(&format!("code {name}"));
    let act = IssuePrintedCode::Myself.into();
    let asked = Asked::by(user, Some(code), act, serde_json::Value::Null);
    let refused =
        |error: crate::http::ApiError| ServerError::Refused(error.told(Default::default()).message);
    ask(app, asked, Default::default()).await.map_err(refused)?;
    let text = app.codes.printed_text(PrintedCodeId::from(code));
    let png = qr::png(&text).map_err(|error| ServerError::Refused(error.to_string()))?;
    let file = |source| ServerError::File { path: code_file.display().to_string(), source };
    std::fs::write(code_file, png).map_err(file)?;
    Ok(DemoCustomer {
        user,
        name: name.to_owned(),
        phone: phone.to_owned(),
        password: PASSWORD.to_owned(),
        code_file: code_file.to_owned(),
    })
}
