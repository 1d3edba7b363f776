//! What administrators ordered for namespaces.

use super::error::{corrupt, failed};
use super::registrations::BUMP;
use super::repository::{OnPostgres, OnSqlite};
use crate::meter::statement;
use async_trait::async_trait;
use broker_domain::clock::Timestamp;
use broker_domain::ids::Namespace;
use broker_domain::linking::CutOff;
use broker_domain::ports::{NamespaceChange, NamespaceOrder, NamespaceOrders, StoreError};

const ORDERS: &str =
    "SELECT namespace, cut_off, switched_off, changed_at FROM namespace_orders ORDER BY namespace";
const CUT_OFF: &str = "INSERT INTO namespace_orders (namespace, cut_off, changed_at) VALUES ($1, $2, $3)
 ON CONFLICT (namespace) DO UPDATE SET cut_off = excluded.cut_off, changed_at = excluded.changed_at";
const SWITCHED_OFF: &str = "INSERT INTO namespace_orders (namespace, switched_off, changed_at) VALUES ($1, $2, $3)
 ON CONFLICT (namespace) DO UPDATE SET switched_off = excluded.switched_off, changed_at = excluded.changed_at";

/// How never is stored.
const NEVER: i64 = i64::MAX;

const fn number(cut_off: CutOff) -> i64 {
    match cut_off {
        CutOff::At(at) => at.millis(),
        CutOff::Never => NEVER,
    }
}

type Row = (String, Option<i64>, Option<i64>, i64);

fn read((namespace, cut_off, switched_off, changed_at): Row) -> Result<NamespaceOrder, StoreError> {
    let switched_off = match switched_off {
        None => None,
        Some(0) => Some(false),
        Some(1) => Some(true),
        Some(_) => return Err(corrupt("an order for a namespace does not read")),
    };
    Ok(NamespaceOrder {
        namespace: Namespace::new(namespace),
        cut_off: cut_off.map(|at| match at {
            NEVER => CutOff::Never,
            at => CutOff::At(Timestamp::from_millis(at)),
        }),
        switched_off,
        changed_at: Timestamp::from_millis(changed_at),
    })
}

macro_rules! namespaces {
    ($($repository:ty),*) => {$(
        #[async_trait]
        impl NamespaceOrders for $repository {
            async fn orders(&self) -> Result<Vec<NamespaceOrder>, StoreError> {
                let rows = statement(sqlx::query_as::<_, Row>(ORDERS).fetch_all(&self.reader)).await.map_err(failed)?;
                rows.into_iter().map(read).collect()
            }

            async fn order(&self, namespace: &Namespace, change: NamespaceChange, now: Timestamp) -> Result<(), StoreError> {
                let (text, value) = match change {
                    NamespaceChange::CutOff(cut_off) => (CUT_OFF, cut_off.map(number)),
                    NamespaceChange::SwitchedOff(off) => (SWITCHED_OFF, off.map(i64::from)),
                };
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                statement(sqlx::query(BUMP).execute(&mut *tx)).await.map_err(failed)?;
                let order = sqlx::query(text).bind(namespace.as_str()).bind(value).bind(now.millis());
                statement(order.execute(&mut *tx)).await.map_err(failed)?;
                statement(tx.commit()).await.map_err(failed)
            }
        }
    )*};
}

namespaces!(OnPostgres, OnSqlite);
