//! A database that a version before filled is brought to the newest schema, and everything in it is read.

use super::{VERSIONS, file, name, steps, write_if_asked};
use crate::samples::{
    admission, arrival, client, client_id, event, imported, key, namespace, new_link, notice, organization,
    outgoing, profile, progress, scope,
};
use broker_domain::claims::Claims;
use broker_domain::clock::Timestamp;
use broker_domain::ids::{AccountId, CitizenId, EventId, ReviewId, SectorId, SessionId};
use broker_domain::linking::{Dossier, NewReview, Operator, ReviewReason, Ruling, Vote};
use broker_domain::person::PersonalNumber;
use broker_domain::ports::{Admission, KeyState, OutboxFilter};
use broker_domain::secret::Secret;
use broker_domain::subject::Subject;
use broker_stores::Stores;
use broker_stores::testing::{LastingBench, Lasts, keys};
use sqlx::AssertSqlSafe;
use std::collections::BTreeSet;

/// When it was filled.
const AT: Timestamp = Timestamp::from_secs(1_790_000_000);

fn an() -> CitizenId {
    CitizenId::new("citizen-an")
}

fn company() -> CitizenId {
    CitizenId::new("citizen-company")
}

fn linked() -> AccountId {
    AccountId::new("account-linked")
}

fn subject() -> Subject {
    Subject::new("subject-of-an").unwrap()
}

fn tech_id(text: &str) -> Subject {
    Subject::new(text).unwrap()
}

fn further_number() -> PersonalNumber {
    PersonalNumber::parse("001085000009").unwrap()
}

fn case_before() -> NewReview {
    let by = Operator::new("an", "account-of-an").unwrap();
    let vote = Vote { by, ruling: Ruling::Link, why: "vì sao".into(), at: AT };
    NewReview {
        id: ReviewId::new("review"),
        reason: ReviewReason::Differs,
        citizen: company(),
        account: None,
        interaction: None,
        dossier: Dossier::of_account(&profile(), &imported("tech-1").account),
        first: Some(vote),
        now: AT,
    }
}

/// Puts in something of every kind.
async fn fill(stores: &Stores) {
    let mut portal = client("portal-1", AT);
    portal.events_token = Some(Secret::new("token of the portal"));
    stores.registrations.add(&portal).await.unwrap();
    let given = Some((SectorId::new("portal-1"), subject()));
    let first = Admission { new_id: an(), subject: given, ..admission(arrival(AT), AT) };
    stores.citizens.admit(first).await.unwrap();
    let second = Admission { new_id: company(), ..admission(organization("0101234567", 2, AT), AT) };
    stores.citizens.admit(second).await.unwrap();
    stores.citizens.allow(&an(), &client_id(), &scope("openid profile"), AT).await.unwrap();
    stores.citizens.add_number(&an(), &further_number(), AT).await.unwrap();
    stores.own_data.confirm(&an(), &Claims::proven(&profile(), AT), AT).await.unwrap();
    let (mut first, mut second) = (imported("tech-1"), imported("tech-2"));
    first.account.id = linked();
    second.account.id = AccountId::new("account-free");
    stores.accounts.import(&namespace(), vec![first, second], progress(2), AT).await.unwrap();
    stores.accounts.link(&new_link(&an(), &linked(), AT)).await.unwrap();
    stores.keys.change(&[], &[key("kid", KeyState::Current, AT)], &[], AT).await.unwrap();
    stores.reviews.open(&case_before()).await.unwrap();
    let mut said = event(AT);
    said.id = EventId::new("event");
    stores.audit.append(&[said]).await.unwrap();
    send(stores).await;
}

/// Puts in what is to go out.
async fn send(stores: &Stores) {
    let mut told = outgoing("portal-1", AT);
    told.id = EventId::new("event-to-portal");
    let mut ended = notice(AT);
    (ended.id, ended.sid) = (EventId::new("notice"), SessionId::parse("session-of-the-sample0").unwrap());
    stores.outbox.push(&[told.into(), ended.into()], None).await.unwrap();
}

/// All rows, as statements that put them in.
async fn dump(bench: &LastingBench, kind: Lasts) -> String {
    const POSTGRES: &str = "SELECT table_name::text, string_agg(column_name::text, ', ' ORDER BY ordinal_position) FROM
 information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%' GROUP BY 1 ORDER BY 1";
    const SQLITE: &str = "SELECT m.name, (SELECT group_concat(name, ', ') FROM pragma_table_info(m.name)) FROM sqlite_schema m
 WHERE m.type = 'table' AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1";
    let (tables, before) = match kind {
        Lasts::Postgres => (POSTGRES, "SET session_replication_role = replica;\n"),
        Lasts::Sqlite => (SQLITE, "PRAGMA foreign_keys = OFF;\n"),
    };
    let literal = |column: &str| match kind {
        Lasts::Postgres => format!("quote_nullable({column}::text)"),
        Lasts::Sqlite => format!("quote({column})"),
    };
    let mut all = before.to_owned();
    on_pool!(bench, pool => {
        let tables: Vec<(String, String)> = sqlx::query_as(tables).fetch_all(&pool).await.unwrap();
        for (table, columns) in tables {
            all.push_str(&format!("DELETE FROM {table};\n"));
            let values: Vec<String> = columns.split(", ").map(literal).collect();
            let rows = format!("SELECT {} AS row FROM {table} ORDER BY 1", values.join(" || ', ' || "));
            let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(rows)).fetch_all(&pool).await.unwrap();
            for row in rows {
                all.push_str(&format!("INSERT INTO {table} ({columns}) VALUES ({row});\n"));
            }
        }
    });
    all
}

