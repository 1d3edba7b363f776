//! A rolling upgrade: the program of before writes into tables of its own, and this one takes over what stands there.

use crate::lasting::outbox::lane;
use crate::samples::{notice, outgoing};
use broker_domain::clock::Timestamp;
use broker_domain::outbox::{OutboxKind, Outgoing};
use broker_domain::ports::{Lane, OutboxFilter, OutboxState};
use broker_stores::Lasting;
use broker_stores::testing::{LastingBench, beginning, keys};
use sqlx::AssertSqlSafe;
use std::collections::HashSet;
use std::sync::Arc;

/// A statement of the program of before.
async fn carry_out(bench: &LastingBench, sql: String) -> u64 {
    let sql = AssertSqlSafe(sql);
    match &bench.stores.lasting {
        Lasting::Sqlite(_) => {
            let file = sqlx::SqlitePool::connect(&bench.settings.lasting).await.unwrap();
            sqlx::query(sql).execute(&file).await.unwrap().rows_affected()
        }
        Lasting::Postgres(pool) => sqlx::query(sql).execute(pool).await.unwrap().rows_affected(),
    }
}

/// Writes an event as the program of before does.
async fn old_event(bench: &LastingBench, at: Timestamp, state: &str, due_at: Timestamp) -> Outgoing {
    let event = outgoing("portal", at);
    let body = serde_json::to_string(&event.event).unwrap();
    let (id, at, due_at) = (event.id.as_str(), at.millis(), due_at.millis());
    let sql = format!(
        "INSERT INTO outbox (id, client, kind, body, at, state, attempts, due_at, error, changed_at)
 VALUES ('{id}', 'portal', 'event', '{body}', {at}, '{state}', 3, {due_at}, 'answered 500', {at})"
    );
    carry_out(bench, sql).await;
    event.into()
}

async fn old_notice(bench: &LastingBench, at: Timestamp, state: &str, due_at: Timestamp) -> Outgoing {
    let notice = notice(at);
    let (id, client, sid) = (notice.id.as_str(), notice.client.as_str(), notice.sid.as_str());
    let (subject, at, due_at) = (notice.subject.as_ref().unwrap().as_str(), at.millis(), due_at.millis());
    let sql = format!(
        "INSERT INTO notices (id, client, subject, sid, at, state, attempts, due_at, error, changed_at)
 VALUES ('{id}', '{client}', '{subject}', '{sid}', {at}, '{state}', 1, {due_at}, NULL, {at})"
    );
    carry_out(bench, sql).await;
    notice.into()
}

