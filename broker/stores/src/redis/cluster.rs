//! A Cluster: its keys live on several servers, and its client repeats what a dropped connection left unanswered.

use super::ops::Op;
use super::script;
use super::settings::RedisSettings;
use futures_util::future::join_all;
use redis::aio::ConnectionLike;
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use redis::{ConnectionInfo, ErrorKind, RedisError, RedisResult, ServerError, ServerErrorKind, Value};
use std::collections::BTreeMap;

/// A connection on which the commands of a step go side by side, one lane for each key.
#[derive(Clone)]
pub(super) struct Lanes(ClusterConnection);

/// Connects, and makes every server know the scripts.
pub(super) async fn open(nodes: Vec<ConnectionInfo>, settings: &RedisSettings) -> RedisResult<Lanes> {
    let tcp = nodes.first().map(|n| n.tcp_settings().clone()).unwrap_or_default();
    let client = ClusterClient::builder(nodes)
        .connection_timeout(settings.connect_timeout)
        .response_timeout(settings.response_timeout)
        // Room for one repetition.
        .overall_response_timeout(Some(settings.response_timeout.saturating_mul(2)))
        .tcp_settings(tcp)
        .build()?;
    let mut connection = client.get_async_connection().await?;
    for load in script::load() {
        // Goes to every primary. Failing to is no failure: a script that is unknown goes by its text.
        if let Err(error) = connection.req_packed_command(&load).await {
            tracing::debug!(error = error.category(), "a script was not loaded");
        }
    }
    Ok(Lanes(connection))
}

/// The server's own refusal of one command concerns that command; anything else the whole step.
fn answer(result: RedisResult<Value>) -> RedisResult<Value> {
    match result {
        Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => error
            .clone()
            .into_server_errors()
            .and_then(|all| all.first().map(|(_, e): &(usize, ServerError)| Value::ServerError(e.clone())))
            .ok_or(error),
        other => other,
    }
}

impl Lanes {
    /// Commands on one key go one after the other, those on different keys at once.
    pub(super) async fn send(&self, ops: &[&Op], by_text: &[bool]) -> RedisResult<Vec<Value>> {
        let mut by_key: BTreeMap<&str, Vec<(usize, &Op, bool)>> = BTreeMap::new();
        for (at, (op, by_text)) in ops.iter().zip(by_text).enumerate() {
            by_key.entry(op.key.as_str()).or_default().push((at, op, *by_text));
        }
        let lanes = by_key.into_values().map(|lane| async move {
            let mut connection = self.0.clone();
            let mut answers = Vec::with_capacity(lane.len());
            for (at, op, by_text) in lane {
                let sent = connection.req_packed_command(&op.command(by_text)).await;
                answers.push((at, answer(sent)?));
            }
            Ok::<_, RedisError>(answers)
        });
        let mut answers = vec![Value::Nil; ops.len()];
        for lane in join_all(lanes).await {
            for (at, value) in lane? {
                if let Some(place) = answers.get_mut(at) {
                    *place = value;
                }
            }
        }
        Ok(answers)
    }
}
