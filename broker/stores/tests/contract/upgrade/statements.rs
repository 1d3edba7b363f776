//! Every statement of a version before can still be carried out on the newest schema: its instances run on it while they are replaced,
//! and again when somebody goes back.
//!
//! So a step of the schema adds: tables, columns that may be empty or have a default, indexes. What nobody needs any more goes in a
//! step of the version after the next one, when the version that needed it is out of `VERSIONS`.

use super::{VERSIONS, file, name, steps};
use broker_stores::testing::{LastingBench, Lasts};
use rstest::rstest;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqlSafeStr, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};

/// The columns without which a row of that table cannot be put in.
type Required = BTreeSet<(String, String)>;

const REQUIRED_BY_POSTGRES: &str = "SELECT table_name::text, column_name::text FROM information_schema.columns
 WHERE table_schema = 'public' AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER'";
const REQUIRED_BY_SQLITE: &str = "SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
 WHERE m.type = 'table' AND c.\"notnull\" = 1 AND c.dflt_value IS NULL";

const TYPES_OF_POSTGRES: &str =
    "SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns
 WHERE table_schema = 'public'";
const TYPES_OF_SQLITE: &str = "SELECT m.name, c.name, c.type FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'";

/// The type of every column, by table and column: values are sent with the types that they had.
async fn types(bench: &LastingBench, kind: Lasts) -> BTreeMap<(String, String), String> {
    let all = match kind {
        Lasts::Sqlite => TYPES_OF_SQLITE,
        Lasts::Postgres => TYPES_OF_POSTGRES,
    };
    let all: Vec<(String, String, String)> =
        on_pool!(bench, pool => sqlx::query_as(all).fetch_all(&pool).await.unwrap());
    all.into_iter().map(|(table, column, of)| ((table, column), of)).collect()
}

/// Which required columns a statement leaves out where it puts rows in.
fn left_out(statement: &str, required: &Required) -> Option<String> {
    let targets = statement.split("INSERT INTO ").skip(1).chain(statement.strip_prefix("COPY "));
    for target in targets {
        let (table, rest) = target.split_once(" (")?;
        let columns: BTreeSet<&str> = rest.split_once(')')?.0.split(", ").collect();
        for (_, column) in required.iter().filter(|(of, _)| of == table) {
            if !columns.contains(column.as_str()) {
                return Some(format!("{table}.{column} must be filled"));
            }
        }
    }
    None
}

/// Why a statement cannot be carried out.
async fn refused_by_sqlite(connection: &mut SqliteConnection, statement: &str) -> Option<String> {
    let statement = AssertSqlSafe(statement.to_owned()).into_sql_str();
    (&mut *connection).prepare(statement).await.err().map(|error| error.to_string())
}

/// Why a statement cannot be carried out. It is planned as well: only then an index is looked for that `ON CONFLICT` names.
async fn refused_by_postgres(connection: &mut PgConnection, statement: &str) -> Option<String> {
    let mut on = connection.begin().await.unwrap();
    let refused = match statement.strip_prefix("COPY ").and_then(|copy| copy.split_once(" FROM STDIN")) {
        Some((target, _)) => {
            let (table, columns) = target.split_once(" (").unwrap();
            let look = format!("SELECT {} FROM {table}", columns.trim_end_matches(')'));
            on.execute(AssertSqlSafe(look)).await.err()
        }
        None if statement.starts_with("LOCK ") => on.execute(AssertSqlSafe(statement.to_owned())).await.err(),
        None => planned(&mut on, statement).await.err(),
    };
    on.rollback().await.unwrap();
    refused.map(|error| error.to_string())
}

/// A statement whose types PostgreSQL finds out alone: the program names those of all values, and the record of what it sends does not.
fn typed(statement: &str) -> String {
    let mut typed = statement.replace("unnest($1)", "unnest($1::text[])");
    for value in 1..=9 {
        typed = typed.replace(&format!("${value} IS NULL OR "), "");
    }
    typed
}

/// A statement with the type of one more value, where PostgreSQL takes a value for text that stands in a choice and says so.
fn typed_further(statement: &str, complaint: &str) -> Option<String> {
    let (column, rest) = complaint.split_once("column \"")?.1.split_once("\" is of type ")?;
    let (kind, _) = rest.split_once(" but expression is of type text")?;
    let (before, choice) = statement.split_once(&format!("{column} = CASE"))?;
    let (condition, value) = choice.split_once("ELSE $")?;
    let (number, after) = value.split_once(' ')?;
    (!number.contains("::"))
        .then(|| format!("{before}{column} = CASE{condition}ELSE ${number}::{kind} {after}"))
}

