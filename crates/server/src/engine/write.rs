//! What a batch writes. Rows, feed, audit and notifications all derive from the effects, each in
//! one place.

use super::batch::cursor;
use super::{BatchError, Job, StoredResult};
use reda_actions::{Actor, Op};
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::Need;
use reda_domain::notice::{Notice, Notification, Reader};
use reda_domain::refusal::Refusal;
use reda_domain::scope::{Scope, Touched};
use reda_domain::world::World;
use reda_domain::{NotificationId, OperationId, Timestamp};
use reda_store::tables::operations::{By, Known};
use reda_store::tables::{audit, feed, operations};
use reda_store::{Tx, load, save_moving};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// Everything that a batch will write.
pub(super) struct Written {
    now: Timestamp,
    /// As it is after what was taken in.
    pub(super) world: World,
    heads: BTreeMap<Scope, feed::Head>,
    changes: Vec<Change>,
    /// Cards and handles that are new, or different in more than their numbers.
    moved: HashSet<Uuid>,
    touched: BTreeSet<Touched>,
    /// Scopes under whose heads something changed, shown in the feed or not.
    changed: BTreeSet<Scope>,
    by_operation: HashMap<OperationId, BTreeSet<Scope>>,
    audit: Vec<audit::Line>,
    pub(super) operations: Vec<Known>,
}

/// What was written, still to be committed.
pub(super) struct Saved {
    /// All heads that are locked.
    pub(super) heads: BTreeMap<Scope, feed::Head>,
    /// Which scopes are where now.
    pub(super) moved: Vec<(Scope, i64)>,
    pub(super) world: World,
    pub(super) changes: Vec<Change>,
}

impl Written {
    pub(super) fn new(world: World, heads: BTreeMap<Scope, feed::Head>, now: Timestamp) -> Self {
        Self {
            now,
            world,
            heads,
            changes: vec![],
            moved: HashSet::new(),
            touched: BTreeSet::new(),
            changed: BTreeSet::new(),
            by_operation: HashMap::new(),
            audit: vec![],
            operations: vec![],
        }
    }

    /// Takes in what an operation decided, and so does the world; its notices become notifications.
    pub(super) async fn take(
        &mut self,
        tx: &mut Tx,
        job: &Job,
        effects: Effects,
    ) -> Result<StoredResult, BatchError> {
        let op = &job.op;
        for change in effects.changes.iter().filter(|change| self.world.moves(change)) {
            match change {
                Change::Card(row) => drop(self.moved.insert(row.id.0)),
                Change::BusinessCustomer(row) => drop(self.moved.insert(row.id.0)),
                _ => {}
            }
        }
        self.world.apply(&effects);
        let readers = effects.notices.iter().map(|notice| Need::User(notice.to.user()));
        load(tx, &mut self.world, readers, self.now).await?;
        let mut changes = effects.changes;
        for (n, notice) in effects.notices.into_iter().enumerate() {
            let row = Change::Notification(self.notification(op, n, notice)?);
            self.world.put(row.clone());
            changes.push(row);
        }
        let touched: BTreeSet<Touched> =
            changes.iter().flat_map(|it| self.touched_by(it)).chain(effects.also_touched).collect();
        let scopes: BTreeSet<Scope> = touched.iter().map(|it| it.scope).collect();
        if let Some(scope) = scopes.iter().find(|scope| !self.heads.contains_key(scope)) {
            return Err(BatchError::NotLocked { kind: op.act.kind(), scope: *scope });
        }
        let result =
            StoredResult { refused: effects.refused, data: effects.answer, moved: BTreeMap::new() };
        let known = self.known(job, &result);
        if !changes.is_empty() || result.refused.is_none() {
            self.audited(op, &known, &scopes)?;
            self.changed.extend(op.scopes(&self.world)?);
        }
        self.operations.push(known);
        self.changed.extend(&scopes);
        self.changes.extend(changes);
        self.touched.extend(touched);
        self.by_operation.insert(op.id, scopes);
        Ok(result)
    }

    /// What a change makes different in feeds. A person's page knows a shop by its name: that they
    /// came again shows on their card alone.
    fn touched_by(&self, change: &Change) -> impl Iterator<Item = Touched> + use<> {
        let is_counted = match change {
            Change::BusinessCustomer(row) => !self.moved.contains(&row.id.0),
            _ => false,
        };
        let is_person = |it: &Touched| matches!(it.scope, Scope::User(_));
        change.touches().into_iter().filter(move |it| !(is_counted && is_person(it)))
    }

    /// Takes in an operation that changes nothing.
    pub(super) fn refused(&mut self, job: &Job, refusal: Refusal) -> StoredResult {
        let result =
            StoredResult { refused: Some(refusal), data: Value::Null, moved: BTreeMap::new() };
        self.operations.push(self.known(job, &result));
        result
    }

