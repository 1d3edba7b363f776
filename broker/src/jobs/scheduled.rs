//! Jobs that one instance does for all: each at its time, under a lease that is renewed while it runs. When its holder dies, another one
//! takes it over after the lease. When a job succeeded last stands in the database, so that many instances do it no oftener than one.

use super::instance::Jobs;
use super::keys::KeyError;
use broker_domain::clock::Timestamp;
use broker_domain::ports::StoreError;
use std::time::Duration;

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheduled {
    /// Signing keys: publish ahead, take over, retire, forget.
    Keys,
    /// What is over in the database.
    CleanUp,
}

/// Why a scheduled job did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum ScheduledError {
    /// A store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Keys could not be made or changed.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// Another instance took it over: this one was too slow to say that it is alive.
    #[error("the lease went to another instance")]
    LeaseLost,
}

impl Scheduled {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Keys, Self::CleanUp];

    /// Its name: for operators, and as stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Keys => "keys",
            Self::CleanUp => "clean-up",
        }
    }

    /// Seconds from one success to the next run.
    const fn every(self) -> i64 {
        match self {
            Self::Keys => 30,
            Self::CleanUp => 3600,
        }
    }

    /// Seconds for which an instance has it to itself, unless it says again that it is alive.
    const fn lease(self) -> i64 {
        match self {
            Self::Keys => 20,
            Self::CleanUp => 30,
        }
    }
}

impl Jobs {
    /// Runs what is due and in no other instance's hands; says what was run. One that fails hinders no other.
    ///
    /// # Errors
    /// The first failure, after all others were tried; what failed is tried again in the next pass.
    pub async fn run_scheduled(&self) -> Result<Vec<Scheduled>, ScheduledError> {
        let (mut done, mut result) = (Vec::new(), Ok(()));
        for job in Scheduled::ALL {
            match self.run_if_due(job).await {
                Ok(true) => done.push(job),
                Ok(false) => {}
                Err(error) => {
                    self.metrics.count("broker_job_failures_total", &[("name", job.name())], 1);
                    tracing::warn!(job = job.name(), %error, "a scheduled job failed; it is tried again");
                    result = result.and(Err(error));
                }
            }
        }
        result.map(|()| done)
    }

    async fn run_if_due(&self, job: Scheduled) -> Result<bool, ScheduledError> {
        if !self.is_due(job).await? || !self.hold(job).await? {
            return Ok(false);
        }
        // Another instance may have done it between the look and the lease.
        if !self.is_due(job).await? {
            return Ok(false);
        }
        tokio::select! {
            done = self.carry_out(job) => done?,
            lost = self.stay_alive(job) => return Err(lost),
        }
        let now = self.now();
        self.broker.stores.upkeep.ran(job.name(), now).await?;
        self.show_success(job, now);
        Ok(true)
    }

    async fn is_due(&self, job: Scheduled) -> Result<bool, StoreError> {
        let all = self.broker.stores.upkeep.last_runs().await?;
        let last = all.into_iter().find(|(name, _)| name == job.name()).map(|(_, at)| at);
        if let Some(at) = last {
            self.show_success(job, at);
        }
        let now = self.now();
        // A clock that was ahead must not stop it for ever.
        Ok(last.is_none_or(|at| now >= at.plus_secs(job.every()) || now < at.plus_secs(-job.every())))
    }

    fn show_success(&self, job: Scheduled, at: Timestamp) {
        let secs = at.secs().to_string().parse().unwrap_or(0.0);
        self.metrics.gauge("broker_job_last_success_seconds", &[("name", job.name())], secs);
    }

    async fn hold(&self, job: Scheduled) -> Result<bool, StoreError> {
        let lease = format!("job-{}", job.name());
        self.broker.stores.expiring.lease(&lease, &self.owner, job.lease()).await
    }

    /// Keeps the lease for as long as the job runs; ends when it cannot.
    async fn stay_alive(&self, job: Scheduled) -> ScheduledError {
        let third = Duration::from_secs(u64::try_from(job.lease() / 3).unwrap_or(1).max(1));
        loop {
            tokio::time::sleep(third).await;
            match self.hold(job).await {
                Ok(true) => {}
                Ok(false) => return ScheduledError::LeaseLost,
                // The lease holds for a while yet; what cannot be said now is said next time, or the lease is lost.
                Err(error) => tracing::debug!(job = job.name(), %error, "a lease could not be renewed"),
            }
        }
    }

    async fn carry_out(&self, job: Scheduled) -> Result<(), ScheduledError> {
        match job {
            Scheduled::Keys => Ok(self.tend_keys().await?),
            Scheduled::CleanUp => Ok(self.clean_up().await?),
        }
    }
}
