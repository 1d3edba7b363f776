//! TLS: whom the client trusts.

use crate::{REDIRECT, ask, binding, now, upstream};
use broker_domain::upstream::UpstreamFailure;
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{SslAcceptor, SslMethod};
use openssl::x509::extension::{BasicConstraints, KeyUsage, SubjectAlternativeName};
use openssl::x509::{X509, X509NameBuilder};
use rstest::rstest;
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpListener;

fn key() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

/// A certificate for `name`, by `issuer` or by itself.
fn certificate(name: &str, key: &PKey<Private>, issuer: Option<(&X509, &PKey<Private>)>) -> X509 {
    let mut subject = X509NameBuilder::new().unwrap();
    subject.append_entry_by_text("CN", name).unwrap();
    let subject = subject.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder
        .set_serial_number(
            &BigNum::from_u32(u32::from(issuer.is_some()) + 1).unwrap().to_asn1_integer().unwrap(),
        )
        .unwrap();
    builder.set_subject_name(&subject).unwrap();
    builder.set_issuer_name(issuer.map_or(&*subject, |(ca, _)| ca.subject_name())).unwrap();
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
    }
    builder.sign(issuer.map_or(key, |(_, key)| key), MessageDigest::sha256()).unwrap();
    builder.build()
}

/// A provider under TLS for a name; gives its issuer and its authority in PEM.
fn serve(name: &str) -> (String, Vec<u8>) {
    let (ca_key, server_key) = (key(), key());
    let ca = certificate("Test authority", &ca_key, None);
    let certificate = certificate(name, &server_key, Some((&ca, &ca_key)));
    let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls()).unwrap();
    acceptor.set_private_key(&server_key).unwrap();
    acceptor.set_certificate(&certificate).unwrap();
    let acceptor = acceptor.build();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let issuer = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let document = json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/a"), "token_endpoint": format!("{issuer}/t"),
        "jwks_uri": format!("{issuer}/k"),
    })
    .to_string();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let Ok(mut stream) = acceptor.accept(socket.unwrap()) else { continue };
            let _ = stream.read(&mut [0u8; 4096]);
            let head =
                format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", document.len());
            let _ = stream.write_all((head + &document).as_bytes());
            let _ = stream.shutdown();
        }
    });
    (issuer, ca.to_pem().unwrap())
}

#[rstest]
#[case::beside_the_system("localhost", true, true, true)]
#[case::instead_of_the_system("localhost", true, false, true)]
#[case::unknown_authority("localhost", false, true, false)]
#[case::another_name("vneid.example", true, true, false)]
#[tokio::test]
async fn authorities(#[case] name: &str, #[case] known: bool, #[case] system: bool, #[case] trusted: bool) {
    let (issuer, pem) = serve(name);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, pem).unwrap();
    let files = if known { vec![file] } else { Vec::new() };
    let base =
        json!({"id": "v", "dialect": "oidc", "issuer": issuer, "client_id": "broker", "client_secret": "s"});
    let upstream = upstream(base, &json!({"ca_files": files, "system_authorities": system}));
    let begun = upstream.begin(&ask(false), &binding(false), REDIRECT, now()).await;
    match trusted {
        true => assert!(begun.unwrap().starts_with(&format!("{issuer}/a?"))),
        false => assert_eq!(begun.unwrap_err(), UpstreamFailure::Unreachable),
    }
}
