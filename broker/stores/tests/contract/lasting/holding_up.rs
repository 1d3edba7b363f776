//! What holds up the outbox, and what does not.

use crate::lasting::outbox::{attempt, events_of, ids, lane, logouts, notices, several};
use crate::samples::message;
use broker_domain::clock::Timestamp;
use broker_domain::ids::EventId;
use broker_domain::outbox::{Content, OutboxKind, Outgoing};
use broker_domain::ports::{FailedAttempt, Lane, OutboxFilter, OutboxState, Queued, STEPPED_OVER, Stopped};
use broker_stores::testing::{LastingBench, OUTBOX_COUNTS as COUNTS, beginning};
use sqlx::AssertSqlSafe;

/// A statement past the ports.
async fn carry_out(bench: &LastingBench, sql: String) {
    match &bench.stores.lasting {
        broker_stores::Lasting::Sqlite(_) => {
            let file = sqlx::SqlitePool::connect(&bench.settings.lasting).await.unwrap();
            sqlx::query(AssertSqlSafe(sql)).execute(&file).await.unwrap();
        }
        broker_stores::Lasting::Postgres(pool) => {
            sqlx::query(AssertSqlSafe(sql)).execute(pool).await.unwrap();
        }
    }
}

/// Gives a row the body of another, which does not open there.
async fn damage(bench: &LastingBench, damaged: &Outgoing, other: &Outgoing) {
    let (damaged, other) = (&damaged.id, &other.id);
    let sql = format!(
        "UPDATE deliveries SET body = (SELECT d.body FROM deliveries d WHERE d.id = '{other}') WHERE id = '{damaged}'"
    );
    carry_out(bench, sql).await;
}

async fn one(bench: &LastingBench, id: &EventId) -> Queued {
    let filter = OutboxFilter { id: Some(id.clone()), ..OutboxFilter::default() };
    bench.stores.outbox.list(&filter, 1).await.unwrap().remove(0)
}