/// Writes such a database of this version into a file, when the environment names the folder.
async fn rows_of_this_version(kind: Lasts) {
    let bench = LastingBench::on(kind).await;
    fill(&bench.stores).await;
    write_if_asked(&format!("rows-{}.sql", name(kind)), &dump(&bench, kind).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_of_this_version_on_sqlite() {
    rows_of_this_version(Lasts::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_of_this_version_on_postgres() {
    rows_of_this_version(Lasts::Postgres).await;
}

/// A database as a version before left it, on the newest schema.
async fn upgraded(kind: Lasts, version: i64) -> LastingBench {
    let bench = LastingBench::bare(kind).await;
    let rows = file(version, &format!("rows-{}.sql", name(kind)));
    on_pool!(bench, pool => {
        let mut connection = pool.acquire().await.unwrap();
        steps(kind).run_to(version, &mut *connection).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(rows)).execute(&mut *connection).await.unwrap();
        connection.close().await.unwrap();
        pool.close().await;
    });
    let pending = bench.stores.lasting.migrations().await.unwrap().pending;
    assert_eq!(bench.stores.lasting.migrate().await.unwrap(), pending);
    bench
}

/// Reads all that [`fill`] put in.
async fn check(stores: &Stores) {
    let portal = stores.registrations.all().await.unwrap().remove(0);
    assert_eq!((portal.id, portal.events_token), (client_id(), Some(Secret::new("token of the portal"))));
    let found = stores.citizens.find(&arrival(AT)).await.unwrap();
    let known = found.matches.by_identity.unwrap();
    assert_eq!((&known.id, &known.profile), (&an(), &profile()));
    assert_eq!(found.matches.by_number.unwrap().id, an());
    assert_eq!(
        found.subjects,
        [(SectorId::new("portal"), tech_id("tech-1")), (SectorId::new("portal-1"), subject())]
    );
    assert_eq!(found.allowed, [(client_id(), scope("openid profile"))]);
    assert_eq!(found.confirmed, Some(Claims::proven(&profile(), AT)));
    let owners: BTreeSet<_> =
        found.accounts.iter().map(|a| (a.account.id.as_str(), a.owner.clone())).collect();
    assert_eq!(owners, BTreeSet::from([("account-free", None), ("account-linked", Some(an()))]));
    let arriving = organization("0101234567", 2, AT);
    let found = stores.citizens.find(&arriving).await.unwrap().matches.by_identity.unwrap();
    assert_eq!((found.id, found.profile), (company(), arriving.profile));
    assert_eq!(stores.citizens.by_number(&further_number()).await.unwrap(), Some(an()));
    let free = stores.accounts.by_user_name(&namespace(), "legacy-tech-2").await.unwrap().unwrap();
    assert_eq!(free.kept.account.claims, imported("tech-2").account.claims);
    let links = stores.accounts.links(&an()).await.unwrap();
    assert_eq!(links.iter().map(|l| (&l.account.id, l.linked_at)).collect::<Vec<_>>(), [(&linked(), AT)]);
    let kept = stores.keys.keys().await.unwrap();
    assert_eq!(kept, [key("kid", KeyState::Current, AT)]);
    assert_eq!(kept[0].private_jwk, key("kid", KeyState::Current, AT).private_jwk);
    let case = stores.reviews.review(&ReviewId::new("review")).await.unwrap().unwrap();
    assert!(case.dossier == case_before().dossier && case.citizen == company());
    let entries = stores.audit.entries(0, 100).await.unwrap();
    let mut before = [0; 32];
    for entry in &entries {
        assert_eq!(entry.hash, entry.event.chain(&before), "{}", entry.seq);
        before = entry.hash;
    }
    assert!(entries.iter().any(|e| e.event.id == EventId::new("event")));
    stores.outbox.adopt(AT.plus_secs(3600), 100).await.unwrap();
    let waiting = stores.outbox.list(&OutboxFilter::default(), 100).await.unwrap();
    let waiting: BTreeSet<_> = waiting.iter().map(|w| w.outgoing.id.as_str().to_owned()).collect();
    assert_eq!(waiting, BTreeSet::from(["event-to-portal".to_owned(), "notice".to_owned()]));
}

async fn data_of_versions_before(kind: Lasts) {
    for version in VERSIONS {
        let bench = upgraded(kind, version).await;
        check(&bench.stores).await;
        // The key that seals has changed since: what the other one sealed is read, and sealed anew.
        let both = bench.again(&keys(&['b', 'a'])).await;
        check(&both).await;
        assert!(both.rekey().await.unwrap().sealed > 10);
        let sample = bench.stores.lasting.seal_sample(&keys(&['b'])).await.unwrap();
        assert!(sample.values > 10 && sample.unopened.values().all(|unopened| *unopened == 0), "{sample:?}");
        assert_eq!(sample.unindexed, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn data_of_versions_before_on_sqlite() {
    data_of_versions_before(Lasts::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn data_of_versions_before_on_postgres() {
    data_of_versions_before(Lasts::Postgres).await;
}
