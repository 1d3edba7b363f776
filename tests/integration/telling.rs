//! Portals are told of their citizens' accounts: pushed or fetched, verified by the SDK, lost never, done once.

use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::event::UnlinkReason;
use broker_domain::ids::{Destination, EventId, Namespace};
use broker_domain::outbox::OutboxKind;
use broker_domain::ports::{EndLink, Ended, Lane, OutboxFilter, OutboxState, Stopped};
use broker_domain::subject::Subject;
use relying_party_sdk::events::PortalEvent;
use serde_json::{Value, json};
use support::people::{AN, BINH, Person};
use support::told::{Told, Trouble, served};
use support::{Call, Pair, Portal, World};

/// Imports accounts as an administrator does.
async fn bring(world: &World, namespace: &str, accounts: &[Value]) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("accounts.jsonl");
    let lines: Vec<String> = accounts.iter().map(Value::to_string).collect();
    std::fs::write(&file, lines.join("\n")).unwrap();
    let file = file.display().to_string();
    let (code, out, err) = world.command(&["accounts", "import", &file, "--namespace", namespace]).await;
    assert_eq!(code, 0, "{out}{err}");
}

fn account(tech_id: &str, person: Person) -> Value {
    json!({
        "tech_id": tech_id, "personal_number": person.number, "personal_number_mark": "green",
        "full_name": person.name, "full_name_mark": "green", "birth_date": person.born, "birth_date_mark": "green",
    })
}

async fn sub(world: &World, portal: &Portal, person: Person) -> String {
    let tokens = world.tokens(&world.browser(), portal, person).await;
    tokens.claims()["sub"].as_str().unwrap().to_owned()
}

fn linked(subject: &str, tech_id: &str) -> PortalEvent {
    PortalEvent::AccountLinked { subject: subject.to_owned(), tech_id: tech_id.to_owned() }
}

fn alias(subject: &str, alias: &str) -> PortalEvent {
    PortalEvent::SubjectAlias { subject: subject.to_owned(), alias: alias.to_owned() }
}

/// Where a portal's events wait.
fn lane(told: &Told) -> Lane {
    Lane { kind: OutboxKind::Event, destination: Destination::new(told.portal.id.as_str()) }
}

async fn waiting(world: &World) -> usize {
    world.broker().stores.outbox.list(&OutboxFilter::default(), 100).await.unwrap().len()
}

async fn deliver(world: &World) -> usize {
    world.jobs().deliver_fully(OutboxKind::Event).await.unwrap()
}

async fn kinds(world: &World) -> Vec<AuditKind> {
    world.events().await.iter().map(|e| e.kind).collect()
}

