//! Who is called beside VNeID: reached, and asked nothing. A question to them would be a question about somebody.

use super::certificates::end;
use super::finding::{Finding, Level, Place};
use super::reach::{Trust, reach};
use crate::config::Settings;
use broker_domain::clock::Clock;
use openssl::x509::X509;

/// Somebody who is called.
#[derive(Debug)]
pub(super) struct Service<'a> {
    pub(super) id: String,
    address: &'a str,
    trust: Trust<'a>,
    /// What is not possible while it is away.
    without: &'static str,
}

/// Those that the settings name.
pub(super) fn services(settings: &Settings) -> Vec<Service<'_>> {
    let mut services = Vec::new();
    if let Some(population) = &settings.population {
        services.push(Service {
            id: "population".to_owned(),
            address: &population.endpoint,
            trust: Trust {
                ca_files: &population.ca_files,
                system_authorities: population.system_authorities,
                proxy: population.proxy.as_deref(),
                identity: None,
            },
            without: "numbers of old accounts are not confirmed",
        });
    }
    if let Some(sms) = &settings.sms {
        services.push(Service {
            id: "sms".to_owned(),
            address: &sms.gateway,
            trust: Trust {
                ca_files: &sms.ca_files,
                system_authorities: sms.system_authorities,
                proxy: sms.proxy.as_deref(),
                identity: None,
            },
            without: "no codes are sent to phones",
        });
    }
    for namespace in &settings.namespaces {
        let Some(check) = &namespace.check else { continue };
        services.push(Service {
            id: format!("check_services.{}", namespace.id),
            address: &check.url,
            trust: Trust {
                ca_files: &check.ca_files,
                system_authorities: check.ca_files.is_empty(),
                identity: check.client_certificate.as_deref().zip(check.client_key.as_deref()),
                proxy: None,
            },
            without: "passwords of this portal's old accounts are not checked",
        });
    }
    services
}

pub(super) async fn look(service: Service<'_>, clock: &dyn Clock) -> Vec<Finding> {
    let id = format!("{}.reach", service.id);
    let reached = match reach(service.address, service.trust).await {
        Ok(reached) => reached,
        Err(error) => {
            let cause = format!("it is away, or the way there is closed; meanwhile {}", service.without);
            return vec![Finding::ok(id, error, Place::CALLS).but(
                Level::Fail,
                cause,
                "check name resolution, route, firewall, proxy and certificate authorities from this machine",
            )];
        }
    };
    let what = if reached.is_proxy { "the proxy in front of it" } else { "it" };
    let seen = format!("{what} was reached in {:.0} ms", reached.took.as_secs_f64() * 1000.0);
    let mut findings = vec![Finding::ok(id, seen, Place::CALLS)];
    findings.extend(certificate(&service.id, reached.certificate.as_deref(), clock));
    findings
}

/// When the certificate of the other side ends.
pub(super) fn certificate(id: &str, der: Option<&[u8]>, clock: &dyn Clock) -> Option<Finding> {
    let certificate = X509::from_der(der?).ok()?;
    let finding = end(&format!("{id}.certificate"), &certificate, clock.now(), Place::CALLS);
    let is_ours_to_renew = finding.level > Level::Ok;
    Some(Finding {
        action: if is_ours_to_renew { "tell whoever runs it".to_owned() } else { String::new() },
        ..finding
    })
}