async fn planned(on: &mut PgConnection, statement: &str) -> sqlx::Result<()> {
    const VALUES: &str =
        "SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = 'of_before'";
    let mut statement = typed(statement);
    loop {
        let mut attempt = on.begin().await?;
        let prepare = AssertSqlSafe(format!("PREPARE of_before AS {statement}"));
        match sqlx::raw_sql(prepare).execute(&mut *attempt).await {
            Ok(_) => break attempt.commit().await?,
            Err(error) => {
                attempt.rollback().await?;
                statement = typed_further(&statement, &error.to_string()).ok_or(error)?;
            }
        }
    }
    let values: i32 = sqlx::query_scalar(VALUES).fetch_one(&mut *on).await?;
    let nulls = vec!["NULL"; usize::try_from(values).unwrap()].join(", ");
    let given = if nulls.is_empty() { String::new() } else { format!("({nulls})") };
    let explained =
        sqlx::raw_sql(AssertSqlSafe(format!("EXPLAIN EXECUTE of_before{given}"))).execute(&mut *on).await;
    if explained.is_ok() {
        sqlx::raw_sql("DEALLOCATE of_before").execute(on).await?;
    }
    explained.map(|_| ())
}

/// The statements that cannot be carried out on the schema as it stands, each with the reason.
async fn refused(bench: &LastingBench, kind: Lasts, statements: &[&str]) -> Vec<String> {
    let url = &bench.settings.lasting;
    let mut all = Vec::new();
    macro_rules! each {
        ($connection:expr, $required:expr, $refused:ident) => {{
            let mut connection = $connection.await.unwrap();
            let required = sqlx::query_as($required).fetch_all(&mut connection).await.unwrap();
            let required: Required = required.into_iter().collect();
            for statement in statements {
                let why = $refused(&mut connection, statement).await;
                all.extend(
                    why.or_else(|| left_out(statement, &required)).map(|why| format!("{why}: {statement}")),
                );
            }
        }};
    }
    match kind {
        Lasts::Sqlite => each!(SqliteConnection::connect(url), REQUIRED_BY_SQLITE, refused_by_sqlite),
        Lasts::Postgres => each!(PgConnection::connect(url), REQUIRED_BY_POSTGRES, refused_by_postgres),
    }
    all
}

/// What a version before sends and a later step takes away: the first such step, with all statements that it breaks. `more`: steps
/// after those that there are.
async fn broken(kind: Lasts, version: i64, more: &[(i64, &str)]) -> Option<String> {
    let bench = LastingBench::bare(kind).await;
    let statements = file(version, &format!("statements-{}.txt", name(kind)));
    let statements: Vec<&str> = statements.lines().collect();
    assert!(statements.len() > 100, "only {} statements of version {version}", statements.len());
    let mut before = BTreeMap::new();
    let ours = steps(kind);
    let ours = ours.iter().map(|step| (step.version, step.sql.as_str()));
    for (step, sql) in ours.chain(more.iter().copied()) {
        on_pool!(bench, pool => {
            sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&pool).await.unwrap();
            pool.close().await;
        });
        if step == version {
            before = types(&bench, kind).await;
        }
        if step >= version {
            let mut refused = refused(&bench, kind, &statements).await;
            let now = types(&bench, kind).await;
            let changed = before.iter().filter(|(column, of)| now.get(*column).is_some_and(|now| now != *of));
            refused.extend(changed.map(|((table, column), of)| format!("{table}.{column} was {of}")));
            if !refused.is_empty() {
                return Some(format!(
                    "step {step} breaks what version {version} sends:\n{}",
                    refused.join("\n")
                ));
            }
        }
    }
    None
}

#[rstest]
#[tokio::test]
async fn versions_before_live_on_the_newest_schema(#[values(Lasts::Sqlite, Lasts::Postgres)] kind: Lasts) {
    for version in VERSIONS {
        if let Some(broken) = broken(kind, version, &[]).await {
            panic!("{broken}");
        }
    }
}

const OTHER_TYPE: &str =
    "DROP TABLE namespace_orders; CREATE TABLE namespace_orders (namespace TEXT PRIMARY KEY, cut_off TEXT,
 switched_off BIGINT, changed_at BIGINT NOT NULL)";
const REQUIRED_COLUMN: &str =
    "DROP TABLE namespace_orders; CREATE TABLE namespace_orders (namespace TEXT PRIMARY KEY, cut_off BIGINT,
 switched_off BIGINT, changed_at BIGINT NOT NULL, reason TEXT NOT NULL)";

/// What no step may do is found, with the step and the statement.
#[rstest]
#[case::another_name("ALTER TABLE citizens RENAME COLUMN profile TO data", "UPDATE citizens SET profile")]
#[case::a_table_goes("DROP TABLE notices", "INSERT INTO notices")]
#[case::a_column_goes("ALTER TABLE legacy_accounts DROP COLUMN digest", "SELECT a.tech_id, a.id, a.digest")]
#[case::a_column_that_must_be_filled(
    REQUIRED_COLUMN,
    "namespace_orders.reason must be filled: INSERT INTO namespace_orders"
)]
#[case::another_type(OTHER_TYPE, "namespace_orders.cut_off was ")]
#[case::an_index_that_is_named("DROP INDEX links_one_owner", "ON CONFLICT (account_id)")]
#[tokio::test]
async fn steps_that_take_away_are_found(
    #[values(Lasts::Sqlite, Lasts::Postgres)] kind: Lasts,
    #[case] step: &str,
    #[case] named: &str,
) {
    let broken = broken(kind, VERSIONS[0], &[(9_999, step)]).await.expect("it is found");
    assert!(broken.starts_with("step 9999 ") && broken.contains(named), "{broken}");
}