macro_rules! on_both {
    ($($(#[$doc:meta])* async fn $name:ident($world:ident) $body:block)+) => {$(
        $(#[$doc])*
        mod $name {
            use super::*;

            async fn on(pair: Pair) {
                let $world = served(pair).await;
                $body
            }

            #[tokio::test]
            async fn embedded() {
                on(Pair::Embedded).await;
            }

            #[tokio::test]
            async fn production() {
                on(Pair::Production).await;
            }
        }
    )+};
}

on_both! {
    /// The whole way: link, token, push, verification by the SDK, acknowledgement.
    async fn told_of_a_link(world) {
        let told = Told::pushed(&world, json!({})).await;
        let (sister, other) =
            (Told::pushed(&world, json!({"sector": told.portal.id})).await, Told::pushed(&world, json!({})).await);
        bring(&world, &told.portal.id, &[account("bd-2002", BINH)]).await;
        assert_eq!(sub(&world, &told.portal, BINH).await, "bd-2002");
        assert_eq!(waiting(&world).await, 2);
        assert_eq!(deliver(&world).await, 2);
        for told in [&told, &sister] {
            assert_eq!(told.heard.events(), [linked("bd-2002", "bd-2002")]);
        }
        assert_eq!((other.calls(), waiting(&world).await), (0, 0));
        // Signing in again tells nobody anything.
        sub(&world, &told.portal, BINH).await;
        assert_eq!(deliver(&world).await, 0);
        assert_eq!(kinds(&world).await.iter().filter(|k| **k == AuditKind::EventsDelivered).count(), 2);
    }

    /// Who visited before the import keeps their subject; the portal hears under which key it keeps their dossiers.
    async fn told_of_an_alias(world) {
        let told = Told::pushed(&world, json!({})).await;
        let first = sub(&world, &told.portal, AN).await;
        bring(&world, &told.portal.id, &[account("bd-1", AN)]).await;
        assert_eq!(sub(&world, &told.portal, AN).await, first);
        deliver(&world).await;
        let mut heard = told.heard.events();
        heard.sort_by_key(|event| matches!(event, PortalEvent::SubjectAlias { .. }));
        assert_eq!(heard, [linked(&first, "bd-1"), alias(&first, "bd-1")]);
    }

    /// A portal that is down is told later; its neighbour at once.
    async fn a_portal_that_is_down(world) {
        let told = Told::pushed(&world, json!({})).await;
        let sister = Told::pushed(&world, json!({"sector": told.portal.id})).await;
        told.is_in(Trouble::Answers(503));
        bring(&world, &told.portal.id, &[account("bd-1", AN), account("bd-2", BINH)]).await;
        sub(&world, &told.portal, AN).await;
        sub(&world, &told.portal, BINH).await;
        deliver(&world).await;
        assert_eq!((sister.heard.events().len(), told.heard.events().len()), (2, 0));
        assert_eq!(told.calls(), 1, "its second event is not tried when the first fails");
        world.wait(1);
        deliver(&world).await;
        assert_eq!(told.calls(), 2);
        told.is_in(Trouble::None);
        assert_eq!(deliver(&world).await, 0, "it is left alone for a while");
        world.wait(3600);
        deliver(&world).await;
        assert_eq!((told.heard.events().len(), waiting(&world).await), (2, 0));
    }

    /// An answer that is lost, an instance that dies: told again, done once.
    async fn lost_on_the_way(world) {
        let told = Told::pushed(&world, json!({})).await;
        told.is_in(Trouble::AnswerLost);
        bring(&world, &told.portal.id, &[account("bd-1", AN)]).await;
        sub(&world, &told.portal, AN).await;
        deliver(&world).await;
        assert_eq!((told.heard.events().len(), waiting(&world).await), (1, 1));
        // Another instance takes it and dies.
        let (queue, lane) = (&world.broker().stores.outbox, lane(&told));
        world.wait(60);
        let taken = queue.claim(&lane, world.now(), world.now().plus_secs(100), 10).await.unwrap();
        assert_eq!((taken.len(), taken[0].attempts), (1, 1));
        told.is_in(Trouble::None);
        assert_eq!(deliver(&world).await, 0);
        world.wait(100);
        assert_eq!(deliver(&world).await, 1);
        assert_eq!((told.heard.events().len(), told.calls(), waiting(&world).await), (1, 2, 0));
    }

    /// A key that the portal does not know yet is fetched; rotation in between harms nothing.
    async fn keys_change_in_between(world) {
        let told = Told::pushed(&world, json!({"id_token_signed_response_alg": "ES256"})).await;
        bring(&world, &told.portal.id, &[account("bd-1", AN), account("bd-2", BINH)]).await;
        sub(&world, &told.portal, AN).await;
        deliver(&world).await;
        let broker = world.broker();
        broker::jobs::rotate(&*broker.stores.keys, &*broker.entropy, true, world.now()).await.unwrap();
        world.jobs().reload_if_changed().await.unwrap();
        world.wait(60);
        sub(&world, &told.portal, BINH).await;
        deliver(&world).await;
        assert_eq!(told.heard.events().len(), 2);
    }

    /// What a portal refuses for good waits for an operator, who sees it and lets it be told again.
    async fn refused_for_good(world) {
        let told = Told::pushed(&world, json!({})).await;
        bring(&world, &told.portal.id, &[account("bd-1", AN)]).await;
        sub(&world, &told.portal, AN).await;
        // The portal moved to another client id without saying so.
        let (queue, lane) = (&world.broker().stores.outbox, lane(&told));
        let id = queue.next(&lane, world.now(), 1).await.unwrap().0[0].outgoing.id.clone();
        queue.stop(&lane, &id, Stopped { state: OutboxState::Refused, why: "refused: invalid_audience" }, None, world.now()).await.unwrap();
        world.wait(10_000);
        assert_eq!(deliver(&world).await, 0);
        let (code, out, _) = world.command(&["events", "list", "--refused"]).await;
        assert!(code == 0 && out.contains(id.as_str()) && out.contains("invalid_audience"), "{out}");
        assert!(out.contains("0 waiting, 0 of them stuck; 1 refused"), "{out}");
        let (_, out, _) = world.command(&["events", "show", id.as_str()]).await;
        let shown: Value = serde_json::from_str(&out).unwrap();
        assert_eq!((&shown["state"], &shown["event"]["tech_id"]), (&json!("refused"), &json!("bd-1")));
        assert_eq!(world.command(&["events", "show", "none"]).await.0, 2);
        assert_eq!(world.command(&["events", "retry"]).await.0, 2);
        let (code, out, _) = world.command(&["events", "retry", "--refused"]).await;
        assert_eq!((code, out.as_str()), (0, "1 events are due now\n"));
        // The command has the machine's clock.
        let filter = OutboxFilter::default();
        queue.retry(&filter, world.now()).await.unwrap();
        assert_eq!(deliver(&world).await, 1);
        assert_eq!(told.heard.events(), [linked("bd-1", "bd-1")]);
        assert!(kinds(&world).await.contains(&AuditKind::EventsRetried));
    }

    /// Who fetches: gets them until they are acknowledged, and nobody else does.
    async fn fetched(world) {
        let told = Told::fetching(&world, json!({})).await;
        let other = Told::fetching(&world, json!({})).await;
        bring(&world, &told.portal.id, &[account("bd-1", AN), account("bd-2", BINH)]).await;
        sub(&world, &told.portal, AN).await;
        sub(&world, &told.portal, BINH).await;
        assert_eq!(deliver(&world).await, 0, "nothing is pushed to who fetches");
        let poll = async |portal: &Portal, body: Value| {
            let call = Call::post("/oauth2/events/poll").basic(&portal.id, &portal.secret);
            call.json(&body).send(world.router()).await
        };
        let first = poll(&told.portal, json!({"maxEvents": 1, "returnImmediately": false})).await;
        assert_eq!((first.status, first.header("cache-control")), (200, Some("no-store")));
        let first = first.json();
        assert_eq!((first["sets"].as_object().unwrap().len(), &first["moreAvailable"]), (1, &json!(true)));
        let (jti, token) = first["sets"].as_object().unwrap().iter().next().unwrap();
        let claims = world.verified(token.as_str().unwrap(), Some("secevent+jwt")).await.claims;
        assert_eq!((claims["jti"].as_str(), &claims["aud"]), (Some(jti.as_str()), &json!(told.portal.id)));
        assert_eq!(poll(&other.portal, json!({"ack": [jti]})).await.json()["sets"], json!({}));
        assert_eq!(waiting(&world).await, 2);
        assert_eq!(told.receiver.poll().await.unwrap(), 2);
        assert_eq!((told.heard.events().len(), waiting(&world).await), (2, 0));
        assert_eq!(poll(&told.portal, json!({})).await.json(), json!({"sets": {}, "moreAvailable": false}));
    }

    /// Errors of who fetches: some wait for an operator, others come again.
    async fn fetched_and_refused(world) {
        let told = Told::fetching(&world, json!({})).await;
        bring(&world, &told.portal.id, &[account("bd-1", AN)]).await;
        sub(&world, &told.portal, AN).await;
        let poll = async |body: Value| {
            let call = Call::post("/oauth2/events/poll").basic(&told.portal.id, &told.portal.secret);
            call.json(&body).send(world.router()).await.json()
        };
        let jti = poll(json!({})).await["sets"].as_object().unwrap().keys().next().unwrap().clone();
        let said = |err: &str| json!({"setErrs": { jti.clone(): {"err": err, "description": "x"} }});
        assert_eq!(poll(said("invalid_key")).await["sets"].as_object().unwrap().len(), 1);
        assert_eq!(poll(said("invalid_audience")).await["sets"], json!({}));
        let (_, counts) = world.broker().stores.outbox.counts(world.now()).await.unwrap()[0];
        assert_eq!((counts.waiting, counts.refused), (0, 1));
        assert_eq!(poll(json!({"ack": [jti], "maxEvents": 0})).await["sets"], json!({}));
        assert_eq!(waiting(&world).await, 0);
    }

    /// Who may fetch, and in which form.
    async fn who_may_fetch(world) {
        let told = Told::fetching(&world, json!({})).await;
        let deaf = world.portal().await;
        let path = "/oauth2/events/poll";
        let call = |portal: &Portal| Call::post(path).basic(&portal.id, &portal.secret);
        let status = async |call: Call| call.send(world.router()).await.status;
        assert_eq!(status(call(&told.portal).json(&json!({}))).await, 200);
        assert_eq!(status(Call::post(path).json(&json!({}))).await, 401);
        assert_eq!(status(Call::post(path).basic(&told.portal.id, "wrong").json(&json!({}))).await, 401);
        assert_eq!(status(call(&deaf).json(&json!({}))).await, 403);
        assert_eq!(status(call(&told.portal).form(&[("ack", "x")])).await, 400);
        assert_eq!(status(call(&told.portal).json(&json!([]))).await, 400);
        assert_eq!(status(call(&told.portal).json(&json!({"ack": "x"}))).await, 400);
        assert_eq!(status(call(&told.portal).json(&json!({"maxEvents": -1}))).await, 400);
        assert_eq!(status(Call::get(path)).await, 405);
        let answer = call(&told.portal).json(&json!({})).header("origin", "https://evil.example").send(world.router()).await;
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }

    /// A citizen is blocked: nobody signs in as them, their portals are told, and it can be undone.
    async fn told_of_a_block(world) {
        let told = Told::pushed(&world, json!({})).await;
        let subject = sub(&world, &told.portal, AN).await;
        let citizen = world.events().await.into_iter().find_map(|e| e.citizen).unwrap();
        let (code, out, err) = world.command(&["citizen", "block", citizen.as_str(), "--as", "lan", "--os-user", "lan", "--reason", "x"]).await;
        assert_eq!(code, 0, "{out}{err}");
        assert_eq!(world.command(&["citizen", "block", citizen.as_str(), "--as", "lan", "--os-user", "lan", "--reason", "x"]).await.0, 2);
        world.broker().stores.outbox.retry(&OutboxFilter::default(), world.now()).await.unwrap();
        deliver(&world).await;
        let disabled = PortalEvent::AccountDisabled { subject: subject.clone(), status: Some("blocked".to_owned()) };
        assert_eq!(told.heard.events(), [disabled]);
        let browser = world.browser();
        let callback = world.to_callback(&browser, &told.portal.request(), AN).await;
        assert_eq!(browser.visit(&callback).await.status, 403);
        assert_eq!(world.command(&["citizen", "unblock", citizen.as_str(), "--as", "lan", "--os-user", "lan", "--reason", "x"]).await.0, 0);
        assert_eq!(sub(&world, &told.portal, AN).await, subject);
    }

    /// The end of a link is told too, and changes no subject.
    async fn told_of_the_end(world) {
        let told = Told::pushed(&world, json!({})).await;
        bring(&world, &told.portal.id, &[account("bd-1", AN)]).await;
        sub(&world, &told.portal, AN).await;
        let broker = world.broker();
        let namespace = Namespace::new(told.portal.id.as_str());
        let kept = broker.stores.accounts.account(&namespace, &Subject::new("bd-1").unwrap()).await.unwrap().unwrap();
        let sector = broker.registry.find(&told.portal.id).unwrap().sector();
        let citizen = kept.owner.unwrap();
        let end = EndLink {
            citizen: citizen.clone(),
            account: kept.account.id,
            why: UnlinkReason::PortalAsked,
            by: "operator-1".to_owned(),
            tell: broker.registry.listeners(&sector),
            said: AuditEvent::new(EventId::generate(&*world.broker().entropy), world.now(), AuditKind::AccountUnlinked),
            now: world.now(),
        };
        assert_eq!(broker.stores.accounts.unlink(&end).await.unwrap(), Ended::Now);
        deliver(&world).await;
        let ended = PortalEvent::AccountUnlinked {
            subject: "bd-1".to_owned(),
            tech_id: "bd-1".to_owned(),
            reason: "portal-asked".to_owned(),
        };
        assert!(told.heard.events().contains(&ended), "{:?}", told.heard.events());
        let (candidate, before) = (Subject::new("another").unwrap(), Subject::new("bd-1").unwrap());
        let stored = broker.stores.citizens.subject(&citizen, &sector, &candidate, world.now()).await.unwrap();
        assert_eq!(stored, before);
    }
}
