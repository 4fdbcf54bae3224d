//! `kill -9` of `reda serve` while people are at work: what was acknowledged stands, once.
//!
//! On PostgreSQL two servers share the database; one of them is killed while the other goes on.

use crate::load::{Asked, Caller, Gone, Shop};
use crate::servers::Servers;
use futures_util::future::join_all;
use reda_cluster::each_engine;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;
use uuid::Uuid;

const ROUNDS: usize = 8;
const CALLERS: usize = 8;
const MEMBERS: u8 = 4;
/// How long a round may take to answer as much as it must.
const ROUND_MAX: Duration = Duration::from_secs(60);

/// Works at the counter until told to stop or nobody answers; what was asked, in order.
async fn work(
    shop: Arc<Shop>,
    caller: Caller,
    member: usize,
    stop: Arc<AtomicBool>,
    answered: mpsc::Sender<()>,
) -> Vec<Asked> {
    let mut asked = vec![];
    for turn in 1.. {
        if stop.load(Ordering::Relaxed)
            || one(&shop, &caller, member, turn, &mut asked).await.is_err()
        {
            break;
        }
        answered.send(()).await.ok();
    }
    asked
}

/// An award, or now and then a point spent.
async fn one(
    shop: &Shop,
    caller: &Caller,
    member: usize,
    turn: i64,
    asked: &mut Vec<Asked>,
) -> Result<(), Gone> {
    let mut ask = async |new: Asked| {
        asked.push(new);
        caller.ask(asked.last_mut().expect("just pushed")).await
    };
    if turn % 4 != 0 {
        return ask(shop.award(member, turn)).await.map(drop);
    }
    let request = ask(shop.deduction(member)).await?;
    let yes = shop.yes(caller, member, &request).await?;
    ask(yes).await.map(drop)
}

/// Everybody works until enough was answered; then one server is killed in the middle of it.
async fn round(servers: &mut Servers, shop: &Arc<Shop>, n: usize) -> Vec<Asked> {
    let stop = Arc::new(AtomicBool::new(false));
    let (answered, mut answers) = mpsc::channel(1);
    let mut working = JoinSet::new();
    for caller in 0..CALLERS {
        let member = caller % shop.members.len();
        let (shop, stop, answered) = (shop.clone(), stop.clone(), answered.clone());
        working.spawn(work(shop, servers.caller(caller), member, stop, answered));
    }
    drop(answered);
    // Another number each time, so that each kill comes at another moment of a batch.
    for _ in 0..20 + 13 * n {
        answers.recv().await.expect("they work");
    }
    let mut asked = vec![];
    let others = async {
        // The other server answers on for a while without the one that is gone.
        for _ in 0..CALLERS {
            answers.recv().await;
        }
        stop.store(true, Ordering::Relaxed);
        answers.close();
        while let Some(done) = working.join_next().await {
            asked.extend(done.expect("nobody was refused"));
        }
    };
    servers.replace(n, others).await;
    asked
}

#[each_engine]
async fn a_server_killed_under_load_keeps_what_it_acknowledged_once() {
    let mut servers = Servers::start();
    let shop = Arc::new(Shop::open(&servers.caller(0), MEMBERS).await);
    let (mut all, mut unanswered) = (vec![], 0);
    for n in 0..ROUNDS {
        let doing = round(&mut servers, &shop, n);
        let asked = timeout(ROUND_MAX, doing).await.expect("the round ends");
        unanswered += asked.iter().filter(|it| it.answer.is_none()).count();
        let callers: Vec<Caller> = (0..CALLERS).map(|n| servers.caller(n)).collect();
        let asked = asked.into_iter().zip(callers.iter().cycle());
        all.extend(join_all(asked.map(|(asked, caller)| same_again(asked, caller))).await);
        servers.says(&["doctor"]);
    }
    servers.says(&["audit", "verify"]);
    assert!(unanswered > 0, "no kill came in the middle of anything");
    for member in 0..shop.members.len() {
        let moves = all.iter().filter_map(|it| Some((it.id, it.moves?)));
        let own = moves.filter(|(_, (of, _))| *of == member).map(|(id, (_, points))| (id, points));
        agrees(&servers.caller(0), &shop, member, own.collect()).await;
    }
}

/// Asks again for what was asked. What had been answered is answered the same; what had not is
/// done now, or was.
async fn same_again(mut asked: Asked, caller: &Caller) -> Asked {
    let before = asked.answer.take();
    let again = caller.ask(&mut asked).await.expect("answered");
    assert_ne!(again["outcome"], "rejected", "{asked:?}");
    if let Some(before) = before {
        assert_eq!(again, before, "acknowledged, and now it is different: {asked:?}");
    }
    asked
}

/// Checks that a card holds what was asked for, each of it once, and nothing else.
async fn agrees(caller: &Caller, shop: &Shop, member: usize, asked: Vec<(Uuid, i64)>) {
    let entries = shop.entries(caller, member).await;
    let awards = asked.iter().filter(|(_, points)| *points > 0);
    let awards: BTreeMap<String, i64> =
        awards.map(|(id, points)| (id.to_string(), *points)).collect();
    let (earned, spent): (BTreeMap<_, _>, BTreeMap<_, _>) =
        entries.into_iter().partition(|(_, delta)| *delta > 0);
    assert_eq!(earned, awards);
    assert_eq!(spent.len(), asked.iter().filter(|(_, points)| *points < 0).count());
    let sum: i64 = asked.iter().map(|(_, points)| points).sum();
    assert_eq!(shop.balance(caller, member).await, sum);
}