    /// Rendered once, in the reader's language.
    fn notification(&self, op: &Op, n: usize, notice: Notice) -> Result<Notification, BatchError> {
        let user = notice.to.user();
        let shop = op.scopes(&self.world)?.into_iter().find_map(|scope| match scope {
            Scope::Business(business) => Some(business),
            Scope::Platform | Scope::User(_) => None,
        });
        let language = self.world.user(user)?.map(|user| user.language).unwrap_or_default();
        let text = reda_notify::in_app(&notice.kind, language);
        Ok(Notification {
            id: NotificationId(op.id.notification(n)),
            user,
            business: match notice.to {
                Reader::Staff { business, .. } => Some(business),
                Reader::Person(_) => shop,
            },
            staff: match notice.to {
                Reader::Staff { business, staff, .. } => Some((business, staff)),
                Reader::Person(_) => None,
            },
            kind: notice.kind.name().to_owned(),
            title: text.title,
            message: text.message,
            related: notice.kind.related().map(|(kind, id)| (kind.to_owned(), id)),
            metadata: notice.kind.facts(),
            is_read: false,
            created_at: self.now,
            updated_at: self.now,
        })
    }

    /// No effect without its line: in the business's chain, or in the platform's.
    fn audited(
        &mut self,
        op: &Op,
        known: &Known,
        touched: &BTreeSet<Scope>,
    ) -> Result<(), BatchError> {
        let scopes = op.scopes(&self.world)?;
        let of_business = |scope: &&Scope| matches!(scope, Scope::Business(_));
        let in_business =
            touched.iter().find(of_business).or_else(|| scopes.iter().find(of_business));
        let scope = in_business.copied().unwrap_or(Scope::Platform);
        let kind = op.act.kind();
        let head = self.heads.get_mut(&scope).ok_or(BatchError::NotLocked { kind, scope })?;
        self.audit.push(audit::chain(scope, head, known));
        Ok(())
    }

    /// Writes it all.
    pub(super) async fn save(
        mut self,
        tx: &mut Tx,
        decided: &mut HashMap<OperationId, (String, StoredResult)>,
    ) -> Result<Saved, BatchError> {
        let mut places = Vec::with_capacity(self.touched.len());
        for touched in &self.touched {
            if let Some(head) = self.heads.get_mut(&touched.scope) {
                head.seq += 1;
                places.push((*touched, head.seq));
            }
        }
        let own = feed::split_own(&mut places, &self.changes);
        save_moving(tx, &self.changes, |id| self.moved.contains(&id), &own).await?;
        feed::save(tx, &places).await?;
        self.place(decided);
        operations::add(tx, &self.operations).await?;
        audit::add(tx, &self.audit).await?;
        let moved: BTreeSet<Scope> = self.touched.iter().map(|it| it.scope).collect();
        let is_changed = |(scope, _): &(&Scope, &mut feed::Head)| self.changed.contains(scope);
        let mut changed: Vec<_> = self.heads.iter_mut().filter(is_changed).collect();
        for (_, head) in &mut changed {
            head.changes += 1;
        }
        feed::save_heads(tx, changed.into_iter().map(|(scope, head)| (scope, &*head))).await?;
        let moved = moved.into_iter().filter_map(|it| Some((it, self.heads.get(&it)?.seq)));
        Ok(Saved {
            moved: moved.collect(),
            heads: self.heads,
            world: self.world,
            changes: self.changes,
        })
    }

    /// Notes where the feeds of those who asked stand now, in the rows and in the answers.
    fn place(&mut self, decided: &mut HashMap<OperationId, (String, StoredResult)>) {
        for known in &mut self.operations {
            let Some(touched) = self.by_operation.get(&known.id) else { continue };
            let mut moved = vec![];
            for scope in known.scopes().filter(|scope| touched.contains(scope)) {
                let Some(head) = self.heads.get(&scope) else { continue };
                moved.extend(cursor(scope, head, head.seq));
                match scope {
                    Scope::Business(_) => known.business_seq = Some(head.seq),
                    Scope::User(_) => known.user_seq = Some(head.seq),
                    Scope::Platform => {}
                }
            }
            if let Some((_, result)) = decided.get_mut(&known.id) {
                result.moved = moved.into_iter().collect();
            }
        }
    }

    /// The operation's row.
    fn known(&self, job: &Job, result: &StoredResult) -> Known {
        let op = &job.op;
        Known {
            id: op.id,
            hash: job.hash.clone(),
            kind: op.act.kind(),
            by: match op.actor {
                Actor::Staff(by) => By::Staff { staff: by.staff, device: by.device },
                Actor::Person(user) => By::Person(user),
                Actor::Nobody => By::Nobody,
                Actor::Server => By::Server,
            },
            business: match op.actor {
                Actor::Staff(by) => Some(by.business),
                Actor::Person(_) | Actor::Nobody | Actor::Server => None,
            },
            result: serde_json::to_string(result).expect("a result is plain data"),
            applied_at: self.now,
            business_seq: None,
            user_seq: None,
        }
    }
}
