//! A provider under https, whose certificate comes from an authority that only the portal's settings name.

use axum::http::StatusCode;
use axum_server::tls_rustls::RustlsConfig;
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::extension::{BasicConstraints, KeyUsage, SubjectAlternativeName};
use openssl::x509::{X509, X509Name, X509NameBuilder};
use relying_party_sdk::ClientAuth;
use serde_json::json;

use crate::support::{Op, SECRET, Site, bend};

fn key_pair() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

fn named(name: &str) -> X509Name {
    let mut builder = X509NameBuilder::new().unwrap();
    builder.append_entry_by_text("CN", name).unwrap();
    builder.build()
}

/// A certificate for `name`; of `issuer`, or its own where there is none.
fn certificate(name: &str, key: &PKey<Private>, issuer: Option<(&X509, &PKey<Private>)>) -> X509 {
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&BigNum::from_u32(7).unwrap().to_asn1_integer().unwrap()).unwrap();
    builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::days_from_now(1).unwrap()).unwrap();
    builder.set_subject_name(&named(name)).unwrap();
    builder.set_pubkey(key).unwrap();
    match issuer {
        Some((authority, authority_key)) => {
            builder.set_issuer_name(authority.subject_name()).unwrap();
            let names =
                SubjectAlternativeName::new().dns("localhost").build(&builder.x509v3_context(None, None));
            builder.append_extension(names.unwrap()).unwrap();
            builder.sign(authority_key, MessageDigest::sha256()).unwrap();
        }
        None => {
            builder.set_issuer_name(&named(name)).unwrap();
            builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
            builder.append_extension(KeyUsage::new().critical().key_cert_sign().build().unwrap()).unwrap();
            builder.sign(key, MessageDigest::sha256()).unwrap();
        }
    }
    builder.build()
}

/// A provider at https://localhost, and the authority of its certificate in PEM form.
async fn start() -> (Op, Vec<u8>) {
    // Another test may have said so first.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let (authority_key, key) = (key_pair(), key_pair());
    let authority = certificate("Authority of this test", &authority_key, None);
    let leaf = certificate("localhost", &key, Some((&authority, &authority_key)));
    let config = RustlsConfig::from_pem(leaf.to_pem().unwrap(), key.private_key_to_pem_pkcs8().unwrap())
        .await
        .unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let op = Op::named(format!("https://localhost:{}", listener.local_addr().unwrap().port()));
    let server = axum_server::from_tcp_rustls(listener, config).unwrap();
    let router = op.router();
    tokio::spawn(async move { server.serve(router.into_make_service()).await });
    (op, authority.to_pem().unwrap())
}

#[tokio::test]
async fn an_authority_that_the_settings_name_is_trusted() {
    let (op, authority) = start().await;
    let site = Site::with(&op, |builder| builder.secret(SECRET, ClientAuth::Basic).roots(&authority));
    let mut browser = site.browser();
    let page = browser.sign_in(&op).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
}

#[tokio::test]
async fn any_other_authority_is_not() {
    let (op, _) = start().await;
    let stranger = certificate("Authority of this test", &key_pair(), None).to_pem().unwrap();
    let site = Site::with(&op, |builder| builder.secret(SECRET, ClientAuth::Basic).roots(&stranger));
    assert_eq!(site.browser().get("/login").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(op.received("/.well-known/openid-configuration").is_empty());
}

#[tokio::test]
async fn nothing_goes_out_in_the_clear_once_the_issuer_is_https() {
    let (op, authority) = start().await;
    for endpoint in ["token_endpoint", "userinfo_endpoint", "jwks_uri", "authorization_endpoint"] {
        op.script(|script| {
            script.discovery = bend(move |document| document[endpoint] = json!("http://localhost:1/x"));
        });
        let site = Site::with(&op, |builder| builder.secret(SECRET, ClientAuth::Basic).roots(&authority));
        assert_eq!(site.browser().get("/login").await.status, StatusCode::BAD_GATEWAY, "{endpoint}");
    }
}
