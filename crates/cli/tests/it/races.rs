//! Many at once over real sockets, from connections to every process that serves the database.

use crate::load::{Asked, Caller, Shop};
use crate::servers::Servers;
use futures_util::future::join_all;
use reda_cluster::each_engine;
use serde_json::Value;

const CALLS: usize = 32;
const CALLERS: usize = 8;

fn callers(servers: &Servers) -> Vec<Caller> {
    (0..CALLERS).map(|n| servers.caller(n)).collect()
}

/// Asks for all of these at once, in turn from each caller.
async fn all_at_once(callers: &[Caller], asked: Vec<Asked>) -> Vec<Value> {
    let asked = asked.into_iter().zip(callers.iter().cycle());
    let asking = asked.map(|(mut it, by)| async move { by.ask(&mut it).await.expect("answered") });
    join_all(asking).await
}

#[each_engine]
async fn thirty_two_acceptances_at_every_process_make_one_card() {
    let servers = Servers::start();
    let callers = callers(&servers);
    let shop = Shop::open(&callers[0], 0).await;
    let guest = shop.guest(&callers[0], 1).await;
    let answers = all_at_once(&callers, (0..CALLS).map(|_| guest.yes()).collect()).await;
    let cards: Vec<Value> = answers.iter().map(|it| it["card"].clone()).collect();
    assert_eq!(guest.cards(&callers[1]).await, cards[..1]);
    assert_eq!(cards, vec![cards[0].clone(); CALLS]);
    servers.says(&["doctor"]);
}

#[each_engine]
async fn one_award_thirty_two_times_at_every_process_is_done_once() {
    let servers = Servers::start();
    let callers = callers(&servers);
    let shop = Shop::open(&callers[0], 1).await;
    let answers = all_at_once(&callers, vec![shop.award(0, 5); CALLS]).await;
    assert_eq!(answers, vec![answers[0].clone(); CALLS]);
    assert_eq!(shop.balance(&callers[1], 0).await, 5);
    assert_eq!(shop.entries(&callers[1], 0).await.len(), 1);
    servers.says(&["doctor"]);
}

#[each_engine]
async fn awards_at_every_process_add_up() {
    let servers = Servers::start();
    let callers = callers(&servers);
    let shop = Shop::open(&callers[0], 2).await;
    for _ in 0..4 {
        let awards = (0..CALLS).map(|n| shop.award(n % 2, 3)).collect();
        for answer in all_at_once(&callers, awards).await {
            assert_eq!(answer["outcome"], "applied");
        }
    }
    let each = i64::try_from(4 * CALLS / 2 * 3).unwrap();
    assert_eq!(shop.balance(&callers[0], 0).await, each);
    assert_eq!(shop.balance(&callers[1], 1).await, each);
    servers.says(&["doctor"]);
    servers.says(&["audit", "verify"]);
}

#[each_engine]
async fn a_yes_and_taking_back_at_different_processes_end_one_way() {
    let servers = Servers::start();
    let callers = callers(&servers);
    let shop = Shop::open(&callers[0], 1).await;
    callers[0].ask(&mut shop.award(0, 100)).await.expect("answered");
    let mut balance = 100;
    for _ in 0..8 {
        let request = callers[0].ask(&mut shop.deduction(0)).await.expect("answered");
        let yes = shop.yes(&callers[0], 0, &request).await.expect("it is asked");
        let back = shop.cancel(&request);
        let (yes, back) = tokio::join!(callers[0].counts(&yes), callers[1].counts(&back));
        assert_ne!(yes, back, "exactly one of them counts");
        balance -= i64::from(yes);
        assert_eq!(shop.balance(&callers[1], 0).await, balance);
    }
    servers.says(&["doctor"]);
}
