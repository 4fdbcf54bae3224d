//! Direct calls for whoever holds the server itself: the command line and the till that carries
//! it inside. None of these is reachable over HTTP.

use crate::app::App;
use crate::auth::Language;
use crate::error::ServerError;
use crate::http::ApiError;
use crate::operations::one_address;
use crate::requests::{Asked, ask, new_id};
use reda_actions::{
    Act, Actor, AddDevice, AddStaff, CreateBusiness, SignUp, StaffActor, UpdateStaff,
};
use reda_domain::business::Role;
use reda_domain::money::Currency;
use reda_domain::{BusinessId, DeviceId, OperationId, ProgramId, StaffId, UserId};
use reda_store::tables::{staff_pins, users};
use serde_json::{Value, json};

/// A shop to start.
#[derive(Clone, Debug)]
pub struct NewShop {
    pub name: String,
    /// ISO 3166 alpha-2.
    pub country: String,
    pub owner_name: String,
    pub owner_phone: Option<String>,
    pub owner_email: Option<String>,
    pub password: String,
    pub program_name: String,
}

/// What starting a shop made.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct ShopIds {
    pub business: BusinessId,
    pub user: UserId,
    pub staff: StaffId,
    pub program: ProgramId,
}

impl ShopIds {
    /// What the operation of this id made.
    fn of(id: OperationId) -> Self {
        Self {
            business: BusinessId::from(id),
            user: UserId(id.derive("owner")),
            staff: StaffId(id.derive("staff")),
            program: ProgramId(id.derive("program")),
        }
    }
}

/// A till to register.
#[derive(Clone, Debug)]
pub struct NewTill {
    pub business: BusinessId,
    pub name: String,
}

/// What a till needs to work: who it is, and who is switched on.
#[derive(Clone, Copy, Debug)]
pub struct TillAccess {
    pub business: BusinessId,
    pub device: DeviceId,
    pub staff: StaffId,
}

fn refused(error: ApiError) -> ServerError {
    ServerError::Told(Box::new(error.told(Default::default())))
}

impl App {
    /// Starts a shop with its owner and first programme. The same id again gives the same shop.
    pub async fn start_shop(
        &self,
        id: Option<OperationId>,
        shop: NewShop,
    ) -> Result<ShopIds, ServerError> {
        if let Some(id) = id
            && self.has_user(UserId(id.derive("owner"))).await?
        {
            return Ok(ShopIds::of(id));
        }
        let starting = async {
            let address = one_address(self, &shop.owner_phone, &shop.owner_email)?;
            let currency = Currency::of_country(&shop.country);
            let currency = currency.ok_or_else(|| ApiError::of("bad_country"))?;
            let password = crate::http::checked_password(&shop.password)?.to_owned();
            let asked = json!([shop.name, shop.country, address.as_str()]);
            let owner = SignUp {
                name: Some(crate::operations::name(&shop.owner_name)?),
                address,
                password_hash: self.auth.hash_password(password).await,
                language: Language(Default::default()).0,
                verified: true,
            };
            let act = CreateBusiness {
                name: crate::operations::name(&shop.name)?,
                country: shop.country,
                currency,
                owner,
                program_name: shop.program_name,
            };
            let id = id.unwrap_or_else(new_id);
            self.as_server(id, act.into(), asked).await.map(|_| ShopIds::of(id))
        };
        starting.await.map_err(refused)
    }

    /// Makes an account with a proven address.
    pub(crate) async fn add_person(
        &self,
        id: OperationId,
        name: &str,
        phone: &str,
        password: &str,
    ) -> Result<UserId, ServerError> {
        // Hashing a password again only to find the account there would take most of a start.
        if self.has_user(UserId::from(id)).await? {
            return Ok(UserId::from(id));
        }
        let adding = async {
            let address = one_address(self, &Some(phone.to_owned()), &None)?;
            let asked = json!([name, address.as_str()]);
            let act = SignUp {
                name: Some(name.to_owned()),
                address,
                password_hash: self.auth.hash_password(password.to_owned()).await,
                language: Default::default(),
                verified: true,
            };
            self.as_server(id, act.into(), asked).await
        };
        adding.await.map_err(refused)?;
        Ok(UserId::from(id))
    }

    /// Whether there is such an account.
    pub(crate) async fn has_user(&self, user: UserId) -> Result<bool, ServerError> {
        let mut tx = self.db.snapshot().await?;
        Ok(users::find(&mut tx, user).await?.is_some())
    }

    /// Gives a user a role in a business.
    pub(crate) async fn add_staff(
        &self,
        id: OperationId,
        business: BusinessId,
        user: UserId,
        role: Role,
    ) -> Result<StaffId, ServerError> {
        let act = AddStaff { business, user, role };
        let asked = json!([business, user, role]);
        self.as_server(id, act.into(), asked).await.map_err(refused)?;
        Ok(StaffId::from(id))
    }

    /// Gives a member of staff a PIN, in the owner's name.
    pub(crate) async fn set_pin(
        &self,
        id: OperationId,
        shop: &ShopIds,
        staff: StaffId,
        pin: &str,
    ) -> Result<(), ServerError> {
        // Hashing it again only to be told the first answer would take most of a start.
        let mut tx = self.db.snapshot().await?;
        let has_one = !staff_pins::having(&mut tx, [staff]).await?.is_empty();
        drop(tx);
        if has_one {
            return Ok(());
        }
        let pin_hash = Some(self.auth.hash_password(pin.to_owned()).await);
        let act = UpdateStaff { staff, name: None, role: None, pin_hash };
        self.as_owner(id, shop, act.into(), json!(staff)).await
    }

    /// Does something in the name of a shop's owner.
    pub(crate) async fn as_owner(
        &self,
        id: OperationId,
        shop: &ShopIds,
        act: Act,
        body: Value,
    ) -> Result<(), ServerError> {
        let owner = StaffActor {
            business: shop.business,
            staff: shop.staff,
            user: shop.user,
            role: Role::Owner,
            device: None,
        };
        let asked = Asked { id, actor: Actor::Staff(owner), act, body };
        ask(self, asked, Default::default()).await.map(|_| ()).map_err(refused)
    }

    /// Registers a till.
    pub async fn add_till(
        &self,
        id: Option<OperationId>,
        till: NewTill,
    ) -> Result<DeviceId, ServerError> {
        let id = id.unwrap_or_else(new_id);
        let asked = json!([till.business, till.name]);
        let act =
            AddDevice { business: till.business, name: till.name, anew: None, invited_by: None };
        self.as_server(id, act.into(), asked).await.map_err(refused)?;
        Ok(DeviceId::from(id))
    }

    /// A till's token and the seconds that it lasts.
    pub fn device_token(&self, access: TillAccess) -> (String, i64) {
        self.auth.device_token(access.device, access.business)
    }

    /// The token of who is switched on at a till, and the seconds that it lasts.
    pub fn staff_token(&self, access: TillAccess) -> (String, i64) {
        self.auth.staff_token(access.staff, access.business, access.device)
    }

    async fn as_server(&self, id: OperationId, act: Act, body: Value) -> Result<Value, ApiError> {
        let asked = Asked { id, actor: Actor::Server, act, body };
        Ok(ask(self, asked, Default::default()).await?.result.data)
    }
}
