//! Calls: one client for each upstream, no redirects, no cookies, bounded bodies, limits of time, and a second try only where
//! nothing can happen twice.

use broker_domain::each::Each;
use broker_domain::upstream::{Refused, UpstreamFailure};
use reqwest::header::{CONTENT_TYPE, DATE};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Proxy, RequestBuilder, Response};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime;
use zeroize::Zeroizing;

use crate::error::BuildError;

/// Told how long each call took.
pub type Observer = Arc<dyn Fn(Duration) + Send + Sync>;

/// How long to wait before a second try.
const PAUSE: Duration = Duration::from_millis(50);
/// An idle connection is closed early: a request that meets one which the other side has just closed is lost.
const IDLE: Duration = Duration::from_secs(20);

/// What a client shows of itself: a certificate and its private key, both as PEM files.
#[derive(Clone, Copy, Debug)]
pub struct Identity<'a> {
    /// The certificate, followed by those that lead to its root.
    pub certificate: &'a Path,
    /// Its private key.
    pub key: &'a Path,
}

/// What a client may take, whom it trusts, and what it shows of itself.
pub struct HttpRules<'a> {
    /// Certificate authorities (PEM files).
    pub ca_files: &'a [PathBuf],
    /// Whether the system's authorities are trusted too.
    pub system_authorities: bool,
    /// The certificate to show, where the other side asks for one.
    pub identity: Option<Identity<'a>>,
    /// The address of a proxy; the environment's is never used.
    pub proxy: Option<&'a str>,
    /// Limit of time for a connection, in milliseconds.
    pub connect_ms: u64,
    /// Limit of time for a whole call with its second try, in milliseconds.
    pub total_ms: u64,
    /// The longest answer, in bytes.
    pub max_body: usize,
}

/// A client. Each runtime has its own connections: the task that reads an answer is then driven by the thread that waits for it.
pub struct Http {
    first: Client,
    each: Each<Option<runtime::Id>, Client>,
    made: Made,
    total: Duration,
    max_body: usize,
    observer: Observer,
}

/// What a client is made of.
struct Made {
    connect: Duration,
    authorities: Vec<Certificate>,
    system_authorities: bool,
    identity: Option<reqwest::Identity>,
    proxy: Option<Proxy>,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Whether it says that it is a signed token (OpenID Connect Core 5.3.2).
    pub is_jwt: bool,
    /// Its `Date` header.
    pub date: Option<String>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Answer {
    pub(crate) const fn is_good(&self) -> bool {
        self.status == 200
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The connection did not come about: nothing was sent.
    NotConnected,
    /// The connection broke: the request may have arrived.
    Broken,
    /// It took too long.
    TimedOut,
    /// The answer is too long.
    TooLarge,
}

/// No answer, with words for the log that hold nothing of the request.
#[derive(Clone, Debug)]
pub struct NoAnswer {
    /// What happened.
    pub trouble: Trouble,
    /// The cause, in the words of the operating system or of TLS.
    pub cause: String,
}

impl NoAnswer {
    /// As a failure of the endpoint that was called.
    pub(crate) fn refused(&self, endpoint: &str) -> Refused {
        let failure = match self.trouble {
            Trouble::NotConnected | Trouble::Broken => UpstreamFailure::Unreachable,
            Trouble::TimedOut => UpstreamFailure::TimedOut,
            Trouble::TooLarge => UpstreamFailure::TooLarge,
        };
        Refused::new(failure, format!("{endpoint}: {}", self.cause))
    }
}

/// When a call may be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// Asking twice is harmless.
    Harmless,
    /// It works once: only when nothing was sent.
    OnlyUnsent,
}

impl Http {
    /// Makes a client. Nothing is sent.
    ///
    /// # Errors
    /// Names the setting.
    pub fn new(rules: &HttpRules<'_>, observer: Observer) -> Result<Self, BuildError> {
        let mut authorities = Vec::new();
        for file in rules.ca_files {
            let shown = || format!("ca_files: {}", file.display());
            let pem = std::fs::read(file).map_err(|e| BuildError::new(format!("{}: {e}", shown())))?;
            let read = Certificate::from_pem_bundle(&pem)
                .ok()
                .filter(|read| !read.is_empty())
                .ok_or_else(|| BuildError::new(format!("{}: holds no PEM certificates", shown())))?;
            authorities.extend(read);
        }
        let proxy = rules.proxy.map(Proxy::all).transpose();
        let made = Made {
            connect: Duration::from_millis(rules.connect_ms),
            authorities,
            system_authorities: rules.system_authorities,
            identity: rules.identity.map(identity).transpose()?,
            proxy: proxy.map_err(|_| BuildError::new("proxy: is not an address"))?,
        };
        let first = made.client().map_err(|e| {
            let setting = if rules.system_authorities { "system_authorities" } else { "ca_files" };
            BuildError::new(format!("{setting}: the trusted authorities cannot be used: {}", cause(&e)))
        })?;
        let total = Duration::from_millis(rules.total_ms);
        Ok(Self { first, each: Each::default(), made, total, max_body: rules.max_body, observer })
    }

