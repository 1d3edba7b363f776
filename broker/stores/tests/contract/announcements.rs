//! The word of a change reaches who listens.

use broker_domain::ports::Topic;
use std::time::Duration;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(20);

on_each_expiring! {
    /// What is said is heard; a listener that has just begun may hear more than was said, never less.
    async fn what_is_said_is_heard(bench) {
        for topic in [Topic::Clients, Topic::Keys, Topic::Namespaces, Topic::Clients] {
            let said = timeout(PATIENCE, async {
                loop {
                    bench.announcements.announce(topic).await.unwrap();
                    if let Ok(heard) = timeout(Duration::from_millis(300), bench.announcements.next()).await
                        && heard == topic
                    {
                        break;
                    }
                }
            });
            said.await.unwrap();
        }
    }
}
