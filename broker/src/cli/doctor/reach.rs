//! Whether somebody can be reached: a connection and the handshake of TLS, and nothing after it.

use rustls::ClientConfig;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{RootCertStore, crypto::CryptoProvider};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::Url;

/// Whom we trust there, and what we show.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Trust<'a> {
    pub(super) ca_files: &'a [PathBuf],
    pub(super) system_authorities: bool,
    /// Certificate and key.
    pub(super) identity: Option<(&'a Path, &'a Path)>,
    /// Through which calls go.
    pub(super) proxy: Option<&'a str>,
}

/// What was reached.
#[derive(Debug)]
pub(super) struct Reached {
    /// The certificate that was shown, when there was one.
    pub(super) certificate: Option<Vec<u8>>,
    pub(super) took: Duration,
    /// Whether only the proxy was reached: whoever is behind it is not asked.
    pub(super) is_proxy: bool,
}

/// Reaches whoever stands behind an address.
pub(super) async fn reach(address: &str, trust: Trust<'_>) -> Result<Reached, String> {
    let begun = Instant::now();
    let is_proxy = trust.proxy.is_some();
    let url = Url::parse(trust.proxy.unwrap_or(address)).map_err(|e| format!("{address}: {e}"))?;
    let host = url.host_str().ok_or("the address has no host")?.trim_matches(['[', ']']).to_owned();
    let port = url.port_or_known_default().ok_or("the address has no port")?;
    let stream =
        TcpStream::connect((host.as_str(), port)).await.map_err(|e| format!("{host}:{port}: {e}"))?;
    if url.scheme() != "https" {
        return Ok(Reached { certificate: None, took: begun.elapsed(), is_proxy });
    }
    let name = ServerName::try_from(host.clone()).map_err(|e| format!("{host}: {e}"))?;
    let connector = TlsConnector::from(Arc::new(config(trust)?));
    let tls = connector.connect(name, stream).await.map_err(|e| format!("{host}:{port}: TLS: {e}"))?;
    let shown = tls.get_ref().1.peer_certificates().and_then(|all| all.first());
    Ok(Reached { certificate: shown.map(|c| c.to_vec()), took: begun.elapsed(), is_proxy })
}

fn config(trust: Trust<'_>) -> Result<ClientConfig, String> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut authorities: Vec<CertificateDer<'static>> = Vec::new();
    for file in trust.ca_files {
        let bad = |e: rustls::pki_types::pem::Error| format!("{}: {e}", file.display());
        for one in CertificateDer::pem_file_iter(file).map_err(bad)? {
            authorities.push(one.map_err(bad)?);
        }
    }
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(verifier(authorities, trust.system_authorities, provider)?);
    let Some((certificate, key)) = trust.identity else { return Ok(builder.with_no_client_auth()) };
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect);
    let chain = chain.map_err(|_| format!("{}: holds no certificate in PEM", certificate.display()))?;
    // The parser's words could quote the key.
    let key =
        PrivateKeyDer::from_pem_file(key).map_err(|_| format!("{}: holds no private key", key.display()))?;
    builder.with_client_auth_cert(chain, key).map_err(|e| e.to_string())
}

/// The same trust as that of the calls themselves: the system's authorities with those of the files, or the files' alone.
fn verifier(
    authorities: Vec<CertificateDer<'static>>,
    system: bool,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, String> {
    if system {
        let verifier = rustls_platform_verifier::Verifier::new_with_extra_roots(authorities, provider);
        return Ok(Arc::new(verifier.map_err(|e| e.to_string())?));
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(authorities);
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
    Ok(verifier.map_err(|e| e.to_string())?)
}