on_each_lasting! {
    /// A row that does not read is put aside, seen by operators, and holds up no other, whether order counts or not.
    async fn what_does_not_read(bench) {
        let (outbox, now) = (&bench.stores.outbox, beginning().plus_secs(4_000));
        for (of, kind, pushed) in [
            (events_of("one"), OutboxKind::Event, several("one", 3, beginning())),
            (notices(), OutboxKind::Logout, logouts(3, beginning())),
        ] {
            outbox.push(&pushed, None).await.unwrap();
            damage(&bench, &pushed[0], &pushed[1]).await;
            assert_eq!(outbox.list(&OutboxFilter { kind: Some(kind), ..OutboxFilter::default() }, 9).await.unwrap().len(), 3);
            let taken = outbox.claim(&of, now, now.plus_secs(60), 9).await.unwrap();
            assert_eq!(ids(&taken), [pushed[1].id.clone(), pushed[2].id.clone()]);
            let aside = one(&bench, &pushed[0].id).await;
            assert_eq!((aside.state, aside.outgoing.content), (OutboxState::GivenUp, Content::Unreadable(kind)));
            assert!(aside.error.unwrap().starts_with("it does not read"));
            let counts = outbox.counts(now).await.unwrap();
            assert_eq!(counts.iter().find(|(k, _)| *k == kind).unwrap().1.given_up, 1);
        }
    }

    /// What is new is left to instances that can read it, of a later version or with a new key; where order counts the rest waits behind it.
    async fn what_does_not_read_here(bench) {
        let (outbox, now) = (&bench.stores.outbox, beginning().plus_secs(100));
        for (of, pushed, in_order) in [
            (events_of("one"), several("one", 2, beginning()), true),
            (notices(), logouts(2, beginning()), false),
        ] {
            outbox.push(&pushed, None).await.unwrap();
            damage(&bench, &pushed[0], &pushed[1]).await;
            let taken = outbox.claim(&of, now, now.plus_secs(60), 9).await.unwrap();
            assert_eq!(ids(&taken), [pushed[1].id.clone()]);
            let left = one(&bench, &pushed[0].id).await;
            assert_eq!((left.state, left.attempts), (OutboxState::Waiting, 0));
            assert!(left.error.unwrap().starts_with("it does not read"));
            let more = if in_order { several("one", 3, beginning()) } else { logouts(3, beginning()) };
            outbox.push(&more[2..], None).await.unwrap();
            let soon = outbox.claim(&of, now.plus_secs(1), now.plus_secs(60), 9).await.unwrap();
            assert_eq!(soon.is_empty(), in_order);
            // It is offered again before long.
            let due = outbox.destinations(of.kind, now.plus_secs(70)).await.unwrap();
            assert_eq!(due.len(), 1);
        }
    }

    /// The same for who fetches.
    async fn what_does_not_read_is_not_fetched(bench) {
        let (outbox, now) = (&bench.stores.outbox, beginning().plus_secs(4_000));
        let pushed = several("one", 4, beginning());
        outbox.push(&pushed, None).await.unwrap();
        damage(&bench, &pushed[0], &pushed[3]).await;
        damage(&bench, &pushed[1], &pushed[3]).await;
        let (some, more) = outbox.next(&events_of("one"), now, 1).await.unwrap();
        assert_eq!((ids(&some), more), (vec![pushed[2].id.clone()], true));
        assert_eq!(one(&bench, &pushed[1].id).await.state, OutboxState::GivenUp);
    }

    /// A destination that says nothing has taken nothing: what comes later waits behind what came first, for as long as it takes.
    async fn silence_steps_over_nothing(bench) {
        let (outbox, now) = (&bench.stores.outbox, beginning().plus_secs(100));
        let pushed = several("one", 2, beginning());
        outbox.push(&pushed, None).await.unwrap();
        let (of, later) = (events_of("one"), now.plus_secs(1_000));
        let fail = async |is_answered: bool| {
            let attempt = FailedAttempt { retry_at: later, why: "no answer in time", is_answered };
            assert!(outbox.failed(&of, &pushed[0].id, attempt, None, now).await.unwrap());
        };
        for _ in 0..3 * STEPPED_OVER {
            fail(false).await;
        }
        assert!(outbox.claim(&of, now, now.plus_secs(5), 9).await.unwrap().is_empty());
        assert_eq!(one(&bench, &pushed[0].id).await.attempts, 3 * STEPPED_OVER);
        for _ in 0..STEPPED_OVER {
            fail(true).await;
        }
        assert_eq!(ids(&outbox.claim(&of, now, now.plus_secs(5), 9).await.unwrap()), [pushed[1].id.clone()]);
    }

    /// Whoever slept past the end of their claim changes nothing of what another has claimed since.
    async fn a_claim_that_is_over_changes_nothing(bench) {
        let (outbox, now) = (&bench.stores.outbox, beginning().plus_secs(100));
        let pushed = logouts(1, beginning());
        outbox.push(&pushed, None).await.unwrap();
        let (of, mine, theirs) = (notices(), now.plus_secs(60), now.plus_secs(120));
        let (id, all) = (&pushed[0].id, std::slice::from_ref(&pushed[0].id));
        assert_eq!(outbox.claim(&of, now, mine, 5).await.unwrap().len(), 1);
        assert_eq!(outbox.claim(&of, mine, theirs, 5).await.unwrap().len(), 1);
        let stopped = Stopped { state: OutboxState::GivenUp, why: "answered 500" };
        assert_eq!(outbox.remove(&of, all, Some(mine)).await.unwrap(), 0);
        assert!(!outbox.failed(&of, id, attempt(now, "answered 500"), Some(mine), now).await.unwrap());
        assert!(!outbox.stop(&of, id, stopped, Some(mine), now).await.unwrap());
        outbox.release(&of, all, mine).await.unwrap();
        assert!(outbox.claim(&of, mine, theirs, 5).await.unwrap().is_empty(), "it is theirs");
        let left = one(&bench, id).await;
        assert_eq!((left.attempts, left.state), (0, OutboxState::Waiting));
        assert!(outbox.failed(&of, id, attempt(mine, "answered 500"), Some(theirs), mine).await.unwrap());
        assert_eq!(outbox.claim(&of, mine, theirs, 5).await.unwrap().len(), 1);
        assert_eq!(outbox.remove(&of, all, Some(theirs)).await.unwrap(), 1);
    }

    /// What an operator makes due begins anew, and says so to whoever leaves its destination alone; what is on its way stays there.
    async fn made_due_anew(bench) {
        let (outbox, now) = (&bench.stores.outbox, beginning().plus_secs(100));
        let pushed = logouts(2, beginning());
        outbox.push(&pushed, None).await.unwrap();
        let of = notices();
        let due = async |at: Timestamp| outbox.destinations(OutboxKind::Logout, at).await.unwrap();
        assert_eq!(due(now).await[0].retried_at, None);
        for _ in 0..9 {
            outbox.failed(&of, &pushed[0].id, attempt(now.plus_secs(900), "answered 500"), None, now).await.unwrap();
        }
        let on_its_way = outbox.claim(&of, now, now.plus_secs(60), 9).await.unwrap();
        assert_eq!(ids(&on_its_way), [pushed[1].id.clone()]);
        assert_eq!(outbox.retry(&OutboxFilter::default(), now).await.unwrap(), 1);
        assert_eq!(due(now).await[0].retried_at, Some(now));
        let taken = outbox.claim(&of, now, now.plus_secs(60), 9).await.unwrap();
        assert_eq!((ids(&taken), taken[0].attempts), (vec![pushed[0].id.clone()], 0));
    }

    /// Whose clock is ahead writes nothing that the others would find due only when their clocks are there.
    async fn due_by_any_clock(bench) {
        let (outbox, now) = (&bench.stores.outbox, beginning());
        outbox.push(&[message("m-1", now.plus_secs(600))], None).await.unwrap();
        let phones: Lane = lane(OutboxKind::Message, "phones");
        assert_eq!(outbox.claim(&phones, now, now.plus_secs(60), 9).await.unwrap().len(), 1);
    }

    /// What is counted every few seconds is counted from an index: neither bodies nor rows are read.
    async fn counted_from_an_index(bench) {
        let pushed = logouts(500, beginning());
        bench.stores.outbox.push(&pushed, None).await.unwrap();
        let plan: Vec<String> = match &bench.stores.lasting {
            broker_stores::Lasting::Sqlite(_) => {
                let file = sqlx::SqlitePool::connect(&bench.settings.lasting).await.unwrap();
                let rows: Vec<(i64, i64, i64, String)> =
                    sqlx::query_as(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {COUNTS}"))).bind(0_i64).fetch_all(&file).await.unwrap();
                rows.into_iter().map(|row| row.3).collect()
            }
            broker_stores::Lasting::Postgres(pool) => {
                let mut on = pool.begin().await.unwrap();
                sqlx::raw_sql("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off").execute(&mut *on).await.unwrap();
                sqlx::query_scalar(AssertSqlSafe(format!("EXPLAIN {COUNTS}"))).bind(0_i64).fetch_all(&mut *on).await.unwrap()
            }
        };
        let plan = plan.join("\n");
        assert!(
            plan.contains("COVERING INDEX deliveries_counted") || plan.contains("Index Only Scan using deliveries_counted"),
            "{plan}"
        );
    }
}
