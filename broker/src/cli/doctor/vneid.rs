//! VNeID, in either dialect.

use super::clock::compare;
use super::finding::{Finding, Level, Place};
use super::outward::certificate;
use super::reach::{Trust, reach};
use broker_domain::clock::{Clock, Timestamp};
use broker_vneid::{UpstreamSettings, probe};

pub(super) async fn look(id: String, upstream: &UpstreamSettings, clock: &dyn Clock) -> Vec<Finding> {
    let before = clock.now();
    let probed = probe(upstream).await;
    let after = clock.now();
    let probed = match probed {
        Ok(probed) => probed,
        Err(error) => {
            return vec![Finding::ok(format!("{id}.reach"), error, Place::CALLS).but(
                Level::Fail,
                "nobody signs in anew while it is so; sessions go on",
                "check name resolution, route, firewall, proxy and certificate authorities from this machine, and the issuer in the \
                 configuration; ask VNeID whether it admits our address",
            )];
        }
    };
    let seen = match probed.keys {
        Some(keys) => format!("{} answers, its issuer fits, it publishes {keys} keys", probed.asked),
        None => format!("{} answers", probed.asked),
    };
    let mut findings = vec![Finding::ok(format!("{id}.reach"), seen, Place::CALLS)];
    if probed.keys == Some(0) {
        findings.push(Finding::ok(format!("{id}.keys"), "it publishes no keys", Place::CALLS).but(
            Level::Fail,
            "nothing that it signs can be verified",
            "ask VNeID",
        ));
    }
    if let Some(theirs) = probed.date.as_deref().and_then(date) {
        findings.push(compare(&id, theirs, before, after));
    }
    let trust = Trust {
        ca_files: &upstream.ca_files,
        system_authorities: upstream.system_authorities,
        proxy: upstream.proxy.as_deref(),
        identity: None,
    };
    // Behind a proxy its certificate is not seen from here.
    if upstream.proxy.is_none()
        && let Ok(reached) = reach(&probed.asked, trust).await
    {
        findings.extend(certificate(&id, reached.certificate.as_deref(), clock));
    }
    findings
}

/// A `Date` header (RFC 9110, 5.6.7), in the middle of the second that it names.
fn date(text: &str) -> Option<Timestamp> {
    let at = chrono::DateTime::parse_from_rfc2822(text).ok()?;
    Some(Timestamp::from_millis(at.timestamp_millis().saturating_add(500)))
}
