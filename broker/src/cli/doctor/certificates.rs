//! Certificates: how long they live, and whom they are for.

use super::finding::{Finding, Level, Place};
use crate::config::Settings;
use broker_domain::clock::{Clock, Timestamp};
use openssl::asn1::Asn1Time;
use openssl::x509::{GeneralNameRef, X509, X509Ref};
use url::{Host, Url};

/// Days before the end of a certificate that deserve a look, and days that are nearly none.
const SOON: i32 = 30;
const NOW: i32 = 7;

/// Our own certificates.
pub(super) async fn look(settings: &Settings, clock: &dyn Clock) -> Vec<Finding> {
    let Some(tls) = &settings.tls else {
        let seen = "TLS ends in front of the broker: its certificate is looked after there";
        return vec![Finding::ok("certificates", seen, Place::LISTENERS)];
    };
    // A file that does not read is a matter of the configuration.
    let Ok(pem) = std::fs::read(&tls.certificate) else { return Vec::new() };
    let Ok(chain) = X509::stack_from_pem(&pem) else { return Vec::new() };
    let mut findings: Vec<Finding> =
        chain.iter().map(|one| end("certificates.end", one, clock.now(), Place::LISTENERS)).collect();
    let host = Url::parse(&settings.issuer).ok().and_then(|url| url.host().map(|h| h.to_owned()));
    if let (Some(first), Some(host)) = (chain.first(), host) {
        let seen = format!("the certificate is for {}", names(first).join(", "));
        let finding = Finding::ok("certificates.host", seen, Place::LISTENERS);
        findings.push(if is_for(first, &host) {
            finding
        } else {
            finding.but(
                Level::Fail,
                format!("the issuer's host {host} is none of them: browsers refuse to connect"),
                "get a certificate for that host, or correct the issuer",
            )
        });
    }
    findings
}

/// When a certificate ends.
pub(super) fn end(id: &str, certificate: &X509Ref, now: Timestamp, read: Place) -> Finding {
    let subject: Vec<String> =
        certificate.subject_name().entries().filter_map(|e| e.data().to_string().ok()).collect();
    let subject = subject.last().cloned().unwrap_or_else(|| "?".to_owned());
    let diff = Asn1Time::from_unix(now.secs()).and_then(|now| now.diff(certificate.not_after()));
    let Ok(left) = diff else { return Finding::ok(id, format!("{subject}: its end does not read"), read) };
    let days = left.days;
    let seen = format!("{subject} ends on {} (in {days} days)", certificate.not_after());
    let finding = Finding::ok(id, seen, read);
    let action = "renew it; a new file is taken up within a minute, without a restart";
    if days < NOW {
        let is_over = days < 0 || left.secs < 0;
        let cause = if is_over { "it has ended: nobody connects" } else { "soon nobody can connect" };
        finding.but(Level::Fail, cause, action)
    } else if days < SOON {
        finding.but(Level::Warn, "it ends soon, and was not renewed yet", action)
    } else {
        finding
    }
}

fn names(certificate: &X509Ref) -> Vec<String> {
    let Some(names) = certificate.subject_alt_names() else { return Vec::new() };
    let shown = |name: &GeneralNameRef| match (name.dnsname(), name.ipaddress()) {
        (Some(dns), _) => Some(dns.to_ascii_lowercase()),
        (None, Some(&[a, b, c, d])) => Some(std::net::Ipv4Addr::new(a, b, c, d).to_string()),
        (None, Some(bytes)) => {
            <[u8; 16]>::try_from(bytes).ok().map(|b| std::net::Ipv6Addr::from(b).to_string())
        }
        (None, None) => None,
    };
    names.iter().filter_map(shown).collect()
}

/// RFC 6125: a star stands for the whole first label.
fn is_for(certificate: &X509Ref, host: &Host) -> bool {
    let wanted = match host {
        Host::Domain(name) => name.to_ascii_lowercase(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    };
    names(certificate).iter().any(|name| match name.strip_prefix("*.") {
        Some(rest) => wanted.split_once('.').is_some_and(|(_, domain)| domain == rest),
        None => *name == wanted,
    })
}
