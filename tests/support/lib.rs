//! What the tests of the broker share: a world with a real router, real stores and a stand-in for VNeID, a browser that keeps
//! cookies, portals that send people and redeem codes, and ways to look at what was kept and what it cost.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    missing_docs
)] // for tests only

pub mod accounts;
pub mod answer;
mod background;
pub mod browser;
pub mod call;
pub mod collector;
pub mod costs;
pub mod html;
pub mod logs;
pub mod pairs;
pub mod people;
pub mod phones;
pub mod portal;
pub mod programs;
pub mod receiver;
pub mod request;
pub mod returned;
pub mod tokens;
pub mod told;
pub mod vneid;
pub mod wire;
pub mod world;

pub use answer::Answer;
pub use browser::Browser;
pub use call::Call;
pub use pairs::Pair;
pub use portal::Portal;
pub use request::Request;
pub use returned::Returned;
pub use world::{Options, World};

/// Makes of each function two tests: on SQLite with the process's memory, and on PostgreSQL with Redis.
///
/// ```ignore
/// for_both_stores! {
///     async fn something_holds(world: World) { … }
///     async fn something_holds_sealed(world: World = Options::sealed()) { … }
/// }
/// ```
#[macro_export]
macro_rules! for_both_stores {
    ($($(#[$doc:meta])* async fn $name:ident($world:ident: World $(= $options:expr)?) $body:block)+) => {$(
        $(#[$doc])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            #[allow(unused_imports)]
            use $crate::Options;

            #[allow(unused_mut, unused_assignments)]
            async fn on(pair: $crate::Pair) {
                let mut options = $crate::Options::default();
                $(options = $options;)?
                let $world = $crate::World::start(pair, options).await;
                $body
            }

            #[tokio::test]
            async fn embedded() {
                on($crate::Pair::Embedded).await;
            }

            #[tokio::test]
            async fn production() {
                on($crate::Pair::Production).await;
            }
        }
    )+};
}
