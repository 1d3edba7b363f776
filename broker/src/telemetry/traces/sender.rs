//! Sends spans to the collector.

use super::super::metrics::Metrics;
use super::super::recorded::Recorded;
use super::spans::Spans;
use crate::config::{ConfigError, TelemetrySettings};
use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use opentelemetry::KeyValue;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, RetryPolicy, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SpanExporter as _;
use reqwest::Certificate;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::Receiver;
use tokio_util::sync::CancellationToken;

/// Spans that nobody gets.
pub(super) const DROPPED: &str = "broker_trace_spans_dropped_total";
/// Traces that are sent together at the most.
const AT_ONCE: usize = 256;
/// How long they are gathered.
const GATHER: Duration = Duration::from_secs(1);
/// How long the collector has for its answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// The HTTP client, as OpenTelemetry wants it.
#[derive(Debug)]
struct Client(reqwest::Client);

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let answer = self.0.execute(request.try_into()?).await?;
        // What the body says (spans that were refused) is of no use here.
        Ok(Response::builder().status(answer.status()).body(Bytes::new())?)
    }
}

/// Sends.
pub(super) struct Sender {
    exporter: SpanExporter,
    spans: Spans,
    metrics: Arc<Metrics>,
}

impl Sender {
    pub(super) fn new(
        settings: &TelemetrySettings,
        endpoint: &str,
        spans: Spans,
        metrics: Arc<Metrics>,
    ) -> Result<Self, ConfigError> {
        let bad = |path: &str, error: String| ConfigError::one(path, error);
        let headers = settings.headers_file.as_deref().map(headers).transpose()?.unwrap_or_default();
        let mut authorities = Vec::new();
        for file in &settings.ca_files {
            let says = |what: String| bad("telemetry.ca_files", format!("{what}: {}", file.display()));
            let pem = std::fs::read(file).map_err(|e| says(e.to_string()))?;
            authorities.extend(
                Certificate::from_pem_bundle(&pem).map_err(|_| says("holds no certificates".to_owned()))?,
            );
        }
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .default_headers(headers)
            .timeout(PATIENCE)
            .user_agent("identity-broker")
            .tls_certs_merge(authorities)
            .build()
            .map_err(|e| bad("telemetry.endpoint", format!("cannot be called: {e}")))?;
        let mut exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(endpoint)
            .with_http_client(Client(client))
            .with_timeout(PATIENCE)
            // A second try of its own would hold up the thread.
            .with_retry_policy(RetryPolicy::disabled())
            .build()
            .map_err(|_| bad("telemetry.endpoint", "is no address that can be called".to_owned()))?;
        let instance = settings
            .instance
            .clone()
            .unwrap_or_else(|| broker_domain::secret::random_text(&*spans.entropy, 12));
        let resource =
            Resource::builder_empty().with_service_name(settings.service_name.clone()).with_attributes([
                KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
                KeyValue::new("service.instance.id", instance),
            ]);
        exporter.set_resource(&resource.build());
        Ok(Self { exporter, spans, metrics })
    }

    /// Sends no span, in the form of some.
    pub(super) async fn send_nothing(&self) -> Result<(), String> {
        self.exporter.export(Vec::new()).await.map_err(|e| e.to_string())
    }

    /// Sends what comes, until it is told to stop; then what still waits.
    pub(super) async fn send_until(self, mut waiting: Receiver<Recorded>, stop: CancellationToken) {
        let mut is_failing = false;
        loop {
            let mut batch = Vec::new();
            tokio::select! {
                biased;
                () = stop.cancelled(), if !waiting.is_closed() => {
                    waiting.close();
                    continue;
                }
                taken = waiting.recv_many(&mut batch, AT_ONCE) => if taken == 0 { return },
            }
            if batch.len() < AT_ONCE && !waiting.is_closed() {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(GATHER) => {}
                }
                while batch.len() < AT_ONCE
                    && let Ok(more) = waiting.try_recv()
                {
                    batch.push(more);
                }
            }
            let spans: Vec<_> = batch.into_iter().flat_map(|recorded| self.spans.of(recorded)).collect();
            let count = u64::try_from(spans.len()).unwrap_or(u64::MAX);
            match self.exporter.export(spans).await {
                Ok(()) => {
                    self.metrics.count("broker_trace_spans_sent_total", &[], count);
                    if is_failing {
                        tracing::info!("the collector of traces takes them again");
                    }
                    is_failing = false;
                }
                Err(error) => {
                    self.metrics.count(DROPPED, &[], count);
                    if !is_failing {
                        tracing::warn!(%error, "the collector does not take traces; they are dropped until it does");
                    }
                    is_failing = true;
                }
            }
        }
    }
}

/// Headers from a file, one a line.
fn headers(file: &Path) -> Result<HeaderMap, ConfigError> {
    let bad = |says: &str| ConfigError::one("telemetry.headers_file", format!("{says}: {}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|_| bad("cannot be read"))?;
    let mut headers = HeaderMap::new();
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
        // Words about what is wrong must not quote it: it is a secret.
        let malformed = || bad("a line is no header: write name: value");
        let (name, value) = line.split_once(':').ok_or_else(malformed)?;
        let name = HeaderName::from_bytes(name.trim().as_bytes()).map_err(|_| malformed())?;
        let mut value = HeaderValue::from_str(value.trim()).map_err(|_| malformed())?;
        value.set_sensitive(true);
        headers.append(name, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::Traces;
    use broker_domain::secret::SeededEntropy;

    #[test]
    fn settings_that_cannot_stand_are_named_and_no_secret_is_quoted() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("headers");
        let says = |settings: TelemetrySettings| {
            let endpoint = Some("http://127.0.0.1:4318/v1/traces".to_owned());
            let settings = TelemetrySettings { endpoint, ..settings };
            Traces::check(&settings, Arc::new(SeededEntropy::new(1))).err().map(|e| e.to_string())
        };
        let with_headers = |text: &str| {
            std::fs::write(&file, text).unwrap();
            says(TelemetrySettings { headers_file: Some(file.clone()), ..TelemetrySettings::default() })
        };
        assert_eq!(with_headers("authorization: Bearer geheim\n\nx-tenant: one\n"), None);
        for bad in ["Bearer geheim", "a b: geheim", "x: ge\u{1}heim"] {
            let said = with_headers(bad).unwrap();
            assert!(
                said.contains("telemetry.headers_file: a line is no header") && !said.contains("heim"),
                "{said}"
            );
        }
        let missing =
            TelemetrySettings { headers_file: Some(folder.path().join("none")), ..Default::default() };
        assert!(says(missing).unwrap().contains("telemetry.headers_file: cannot be read"));
        let empty = folder.path().join("ca.pem");
        std::fs::write(&empty, "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n").unwrap();
        let authorities = TelemetrySettings { ca_files: vec![empty], ..Default::default() };
        assert!(says(authorities).unwrap().contains("telemetry.ca_files"));
    }
}