on_each_lasting! {
    /// Nothing is lost, nothing is done twice, and what an instance of before holds is left to it until its claim is over.
    async fn what_stood_there_goes_out(bench) {
        let (outbox, now) = (&bench.stores.outbox, beginning());
        let held = now.plus_secs(40);
        let due = old_event(&bench, now, "waiting", now).await;
        let refused = old_event(&bench, now, "refused", held).await;
        let claimed = old_event(&bench, now.plus_secs(-5), "waiting", held).await;
        let notice = old_notice(&bench, now, "waiting", now).await;
        let given_up = old_notice(&bench, now, "given-up", held).await;
        let delivered = old_notice(&bench, now, "waiting", held).await;
        assert_eq!(outbox.adopt(now, 100).await.unwrap(), 4);
        assert_eq!(outbox.adopt(now, 100).await.unwrap(), 0);
        let listed = outbox.list(&OutboxFilter::default(), 100).await.unwrap();
        let seen: HashSet<_> = listed.iter().map(|q| (q.outgoing.id.clone(), q.state, q.attempts)).collect();
        assert_eq!(seen, HashSet::from([
            (due.id.clone(), OutboxState::Waiting, 3), (refused.id.clone(), OutboxState::Refused, 3),
            (notice.id.clone(), OutboxState::Waiting, 1), (given_up.id.clone(), OutboxState::GivenUp, 1),
        ]));
        assert!(listed.iter().all(|q| [&due, &refused, &notice, &given_up].contains(&&q.outgoing)));
        let taken = outbox.claim(&lane(OutboxKind::Event, "portal"), now, held, 5).await.unwrap();
        assert_eq!((taken[0].outgoing.clone(), taken[0].error.as_deref()), (due, Some("answered 500")));
        // The instance of before delivers one of those that it holds, and dies with the other.
        assert_eq!(carry_out(&bench, format!("DELETE FROM notices WHERE id = '{}'", delivered.id)).await, 1);
        assert_eq!(outbox.adopt(held, 100).await.unwrap(), 1);
        let all = outbox.list(&OutboxFilter::default(), 100).await.unwrap();
        assert!(all.iter().any(|q| q.outgoing == claimed) && all.iter().all(|q| q.outgoing.id != delivered.id));
    }

    /// One that does not read goes over too, to be seen by operators, and holds up no other.
    async fn what_does_not_read_goes_over_as_well(bench) {
        let (outbox, now) = (&bench.stores.outbox, beginning());
        let (bad, good) = (old_event(&bench, now.plus_secs(-9), "waiting", now).await, old_event(&bench, now, "waiting", now).await);
        carry_out(&bench, format!("UPDATE outbox SET body = '{{\"event\": \"of-later\"}}' WHERE id = '{}'", bad.id)).await;
        let (no_subject, no_state) =
            (old_notice(&bench, now, "waiting", now).await, old_notice(&bench, now, "of-later", now).await);
        carry_out(&bench, format!("UPDATE notices SET subject = '' WHERE id = '{}'", no_subject.id)).await;
        assert_eq!(outbox.adopt(now, 100).await.unwrap(), 4);
        let taken = outbox.claim(&lane(OutboxKind::Event, "portal"), now, now.plus_secs(9), 5).await.unwrap();
        assert_eq!(taken.iter().map(|q| &q.outgoing).collect::<Vec<_>>(), [&good]);
        let filter = OutboxFilter { state: Some(OutboxState::GivenUp), ..OutboxFilter::default() };
        let aside = outbox.list(&filter, 9).await.unwrap();
        let seen: HashSet<_> = aside.iter().map(|q| q.outgoing.id.clone()).collect();
        assert_eq!(seen, HashSet::from([bad.id, no_subject.id, no_state.id]));
        assert!(aside.iter().all(|q| q.error.as_deref().unwrap().starts_with("it does not read")));
    }

    /// All instances look; each row goes over once.
    async fn by_many_at_once(bench) {
        let now = beginning();
        for n in 0..20 {
            old_event(&bench, now.plus_secs(-n), "waiting", now).await;
            old_notice(&bench, now.plus_secs(-n), "waiting", now).await;
        }
        let instances = [Arc::new(bench.again(&keys(&['a'])).await), Arc::new(bench.again(&keys(&['a'])).await)];
        let tasks: Vec<_> = (0..8).map(|n| {
            let stores = instances[n % 2].clone();
            tokio::spawn(async move { stores.outbox.adopt(now, 7).await.unwrap() })
        }).collect();
        let mut adopted = 0;
        for task in tasks {
            adopted += task.await.unwrap();
        }
        loop {
            match bench.stores.outbox.adopt(now, 7).await.unwrap() {
                0 => break,
                more => adopted += more,
            }
        }
        assert_eq!(adopted, 40);
        assert_eq!(bench.stores.outbox.list(&OutboxFilter::default(), 100).await.unwrap().len(), 40);
    }

    /// An instance of before goes on writing and reading its tables on the schema of now.
    async fn the_program_of_before_works_on(bench) {
        let now = beginning();
        let event = old_event(&bench, now, "waiting", now).await;
        let claim = "UPDATE outbox SET due_at = due_at + 60000 WHERE id IN (SELECT id FROM outbox WHERE client = 'portal'
 AND state = 'waiting' AND kind = 'event' ORDER BY at, id LIMIT 5) AND state = 'waiting'";
        assert_eq!(carry_out(&bench, claim.to_owned()).await, 1);
        assert_eq!(bench.stores.outbox.adopt(now, 100).await.unwrap(), 0, "it is in the hands of another");
        assert_eq!(carry_out(&bench, format!("DELETE FROM outbox WHERE id = '{}'", event.id)).await, 1);
        let nothing = Lane { kind: OutboxKind::Event, destination: event.destination };
        assert_eq!(bench.stores.outbox.next(&nothing, now, 5).await.unwrap(), (Vec::new(), false));
    }
}
