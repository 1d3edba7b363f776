//! Calls to an upstream: one client, no redirects, bounded bodies, limits of time, a retry only where nothing can happen twice.

use crate::build::{BuildError, Observer};
use crate::settings::UpstreamSettings;
use broker_domain::upstream::UpstreamFailure;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, RequestBuilder, StatusCode};
use std::time::{Duration, Instant};

/// The client of one upstream.
pub(crate) struct Http {
    client: Client,
    max_body: usize,
    observer: Observer,
}

/// An answer, read whole.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Vec<u8>,
}

impl Http {
    pub(crate) fn new(settings: &UpstreamSettings, observer: Observer) -> Result<Self, BuildError> {
        let mut authorities = Vec::new();
        for file in &settings.ca_files {
            let shown = || format!("ca_files: {}", file.display());
            let pem = std::fs::read(file).map_err(|e| BuildError(format!("{}: {e}", shown())))?;
            let read = Certificate::from_pem_bundle(&pem)
                .map_err(|_| BuildError(format!("{}: no PEM certificates", shown())))?;
            authorities.extend(read);
        }
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(Duration::from_millis(settings.connect_timeout_ms))
            .timeout(Duration::from_millis(settings.total_timeout_ms))
            .tls_certs_merge(authorities)
            .user_agent("identity-broker")
            .build()
            .map_err(|e| BuildError(format!("the HTTP client cannot be made: {e}")))?;
        Ok(Self { client, max_body: settings.max_body_bytes, observer })
    }

    pub(crate) fn get(&self, url: &str) -> RequestBuilder {
        self.client.get(url)
    }

    pub(crate) fn post(&self, url: &str) -> RequestBuilder {
        self.client.post(url)
    }

    /// Sends something that can be sent twice without harm: a failed connection or a passing failure is tried once more.
    pub(crate) async fn read(&self, request: RequestBuilder) -> Result<Answer, UpstreamFailure> {
        let again = request.try_clone();
        let first = self.once(request).await;
        let passing = match &first {
            Ok(answer) => matches!(answer.status.as_u16(), 502..=504),
            Err(failure) => *failure == UpstreamFailure::Unreachable,
        };
        match again {
            Some(again) if passing => self.once(again).await,
            _ => first,
        }
    }

    /// Sends something that works once: it is tried again only if no connection came about.
    pub(crate) async fn spend(&self, request: RequestBuilder) -> Result<Answer, UpstreamFailure> {
        let again = request.try_clone();
        let begun = Instant::now();
        let sent = request.send().await;
        (self.observer)(begun.elapsed());
        match (sent, again) {
            (Err(error), Some(again)) if error.is_connect() && !error.is_timeout() => self.once(again).await,
            (Err(error), _) => Err(failure(&error)),
            (Ok(response), _) => self.body(response).await,
        }
    }

    async fn once(&self, request: RequestBuilder) -> Result<Answer, UpstreamFailure> {
        let begun = Instant::now();
        let answer = match request.send().await {
            Ok(response) => self.body(response).await,
            Err(error) => Err(failure(&error)),
        };
        (self.observer)(begun.elapsed());
        answer
    }

    async fn body(&self, mut response: reqwest::Response) -> Result<Answer, UpstreamFailure> {
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| failure(&e))? {
            if body.len() + chunk.len() > self.max_body {
                return Err(UpstreamFailure::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, body })
    }
}

fn failure(error: &reqwest::Error) -> UpstreamFailure {
    if error.is_timeout() { UpstreamFailure::TimedOut } else { UpstreamFailure::Unreachable }
}

/// What a status other than success means at any endpoint but the token endpoint.
pub(crate) fn unexpected(status: StatusCode) -> UpstreamFailure {
    match status.as_u16() {
        429 | 503 => UpstreamFailure::Busy,
        _ => UpstreamFailure::BadStatus,
    }
}
