//! Memory, and how soon it is ready.

use crate::Wanted;
use crate::cases::{Case, many};
use crate::citizen::Citizen;
use crate::process::resident;
use crate::stage::Stage;
use std::time::Duration;

const MIB: f64 = 1_048_576.0;
const IDLE: f64 = 40.0;
const AFTER: f64 = 120.0;
const READY: Duration = Duration::from_millis(300);

/// Idle, after many logins, and after as many again.
pub(crate) async fn measure(wanted: &Wanted) -> bool {
    let stage = Stage::start(wanted, "").await;
    let now = || resident(stage.broker.pid()) as f64 / MIB;
    println!("ready after {} ms (at most {})", stage.readied.as_millis(), READY.as_millis());
    tokio::time::sleep(Duration::from_secs(3)).await;
    let idle = now();
    println!("idle with 1,000 clients: {idle:.1} MiB (at most {IDLE})");
    let citizens = (0..wanted.parallel).map(|n| Citizen::new(&stage, n)).collect();
    let (citizens, _) = many(citizens, Case::SignIn, wanted.logins).await;
    let after = now();
    println!("after {} logins: {after:.1} MiB (at most {AFTER})", wanted.logins);
    let (citizens, _) = many(citizens, Case::SignIn, wanted.logins / 2).await;
    let later = now();
    println!("after {} more: {later:.1} MiB (flat)", wanted.logins / 2);
    drop(citizens);
    stage.readied <= READY && idle <= IDLE && after <= AFTER && later <= after * 1.1
}
