//! How many requests may wait for one that is asked, at once: who would be one too many is told at once that it is busy.

use crate::telemetry::Metrics;
use async_trait::async_trait;
use broker_domain::clock::Timestamp;
use broker_domain::ids::{EventId, UpstreamId};
use broker_domain::ports::{CheckFailure, Messenger, MessengerFailure, PasswordCheck, Upstream};
use broker_domain::secret::Secret;
use broker_domain::upstream::population::{Answer, PopulationDatabase, PopulationFailure, Question};
use broker_domain::upstream::{Arrival, Ask, Binding, Health, UpstreamFailure};
use std::sync::Arc;
use tokio::sync::{Semaphore, SemaphorePermit};

/// One that is asked, with its places.
pub struct Bounded<T: ?Sized> {
    inner: Arc<T>,
    name: String,
    places: Semaphore,
    metrics: Arc<Metrics>,
}

impl<T: ?Sized> Bounded<T> {
    /// With places for so many requests; metrics know it by `name`.
    pub fn new(inner: Arc<T>, name: impl Into<String>, most: u32, metrics: Arc<Metrics>) -> Self {
        let most = usize::try_from(most).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Self { inner, name: name.into(), places: Semaphore::new(most), metrics }
    }

    fn place(&self) -> Option<SemaphorePermit<'_>> {
        let place = self.places.try_acquire().ok();
        if place.is_none() {
            self.metrics.count("broker_upstream_refusals_total", &[("upstream", &self.name)], 1);
        }
        place
    }
}

#[async_trait]
impl Upstream for Bounded<dyn Upstream> {
    fn id(&self) -> &UpstreamId {
        self.inner.id()
    }

    async fn begin(
        &self,
        ask: &Ask,
        binding: &Binding,
        redirect_uri: &str,
        now: Timestamp,
    ) -> Result<String, UpstreamFailure> {
        let _place = self.place().ok_or(UpstreamFailure::Busy)?;
        self.inner.begin(ask, binding, redirect_uri, now).await
    }

    async fn complete(
        &self,
        raw_query: &str,
        binding: &Binding,
        redirect_uri: &str,
        now: Timestamp,
    ) -> Result<Arrival, UpstreamFailure> {
        let _place = self.place().ok_or(UpstreamFailure::Busy)?;
        self.inner.complete(raw_query, binding, redirect_uri, now).await
    }

    fn health(&self) -> Health {
        self.inner.health()
    }

    fn is_authoritative(&self) -> bool {
        self.inner.is_authoritative()
    }

    async fn end_session_url(&self, post_logout_redirect_uri: &str) -> Option<String> {
        let _place = self.place()?;
        self.inner.end_session_url(post_logout_redirect_uri).await
    }
}

#[async_trait]
impl Messenger for Bounded<dyn Messenger> {
    async fn send(&self, id: &EventId, to: &str, text: &str) -> Result<(), MessengerFailure> {
        let _place = self.place().ok_or(MessengerFailure::Busy)?;
        self.inner.send(id, to, text).await
    }
}

#[async_trait]
impl PasswordCheck for Bounded<dyn PasswordCheck> {
    async fn check(&self, user_name: &str, password: &Secret) -> Result<bool, CheckFailure> {
        let _place = self.place().ok_or(CheckFailure::Busy)?;
        self.inner.check(user_name, password).await
    }
}

#[async_trait]
impl PopulationDatabase for Bounded<dyn PopulationDatabase> {
    async fn ask(&self, question: &Question) -> Result<Answer, PopulationFailure> {
        let _place = self.place().ok_or(PopulationFailure::Busy)?;
        self.inner.ask(question).await
    }
}
