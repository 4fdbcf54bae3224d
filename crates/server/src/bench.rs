//! What `reda bench ledger` measures inside the server: awards through the engine without the way
//! over the network, and the writing of the same rows alone.

use crate::app::App;
use crate::config::ServerConfig;
use crate::engine::{self, EngineError};
use crate::error::ServerError;
use crate::requests::new_id;
use crate::setup::{NewShop, NewTill, ShopIds, TillAccess};
use futures_util::future::try_join_all;
use reda_actions::{
    Act, Actor, AnswerRequest, AskEnrollment, AwardPoints, AwardTo, Op, SignUp, StaffActor, Whom,
    Worth,
};
use reda_domain::address::{Address, Phone};
use reda_domain::business::Role;
use reda_domain::points::Points;
use reda_domain::request::RequestAnswer;
use reda_domain::{CardId, OperationId, RequestId, UserId};
use reda_store::tables::cards;
use reda_store::{Location, sizes, usage};
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Operations asked at once while the shops are made.
const AT_ONCE: usize = 256;
const POINTS: Points = Points(12);

/// Shops with members and tills, on a database of their own.
pub struct Ledger {
    app: App,
    cards: Vec<(StaffActor, CardId)>,
    next: AtomicUsize,
    tills: Vec<Till>,
}

/// What asks over HTTP.
#[derive(Clone, Debug)]
pub struct Till {
    pub token: String,
    pub staff_token: String,
    pub cards: Vec<CardId>,
}

/// How much there is in the database.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub shops: usize,
    pub members_of_each: usize,
}

fn failed(error: EngineError) -> ServerError {
    ServerError::Refused(error.to_string())
}

impl Ledger {
    /// Makes it all in an empty database.
    pub async fn make(database: Location, size: Size) -> Result<Self, ServerError> {
        if usage(&database).await?.is_some_and(|it| it.tables > 0) {
            let why = "the database is not empty: measuring wants one of its own";
            return Err(ServerError::Refused(why.to_owned()));
        }
        let app = App::open(ServerConfig::local(database)).await?;
        let mut ledger = Self { app, cards: vec![], next: AtomicUsize::new(0), tills: vec![] };
        let mut cards = vec![];
        for n in 0..size.shops {
            cards.push(ledger.open_shop(n, size.members_of_each).await?);
        }
        // Awards go round the shops, as they would come.
        for member in 0..size.members_of_each {
            ledger.cards.extend(cards.iter().map(|shop| shop[member]));
        }
        Ok(ledger)
    }

    async fn open_shop(
        &mut self,
        n: usize,
        members: usize,
    ) -> Result<Vec<(StaffActor, CardId)>, ServerError> {
        let shop = NewShop {
            name: format!("Shop {n}"),
            country: "KE".to_owned(),
            owner_name: "Owner".to_owned(),
            owner_phone: None,
            owner_email: Some(format!("owner{n}@example.com")),
            password: "a good password".to_owned(),
            program_name: "Points".to_owned(),
        };
        let shop = self.app.start_shop(None, shop).await?;
        let till = NewTill { business: shop.business, name: "Counter".to_owned() };
        let device = self.app.add_till(None, till).await?;
        let by = StaffActor {
            business: shop.business,
            staff: shop.staff,
            user: shop.user,
            role: Role::Owner,
            device: Some(device),
        };
        let mut people = vec![];
        for first in (0..members).step_by(AT_ONCE) {
            let some = first..members.min(first + AT_ONCE);
            let joining = some.map(|member| self.join(by, shop, n * members + member));
            people.extend(try_join_all(joining).await?);
        }
        let mut tx = self.app.db.snapshot().await?;
        let cards = cards::of_users(&mut tx, people).await?;
        let access = TillAccess { business: shop.business, device, staff: shop.staff };
        self.tills.push(Till {
            token: self.app.device_token(access).0,
            staff_token: self.app.staff_token(access).0,
            cards: cards.iter().map(|card| card.id).collect(),
        });
        Ok(cards.into_iter().map(|card| (by, card.id)).collect())
    }

    async fn join(&self, by: StaffActor, shop: ShopIds, n: usize) -> Result<UserId, ServerError> {
        let address = Address::Phone(Phone::from_e164(format!("+2547{n:08}")));
        let hash = self.app.auth.address_hash(&address);
        let person = self.ask(
            Actor::Server,
            SignUp {
                name: Some("Amina".to_owned()),
                address: address.clone(),
                password_hash: String::new(),
                language: Default::default(),
                verified: true,
            },
        );
        let user = UserId::from(person.await?);
        let whom = Whom::Address(address, hash);
        let asked = self.ask(Actor::Staff(by), AskEnrollment { whom, program: shop.program });
        let request = RequestId::from(asked.await?);
        let answer = RequestAnswer::Accept;
        let yes = AnswerRequest { request, answer, signature: None, language: None };
        self.ask(Actor::Person(user), yes).await?;
        Ok(user)
    }

    async fn ask(&self, actor: Actor, act: impl Into<Act>) -> Result<OperationId, ServerError> {
        let id = new_id();
        let op = Op { id, actor, at: self.app.now(), act: act.into() };
        let done = self.app.engine.submit(op, String::new()).await.map_err(failed)?;
        match done.result.refused {
            None => Ok(id),
            Some(refusal) => Err(ServerError::Refused(refusal.code())),
        }
    }

    /// The next award, and the hash of what is asked.
    fn award(&self) -> (Op, String) {
        let (by, card) = self.cards[self.next.fetch_add(1, Ordering::Relaxed) % self.cards.len()];
        let (to, worth) = (AwardTo::Card(card), Worth::Points(POINTS));
        let act = AwardPoints { to, worth, sale: None }.into();
        let op = Op { id: new_id(), actor: Actor::Staff(by), at: self.app.now(), act };
        let hash =
            self.app.auth.operation_hash(&json!([by.staff, "award_points", card]).to_string());
        (op, hash)
    }

    /// One award through the engine; answered, it is durable.
    pub async fn one(&self) -> Result<(), ServerError> {
        let (op, hash) = self.award();
        let done = self.app.engine.submit(op, hash).await.map_err(failed)?;
        match done.result.refused {
            None => Ok(()),
            Some(refusal) => Err(ServerError::Refused(refusal.code())),
        }
    }

    /// Writes the rows of so many awards, past the lane; how long writing and committing took.
    pub async fn write_alone(&self, awards: usize) -> Result<Duration, ServerError> {
        let awards = (0..awards).map(|_| self.award()).collect();
        engine::writing_alone(&self.app.db, self.app.now(), awards).await.map_err(failed)
    }

    /// A till for each shop.
    pub fn tills(&self) -> &[Till] {
        &self.tills
    }

    /// Makes the room of rows that changed usable again, as the database does by itself in time.
    pub async fn vacuum(&self) -> Result<(), ServerError> {
        Ok(self.app.db.vacuum().await?)
    }

    /// Bytes of each table with its indexes.
    pub async fn sizes(&self) -> Result<Vec<(String, i64)>, ServerError> {
        Ok(sizes(&mut self.app.db.snapshot().await?).await?)
    }

    /// Leaves the database to others.
    pub async fn close(&self) {
        self.app.close().await;
    }
}
