//! Two shops and their people, with something of every kind that a stranger might reach for.

use crate::http::{Answer, Http};
use crate::sample;
use crate::town::{self, Customer, Joined, TestTown, Till};
use reda_domain::BusinessId;
use reda_domain::business::Role;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// The scene.
pub(crate) struct Scene {
    pub(crate) town: TestTown,
    /// A member of the shop.
    pub(crate) amina: Customer,
    pub(crate) joined: Joined,
    /// A line of her card.
    entry: Value,
    reward: Value,
    /// A customer of nobody's.
    pub(crate) stranger: Customer,
    pub(crate) owner: Http,
    pub(crate) cashier: Http,
    pub(crate) manager: Http,
    /// The other shop.
    pub(crate) other_owner: Http,
    other: BusinessId,
    pub(crate) other_till: Till,
    pub(crate) document: Value,
    notification: Value,
    /// Where Amina is signed in.
    session: Value,
    /// A cashier's place in the shop.
    place: Value,
}

impl Scene {
    pub(crate) async fn set() -> Self {
        let town = TestTown::open().await;
        let (amina, joined) = town.member("Amina Wanjiku").await;
        let entry = town.till.award(&joined.card, 4321).await.applied()["entry"].clone();
        let owner = town.owner().await;
        let gives = json!({ "kind": "text", "text": "Tea" });
        let reward = json!({ "program": town.program(), "name": "Tea", "cost": 5, "gives": gives });
        let reward = owner.op("create_reward", reward).await.applied()["reward"].clone();
        let moses = town.customer("Moses").await;
        town.hire(&moses, Role::Manager).await;
        let stranger = town.customer("Zed").await;
        let (other, other_till) = town.other_shop().await;
        let phones = "SELECT phone FROM users WHERE id = $1";
        let phone = town.texts(phones, [other.user.0.into()]).await.remove(0);
        let sessions = amina.http.get("/api/me/sessions").await.ok();
        let told = amina.http.get("/api/notifications").await.ok();
        Self {
            owner,
            reward,
            cashier: town.signed_in("0720000002").await,
            other_owner: town.signed_in(&phone).await,
            document: town.http.get("/api/openapi.json").await.ok(),
            notification: told["notifications"][0]["id"].clone(),
            session: sessions["items"][0]["id"].clone(),
            place: json!(town.till.access.staff),
            town,
            amina,
            joined,
            entry,
            stranger,
            manager: moses.http,
            other: other.business,
            other_till,
        }
    }

    /// What a parameter or a field of this name stands for: things of Amina's and of the shop's.
    pub(crate) fn id(&self, name: &str) -> Value {
        match name {
            "business" => json!(self.town.shop.business),
            "program" => json!(self.town.program()),
            "card" => self.joined.card.clone(),
            "entry" => self.entry.clone(),
            "reward" => self.reward.clone(),
            "customer" => self.joined.handle.clone(),
            "request" => self.joined.request.clone(),
            "session" => self.session.clone(),
            "staff" => self.place.clone(),
            "device" => json!(self.town.till.access.device),
            "key" => self.amina.key_id.clone(),
            "notification" => self.notification.clone(),
            "scope" => json!(format!("u:{}", self.amina.user)),
            "id" => json!(Uuid::now_v7()),
            _ => panic!(
                "a call names {name:?}: say in crates/server/tests/it/scene.rs which of Amina's or \
                 the shop's things it stands for, so that strangers can be tried on it"
            ),
        }
    }

    /// A till of the shop that does not count any more.
    pub(crate) async fn former_till(&self, what_happened: &'static str) -> Http {
        let (shop, Till { access, .. }) = (self.town.shop, &self.town.till);
        let till =
            town::till(&self.town.server, &self.town.http, shop.business, access.staff).await;
        self.town.sql(what_happened, [till.access.device.0.into()]).await;
        till.http
    }

    /// Someone who worked in the shop.
    pub(crate) async fn dismissed(&self) -> Http {
        let person = self.town.customer("Zipporah").await;
        let place = self.town.hire(&person, Role::Cashier).await.access.staff;
        let path = format!("/api/businesses/{}/staff/{place}", self.town.shop.business);
        Answer::of(self.owner.call(Method::DELETE, &path)).await.ok();
        person.http
    }

    /// A cashier of the other shop.
    pub(crate) async fn cashier_elsewhere(&self) -> Http {
        let person = self.town.customer("Omar").await;
        town::add_staff(&self.town.server, self.other, person.user, Role::Cashier).await;
        person.http
    }

    /// The least body of a schema.
    pub(crate) fn sample(&self, schema: &Value) -> Value {
        sample::of(&self.document, schema, &|name| self.id(name))
    }

    /// What no stranger may read in any answer.
    pub(crate) async fn secrets(&self) -> Vec<String> {
        let number = "SELECT number FROM loyalty_cards";
        let mut secrets = self.town.texts(number, []).await;
        secrets.extend(["Amina", "Wanjiku", "4321"].map(str::to_owned));
        secrets.push(self.amina.phone[1..].to_owned());
        secrets
    }
}
