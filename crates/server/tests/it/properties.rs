//! Any interleaving of operations, replays and refusals on the real engine and database leaves
//! books that add up, with each operation applied once, and a feed that shows what the tables say.

use crate::line::Line;
use crate::story::Story;
use crate::story_steps::{GUEST, Step, moments};
use crate::town::{Customer, TestTown};
use proptest::test_runner::{Config, TestRunner};
use reda_actions::Actor;
use reda_cluster::{Engine, on};

async fn tell(town: &TestTown, people: &[Customer; GUEST], moments: &[Vec<(Step, usize)>]) {
    let mut story = Story::open(town, people).await;
    let mut live: Line = story.till.line().await;
    // The server closes questions by itself, too.
    let by_people = "SELECT COUNT(*) FROM operations WHERE kind NOT LIKE 'expire%'";
    let before = town.number(by_people, []).await;
    // Everybody has been in; what happens then is anybody's guess.
    story.pass(&[0, 1, 2, GUEST].map(|person| (Step::Scan { person }, 1))).await;
    story.pass(&[0, 1, GUEST].map(|person| (Step::Ask { person, by_phone: false }, 1))).await;
    for moment in moments {
        story.pass(moment).await;
    }
    story.forgets_the_guest().await;
    story.adds_up().await;
    let kept = town.number(by_people, []).await - before;
    let asked = story.asked.iter().filter(|(op, _)| op.actor != Actor::Server).count();
    assert_eq!(usize::try_from(kept), Ok(asked), "each operation is kept once");
    let mut fresh = story.till.line().await;
    live.caught_up().await;
    fresh.caught_up().await;
    live.feed().is(fresh.feed());
    story.shows(live.feed()).await;
}

/// A test has no runtime of its own here: each story runs on the one of its town.
fn any_interleaving_adds_up(engine: Engine) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    // One town for all stories, each in a shop of its own: the people know more and more shops.
    let (town, people) = runtime.block_on(on(engine, async {
        let town = TestTown::open().await;
        let people =
            [town.verified("Ana").await, town.verified("Ben").await, town.verified("Cleo").await];
        (town, people)
    }));
    let config = Config { cases: 24, failure_persistence: None, ..Config::default() };
    let told = TestRunner::new(config).run(&moments(), |moments| {
        runtime.block_on(tell(&town, &people, &moments));
        Ok(())
    });
    runtime.block_on(town.server.stop());
    told.unwrap();
}

mod any_interleaving_of_operations_replays_and_refusals_adds_up {
    use super::{Engine, any_interleaving_adds_up};

    #[test]
    fn sqlite() {
        any_interleaving_adds_up(Engine::Sqlite);
    }

    #[test]
    fn postgres() {
        any_interleaving_adds_up(Engine::Postgres);
    }
}
