//! Makes of each case one test for each implementation.

/// Cases over what expires: in the process, and in Redis alone, behind Sentinel and as a Cluster.
macro_rules! on_each_expiring {
    ($($(#[$doc:meta])* async fn $name:ident($bench:ident) $body:block)+) => {$(
        $(#[$doc])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            use broker_stores::testing::{Expires, ExpiringBench};

            async fn case($bench: ExpiringBench) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn memory() {
                case(ExpiringBench::on(Expires::Memory).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn redis() {
                case(ExpiringBench::on(Expires::Redis).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sentinel() {
                case(ExpiringBench::on(Expires::Sentinel).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn cluster() {
                case(ExpiringBench::on(Expires::Cluster).await).await;
            }
        }
    )+};
}

/// Cases over what lasts: SQLite and PostgreSQL.
macro_rules! on_each_lasting {
    ($($(#[$doc:meta])* async fn $name:ident($bench:ident) $body:block)+) => {$(
        $(#[$doc])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            use broker_stores::testing::{Lasts, LastingBench};

            async fn case($bench: LastingBench) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                case(LastingBench::on(Lasts::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                case(LastingBench::on(Lasts::Postgres).await).await;
            }
        }
    )+};
}
