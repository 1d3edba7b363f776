//! A collector of traces: takes OTLP over HTTP, and remembers what it was sent.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use http::{HeaderMap, StatusCode};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What came in one request.
#[derive(Clone)]
pub struct Sent {
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// A collector on a free port of this machine.
#[derive(Clone)]
pub struct Collector {
    address: String,
    sent: Arc<Mutex<Vec<Sent>>>,
}

async fn take(State(sent): State<Arc<Mutex<Vec<Sent>>>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    sent.lock().unwrap().push(Sent { headers, body });
    StatusCode::OK
}

impl Collector {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = format!("http://{}/v1/traces", listener.local_addr().unwrap());
        let sent = Arc::default();
        let router = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&sent));
        tokio::spawn(axum_server::from_tcp(listener).unwrap().serve(router.into_make_service()));
        Self { address, sent }
    }

    /// The address that goes into the configuration.
    pub fn endpoint(&self) -> &str {
        &self.address
    }

    pub fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    fn messages(&self) -> Vec<ExportTraceServiceRequest> {
        self.sent().iter().map(|s| ExportTraceServiceRequest::decode(s.body.clone()).unwrap()).collect()
    }

    /// All spans.
    pub fn spans(&self) -> Vec<Span> {
        let resources = self.messages().into_iter().flat_map(|m| m.resource_spans);
        resources.flat_map(|r| r.scope_spans).flat_map(|s| s.spans).collect()
    }

    /// The attributes of who sent it.
    pub fn resource(&self) -> BTreeMap<String, String> {
        let message = self.messages().swap_remove(0);
        attributes(&message.resource_spans[0].resource.as_ref().unwrap().attributes)
    }

    /// Waits until a span is there, for some seconds.
    pub async fn wait_for(&self, what: impl Fn(&Span) -> bool) -> Span {
        let began = Instant::now();
        loop {
            if let Some(found) = self.spans().into_iter().find(&what) {
                return found;
            }
            assert!(began.elapsed() < Duration::from_secs(15), "no such span: {:?}", self.spans());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Attributes as text.
pub fn attributes(all: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |value: &Option<AnyValue>| match value.as_ref().and_then(|v| v.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    };
    all.iter().map(|kv| (kv.key.clone(), text(&kv.value))).collect()
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}
