//! Other servers on the same database: tells them which scopes moved, and hears it from them.
//!
//! A hint may be lost. The heads of whatever somebody here waits for are read once a second as
//! well, so that a lost one costs a second and never data.

use crate::hub::Hub;
use reda_domain::scope::Scope;
use reda_protocol::scope::ScopeName;
use reda_store::tables::feed;
use reda_store::{Db, HINT_BYTES_MAX, Hints, StoreError};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tracing::warn;

/// What moves within this time goes into one hint.
const TELL_EVERY: Duration = Duration::from_millis(10);
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Before it listens again, when it could not.
const LISTEN_AGAIN: Duration = Duration::from_secs(1);
/// Heads read by one statement.
const HEADS_MAX: usize = 1000;

/// Starts what keeps this server and its neighbours in step; it ends with the set. Without
/// neighbours there is nothing to do.
pub(crate) fn start(db: &Db, hub: &Arc<Hub>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    if let Some(hints) = db.hints() {
        tasks.spawn(tell(hints.clone(), hub.clone()));
        tasks.spawn(hear(hints, hub.clone()));
        tasks.spawn(look(db.clone(), hub.clone()));
    }
    tasks
}

async fn tell(hints: Hints, hub: Arc<Hub>) {
    loop {
        let moved = hub.untold().await;
        for hint in written(&moved) {
            if let Err(error) = hints.tell(&hint).await {
                warn!("the other servers were not told what moved: {error:#}");
            }
        }
        tokio::time::sleep(TELL_EVERY).await;
    }
}

async fn hear(hints: Hints, hub: Arc<Hub>) {
    loop {
        if let Err(error) = hear_on(&hints, &hub).await {
            warn!("the other servers cannot be heard: {error:#}");
        }
        tokio::time::sleep(LISTEN_AGAIN).await;
    }
}

async fn hear_on(hints: &Hints, hub: &Hub) -> Result<(), StoreError> {
    let mut hearing = hints.hear().await?;
    loop {
        for (scope, seq) in read(&hearing.next().await?) {
            hub.heard(scope, seq);
        }
    }
}

async fn look(db: Db, hub: Arc<Hub>) {
    let mut times = tokio::time::interval(LOOK_EVERY);
    times.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        times.tick().await;
        if let Err(error) = look_once(&db, &hub).await {
            warn!("the heads of the feeds could not be read: {error:#}");
        }
    }
}

async fn look_once(db: &Db, hub: &Hub) -> Result<(), StoreError> {
    let watched: Vec<Scope> = hub.watched();
    for part in watched.chunks(HEADS_MAX) {
        let mut tx = db.snapshot().await?;
        for (scope, head) in feed::heads(&mut tx, &BTreeSet::from_iter(part.to_vec())).await? {
            hub.heard(scope, head.seq);
        }
    }
    Ok(())
}

/// `b:… 12 u:… 5`, in as few hints as it takes.
fn written(moved: &[(Scope, i64)]) -> Vec<String> {
    let mut hints = vec![String::new()];
    let named = moved.iter().filter_map(|(scope, seq)| Some((ScopeName::of(*scope)?, seq)));
    for (name, seq) in named {
        let word = format!("{name} {seq} ");
        if hints.last().is_some_and(|hint| hint.len() + word.len() > HINT_BYTES_MAX) {
            hints.push(String::new());
        }
        if let Some(hint) = hints.last_mut() {
            hint.push_str(&word);
        }
    }
    hints.retain(|hint| !hint.is_empty());
    hints
}

/// What a hint says, as far as it can be read: anybody with the database's password may send one.
fn read(hint: &str) -> Vec<(Scope, i64)> {
    let words: Vec<&str> = hint.split_ascii_whitespace().collect();
    let read = |pair: &[&str]| {
        let name: ScopeName = pair[0].parse().ok()?;
        Some((Scope::from(name), pair[1].parse().ok()?))
    };
    words.chunks_exact(2).filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reda_domain::{BusinessId, UserId};
    use uuid::Uuid;

    #[test]
    fn what_moved_is_read_as_it_was_written() {
        let user = |n: u128| (Scope::User(UserId(Uuid::from_u128(n))), 7);
        let shop = (Scope::Business(BusinessId(Uuid::from_u128(1))), 1 << 50);
        let moved: Vec<_> = std::iter::once(shop).chain((1..1000).map(user)).collect();
        let hints = written(&moved);
        assert!(hints.len() > 1 && hints.iter().all(|hint| hint.len() <= HINT_BYTES_MAX));
        let told: Vec<_> = hints.iter().flat_map(|hint| read(hint)).collect();
        assert_eq!(told, moved);
    }

    #[test]
    fn nobody_hears_of_the_platform_and_nonsense_says_nothing() {
        assert!(written(&[(Scope::Platform, 3)]).is_empty());
        for nonsense in ["", "b:", "b: 1", "u:x y", "p: 4", "1 2 3"] {
            assert!(read(nonsense).is_empty(), "{nonsense}");
        }
    }
}