    /// The one of this runtime. Where none can be made any more, the first one serves.
    fn client(&self) -> Client {
        let runtime = runtime::Handle::try_current().ok().map(|handle| handle.id());
        self.each.of(runtime, || self.made.client()).unwrap_or_else(|_| self.first.clone())
    }

    /// A request that reads.
    pub fn get(&self, url: &url::Url) -> RequestBuilder {
        self.client().get(url.clone())
    }

    /// A request that hands something over.
    pub fn post(&self, url: &url::Url) -> RequestBuilder {
        self.client().post(url.clone())
    }

    /// Sends a request and reads its answer, within the limit of time for both tries together.
    ///
    /// # Errors
    /// When there is no answer. A status is no error.
    pub async fn send(&self, request: RequestBuilder, again: Again) -> Result<Answer, NoAnswer> {
        let both = async {
            let second = request.try_clone();
            let first = self.once(request).await;
            match second {
                Some(second) if is_worth_another_try(&first, again) => {
                    tokio::time::sleep(PAUSE).await;
                    self.once(second).await
                }
                _ => first,
            }
        };
        tokio::time::timeout(self.total, both).await.unwrap_or_else(|_| {
            Err(NoAnswer { trouble: Trouble::TimedOut, cause: "the limit of time has passed".to_owned() })
        })
    }

    async fn once(&self, request: RequestBuilder) -> Result<Answer, NoAnswer> {
        // Also told when nobody waits for the end any more.
        let _timed = Timed { observer: &self.observer, begun: Instant::now() };
        let response = request.send().await.map_err(|e| no_answer(&e))?;
        self.read(response).await
    }

    async fn read(&self, mut response: Response) -> Result<Answer, NoAnswer> {
        let too_large = || NoAnswer {
            trouble: Trouble::TooLarge,
            cause: format!("the answer is longer than {} bytes", self.max_body),
        };
        let limit = u64::try_from(self.max_body).unwrap_or(u64::MAX);
        if response.content_length().is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let status = response.status().as_u16();
        let kind = response.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        let is_jwt = kind.eq_ignore_ascii_case("application/jwt");
        let date = response.headers().get(DATE).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| no_answer(&e))? {
            if body.len().saturating_add(chunk.len()) > self.max_body {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, is_jwt, date, body })
    }
}

impl Made {
    fn client(&self) -> reqwest::Result<Client> {
        let builder = Client::builder()
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(self.connect)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(64)
            .user_agent("identity-broker");
        let builder = match &self.proxy {
            None => builder.no_proxy(),
            Some(proxy) => builder.proxy(proxy.clone()),
        };
        let authorities = self.authorities.clone();
        let builder = if self.system_authorities {
            builder.tls_certs_merge(authorities)
        } else {
            builder.tls_certs_only(authorities)
        };
        let builder = match &self.identity {
            None => builder,
            Some(identity) => builder.identity(identity.clone()),
        };
        builder.build()
    }
}

/// Reads a certificate and its key.
fn identity(shown: Identity<'_>) -> Result<reqwest::Identity, BuildError> {
    let read = |name: &str, file: &Path| {
        std::fs::read(file).map_err(|e| BuildError::new(format!("{name}: {}: {e}", file.display())))
    };
    let mut pem = Zeroizing::new(read("client_key", shown.key)?);
    pem.push(b'\n');
    pem.extend(read("client_certificate", shown.certificate)?);
    reqwest::Identity::from_pem(&pem).map_err(|_| {
        let (certificate, key) = (shown.certificate.display(), shown.key.display());
        BuildError::new(format!(
            "client_certificate: {certificate} and {key} hold no PEM certificate with its key"
        ))
    })
}

fn is_worth_another_try(first: &Result<Answer, NoAnswer>, again: Again) -> bool {
    match (first, again) {
        (Err(no), Again::OnlyUnsent) => no.trouble == Trouble::NotConnected,
        (Err(no), Again::Harmless) => matches!(no.trouble, Trouble::NotConnected | Trouble::Broken),
        (Ok(answer), Again::Harmless) => matches!(answer.status, 502..=504),
        (Ok(_), Again::OnlyUnsent) => false,
    }
}

fn no_answer(error: &reqwest::Error) -> NoAnswer {
    let trouble = if error.is_connect() {
        Trouble::NotConnected
    } else if error.is_timeout() {
        Trouble::TimedOut
    } else {
        Trouble::Broken
    };
    NoAnswer { trouble, cause: cause(error) }
}

/// What lies at the bottom of an error: the operating system's or TLS's word, without the address that was called.
fn cause(error: &reqwest::Error) -> String {
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string().chars().filter(|c| !c.is_control()).take(160).collect()
}

struct Timed<'a> {
    observer: &'a Observer,
    begun: Instant,
}

impl Drop for Timed<'_> {
    fn drop(&mut self) {
        (self.observer)(self.begun.elapsed());
    }
}
