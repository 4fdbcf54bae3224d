//! What screens and rules ask of the replica.

use super::{Local, LocalError, broken};
use crate::counter::{Facts, Offer, Wants};
use crate::customers::program_line;
use reda_domain::reward::RewardStatus;
use reda_domain::{CardId, DeviceId, HandleId, ProgramId, StaffId, Timestamp};
use reda_protocol::entity::{
    BusinessBody, CardBody, DeviceBody, KeyBody, MemberBody, NotificationBody, ProgramBody,
    RequestBody, RewardBody, StaffBody,
};
use reda_protocol::frame::EntityKind;
use reda_protocol::scope::ScopeName;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

const ONE: &str = "SELECT id, body FROM replica WHERE scope = ?1 AND entity = ?2 AND id = ?3";
const ALL: &str = "SELECT id, body FROM replica WHERE scope = ?1 AND entity = ?2 ORDER BY id";
const CARD_NUMBERED: &str = "SELECT count(*) FROM replica
    WHERE scope = ?1 AND entity = 'card' AND json_extract(body, '$.number') = ?2";
const NOTIFICATIONS: &str = "SELECT id, body FROM replica
    WHERE scope = ?1 AND entity = 'notification' AND json_extract(body, '$.staff') = ?2
    ORDER BY json_extract(body, '$.created_at') DESC, id DESC LIMIT ?3";
const UNREAD: &str = "SELECT count(*) FROM replica
    WHERE scope = ?1 AND entity = 'notification' AND json_extract(body, '$.staff') = ?2
    AND NOT json_extract(body, '$.is_read')";

impl Local {
    pub(crate) async fn facts(&self, wants: Wants) -> Result<Facts, LocalError> {
        let cursor = self.cursor().await?;
        let request: Option<RequestBody> = match wants.request {
            Some(id) => self.one(EntityKind::Request, id.0).await?,
            None => None,
        };
        let made = request.as_ref().and_then(|request| request.card);
        let card: Option<CardBody> = match wants.card.or(made) {
            Some(id) => self.one(EntityKind::Card, id.0).await?,
            None => None,
        };
        let holder = card.as_ref().and_then(|card| card.member);
        let member = match wants.member.or(holder) {
            Some(id) => self.one(EntityKind::Member, id.0).await?,
            None => None,
        };
        let offer = match &card {
            Some(card) => self.offer(card.program).await?,
            None => None,
        };
        Ok(Facts { cursor, request, card, member, offer })
    }

    /// A programme with what its points buy now, the cheapest first.
    async fn offer(&self, program: ProgramId) -> Result<Option<Offer>, LocalError> {
        let body: Option<ProgramBody> = self.one(EntityKind::Program, program.0).await?;
        let Some(body) = body else { return Ok(None) };
        let mut rewards = self.rewards_of(program).await?;
        rewards.retain(|reward| reward.status == RewardStatus::Active);
        Ok(Some(Offer { program: program_line(body), rewards }))
    }

    /// What a programme's points buy or bought, the cheapest first.
    pub(crate) async fn rewards_of(
        &self,
        program: ProgramId,
    ) -> Result<Vec<RewardBody>, LocalError> {
        let mut rewards: Vec<RewardBody> = self.all(EntityKind::Reward).await?;
        rewards.retain(|reward| reward.program == program);
        rewards.sort_by_key(|reward| (reward.cost, reward.id));
        Ok(rewards)
    }

    pub(crate) async fn business(&self) -> Result<Option<BusinessBody>, LocalError> {
        let ScopeName::Business(id) = self.scope else { return Ok(None) };
        self.one(EntityKind::Business, id.0).await
    }

    pub(crate) async fn staff(&self, id: StaffId) -> Result<Option<StaffBody>, LocalError> {
        self.one(EntityKind::Staff, id.0).await
    }

    /// Everyone who works here.
    pub(crate) async fn everyone(&self) -> Result<Vec<StaffBody>, LocalError> {
        self.all(EntityKind::Staff).await
    }

    pub(crate) async fn device(&self, id: DeviceId) -> Result<Option<DeviceBody>, LocalError> {
        self.one(EntityKind::Device, id.0).await
    }

    pub(crate) async fn member(&self, id: HandleId) -> Result<Option<MemberBody>, LocalError> {
        self.one(EntityKind::Member, id.0).await
    }

    /// Oldest first: ids are made in the order of time.
    pub(crate) async fn programs(&self) -> Result<Vec<ProgramBody>, LocalError> {
        self.all(EntityKind::Program).await
    }

    pub(crate) async fn keys(&self) -> Result<Vec<KeyBody>, LocalError> {
        self.all(EntityKind::Key).await
    }

    pub(crate) async fn requests(&self) -> Result<Vec<RequestBody>, LocalError> {
        self.all(EntityKind::Request).await
    }

    pub(crate) async fn card(&self, id: Option<CardId>) -> Result<Option<CardBody>, LocalError> {
        match id {
            Some(id) => self.one(EntityKind::Card, id.0).await,
            None => Ok(None),
        }
    }

    /// Whether one of the business's cards has this number.
    pub(crate) async fn has_card_numbered(&self, number: &str) -> Result<bool, LocalError> {
        let query = sqlx::query_scalar(CARD_NUMBERED).bind(self.scope.to_string()).bind(number);
        let found: i64 = query.fetch_one(&self.pool).await?;
        Ok(found > 0)
    }

    /// A person's notifications, newest first.
    pub(crate) async fn notifications(
        &self,
        of: StaffId,
        limit: u32,
    ) -> Result<Vec<NotificationBody>, LocalError> {
        let query = sqlx::query(NOTIFICATIONS).bind(self.scope.to_string()).bind(of.to_string());
        let rows = query.bind(limit).fetch_all(&self.pool).await?;
        rows.iter().map(|row| body(EntityKind::Notification, row)).collect()
    }

    pub(crate) async fn unread(&self, of: StaffId) -> Result<u32, LocalError> {
        let query = sqlx::query_scalar(UNREAD).bind(self.scope.to_string()).bind(of.to_string());
        Ok(query.fetch_one(&self.pool).await?)
    }

    async fn one<T: DeserializeOwned>(
        &self,
        entity: EntityKind,
        id: Uuid,
    ) -> Result<Option<T>, LocalError> {
        let query = sqlx::query(ONE).bind(self.scope.to_string()).bind(entity.name()).bind(id);
        query.fetch_optional(&self.pool).await?.map(|row| body(entity, &row)).transpose()
    }

    async fn all<T: DeserializeOwned>(&self, entity: EntityKind) -> Result<Vec<T>, LocalError> {
        let query = sqlx::query(ALL).bind(self.scope.to_string()).bind(entity.name());
        let rows = query.fetch_all(&self.pool).await?;
        rows.iter().map(|row| body(entity, row)).collect()
    }
}

/// As times stand in bodies, which sort as text.
pub(super) fn text_of(at: Timestamp) -> String {
    match serde_json::to_value(at) {
        Ok(Value::String(text)) => text,
        other => unreachable!("a time is written as text, not {other:?}"),
    }
}

pub(super) fn body<T: DeserializeOwned>(
    entity: EntityKind,
    row: &SqliteRow,
) -> Result<T, LocalError> {
    let (id, text): (Uuid, String) = (row.try_get(0)?, row.try_get(1)?);
    serde_json::from_str(&text).map_err(broken(entity, id))
}
