//! Certificates, and a check service under mutual TLS.

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{SslAcceptor, SslMethod, SslVerifyMode};
use openssl::x509::extension::{BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName};
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::{X509, X509NameBuilder};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// An authority, and what it signs.
pub(super) struct Authority {
    key: PKey<Private>,
    certificate: X509,
}

fn key() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

fn certificate(name: &str, serial: u32, key: &PKey<Private>, issuer: Option<&Authority>) -> X509 {
    let mut subject = X509NameBuilder::new().unwrap();
    subject.append_entry_by_text("CN", name).unwrap();
    let subject = subject.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&BigNum::from_u32(serial).unwrap().to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&subject).unwrap();
    builder.set_issuer_name(issuer.map_or(&*subject, |ca| ca.certificate.subject_name())).unwrap();
    builder.set_pubkey(key).unwrap();
    builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::days_from_now(1).unwrap()).unwrap();
    if issuer.is_none() {
        builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
        builder.append_extension(KeyUsage::new().critical().key_cert_sign().build().unwrap()).unwrap();
    } else {
        let names =
            SubjectAlternativeName::new().dns(name).build(&builder.x509v3_context(None, None)).unwrap();
        builder.append_extension(names).unwrap();
        builder
            .append_extension(ExtendedKeyUsage::new().server_auth().client_auth().build().unwrap())
            .unwrap();
    }
    builder.sign(issuer.map_or(key, |ca| &ca.key), MessageDigest::sha256()).unwrap();
    builder.build()
}

impl Authority {
    /// One of a name that none of its certificates has: OpenSSL would take such a certificate for self-signed.
    pub(super) fn new(name: &str) -> Self {
        let key = key();
        let certificate = certificate(name, 1, &key, None);
        Self { key, certificate }
    }

    /// Its own certificate, as a file.
    pub(super) fn file(&self, folder: &Path, name: &str) -> PathBuf {
        let file = folder.join(name);
        std::fs::write(&file, self.certificate.to_pem().unwrap()).unwrap();
        file
    }

    /// A certificate and its key, as files.
    pub(super) fn issue(&self, folder: &Path, name: &str) -> (PathBuf, PathBuf) {
        let own = key();
        let (certificate_file, key_file) =
            (folder.join(format!("{name}.crt")), folder.join(format!("{name}.key")));
        std::fs::write(&certificate_file, certificate(name, 7, &own, Some(self)).to_pem().unwrap()).unwrap();
        std::fs::write(&key_file, own.private_key_to_pem_pkcs8().unwrap()).unwrap();
        (certificate_file, key_file)
    }

    /// A service for `name` that takes only callers of `callers`, and says that every password is right; and who called.
    pub(super) fn serve(&self, name: &str, callers: &Self) -> (String, Arc<Mutex<Vec<String>>>) {
        let own = key();
        let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls()).unwrap();
        acceptor.set_private_key(&own).unwrap();
        acceptor.set_certificate(&certificate(name, 8, &own, Some(self))).unwrap();
        let mut store = X509StoreBuilder::new().unwrap();
        store.add_cert(callers.certificate.clone()).unwrap();
        acceptor.set_cert_store(store.build());
        acceptor.set_verify(SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT);
        let acceptor = acceptor.build();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://localhost:{}/check", listener.local_addr().unwrap().port());
        let called: Arc<Mutex<Vec<String>>> = Arc::default();
        let into = called.clone();
        std::thread::spawn(move || {
            for socket in listener.incoming() {
                let Ok(mut stream) = acceptor.accept(socket.unwrap()) else { continue };
                let caller = stream.ssl().peer_certificate().map(|c| format!("{:?}", c.subject_name()));
                // Head and body may come apart.
                let mut seen = String::new();
                while !seen.contains('}') {
                    let mut part = [0u8; 4096];
                    match stream.read(&mut part) {
                        Ok(count) if count > 0 => seen += &String::from_utf8_lossy(&part[..count]),
                        _ => break,
                    }
                }
                into.lock().unwrap().push(caller.unwrap_or_default());
                let body = r#"{"valid": true}"#;
                let head =
                    format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
                let _ = stream.write_all((head + body).as_bytes());
                let _ = stream.shutdown();
            }
        });
        (url, called)
    }
}
