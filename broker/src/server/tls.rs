//! TLS on the public listener: 1.2 with forward secrecy and authenticated encryption, and 1.3.

use crate::config::{ConfigError, TlsSettings, TlsVersion};
use axum_server::tls_rustls::RustlsConfig;
use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::x509::X509;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// How often the files are looked at for a new certificate.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Reads certificate and key.
///
/// # Errors
/// Names the setting whose file cannot be used.
pub fn load(settings: &TlsSettings) -> Result<Arc<ServerConfig>, ConfigError> {
    let bad = |path: &str, file: &Path, what: &str| {
        Err(ConfigError::one(path, format!("{what}: {}", file.display())))
    };
    let certificates: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(&settings.certificate).and_then(Iterator::collect);
    let certificates = match certificates {
        Ok(list) if !list.is_empty() => list,
        Ok(_) => return bad("tls.certificate", &settings.certificate, "holds no certificate in PEM"),
        Err(e) => return bad("tls.certificate", &settings.certificate, &format!("cannot be read: {e}")),
    };
    let key = match PrivateKeyDer::from_pem_file(&settings.private_key) {
        Ok(key) => key,
        // The parser's words could quote the key.
        Err(_) => return bad("tls.private_key", &settings.private_key, "holds no private key in PEM"),
    };
    let versions: &[_] = match settings.min_version {
        TlsVersion::V1_2 => &[&TLS13, &TLS12],
        TlsVersion::V1_3 => &[&TLS13],
    };
    let builder = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(versions)
        .map_err(|e| ConfigError::one("tls.min_version", e.to_string()))?;
    let mut config = builder.with_no_client_auth().with_single_cert(certificates, key).map_err(|e| match e {
        rustls::Error::InconsistentKeys(_) => ConfigError::one(
            "tls.private_key",
            "does not belong to the first certificate of tls.certificate: give the key that it was made for",
        ),
        other => ConfigError::one("tls.certificate", format!("cannot be used: {other}")),
    })?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// When the first certificate of the chain to end does, in Unix seconds.
pub(super) fn ends_at(settings: &TlsSettings) -> Option<f64> {
    let chain = X509::stack_from_pem(&std::fs::read(&settings.certificate).ok()?).ok()?;
    chain.iter().filter_map(|c| unix_seconds(c.not_after())).reduce(f64::min)
}

fn unix_seconds(time: &Asn1TimeRef) -> Option<f64> {
    let since = Asn1Time::from_unix(0).ok()?.diff(time).ok()?;
    Some(f64::from(since.days) * 86_400.0 + f64::from(since.secs))
}

/// Takes up a renewed certificate without a restart: looks at the files every so often, for ever. `taken_up` hears when it did.
pub(super) async fn watch(
    settings: TlsSettings,
    config: RustlsConfig,
    every: Duration,
    taken_up: impl Fn(&TlsSettings),
) {
    let mut seen = changed_at(&settings).await;
    loop {
        tokio::time::sleep(every).await;
        let now = changed_at(&settings).await;
        if now == seen {
            continue;
        }
        match load(&settings) {
            Ok(fresh) => {
                config.reload_from_config(fresh);
                taken_up(&settings);
                seen = now;
                tracing::info!("a new certificate is in use");
            }
            // Both files are seldom replaced at once: the next look may find them together.
            Err(error) => tracing::warn!(%error, "a new certificate cannot be used; the old one stays"),
        }
    }
}

async fn changed_at(settings: &TlsSettings) -> [Option<SystemTime>; 2] {
    let of = async |file: &Path| tokio::fs::metadata(file).await.and_then(|m| m.modified()).ok();
    [of(&settings.certificate).await, of(&settings.private_key).await]
}
