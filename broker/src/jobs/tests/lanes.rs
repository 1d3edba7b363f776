use crate::jobs::lanes::Lanes;
use broker_domain::clock::Timestamp;
use broker_domain::ids::Destination;
use broker_domain::outbox::{OutboxKind, back_off};
use broker_domain::ports::Lane;

fn lane(kind: OutboxKind, destination: &str) -> Lane {
    Lane { kind, destination: Destination::new(destination) }
}

#[test]
fn one_is_at_a_lane_at_a_time() {
    let (lanes, now) = (Lanes::default(), Timestamp::from_secs(100));
    let first = lanes.take(lane(OutboxKind::Event, "a"), None, now).unwrap();
    assert!(lanes.take(lane(OutboxKind::Event, "a"), None, now).is_none());
    assert!(lanes.take(lane(OutboxKind::Logout, "a"), None, now).is_some(), "another kind is another lane");
    drop(first);
    assert!(lanes.take(lane(OutboxKind::Event, "a"), None, now).is_some());
}

#[test]
fn whoever_fails_is_left_alone_for_longer_and_longer_until_it_answers() {
    let (lanes, a) = (Lanes::default(), lane(OutboxKind::Event, "a"));
    let mut now = Timestamp::from_secs(100);
    for pause in [1, 5, 30] {
        lanes.take(a.clone(), None, now).unwrap().failed(now, back_off);
        assert!(lanes.take(a.clone(), None, now.plus_secs(pause - 1)).is_none(), "{pause}");
        assert!(lanes.take(lane(OutboxKind::Event, "b"), None, now).is_some());
        now = now.plus_secs(pause);
    }
    lanes.take(a.clone(), None, now).unwrap().answered();
    lanes.take(a.clone(), None, now).unwrap().failed(now, back_off);
    assert!(lanes.take(a, None, now.plus_secs(1)).is_some(), "it begins anew");
}

#[test]
fn one_instance_is_at_so_many_at_once() {
    let (lanes, now) = (Lanes::default(), Timestamp::from_secs(100));
    let take = |n: usize| lanes.take(lane(OutboxKind::Event, &n.to_string()), None, now);
    let mut held: Vec<_> = (0..64).map(|n| take(n).unwrap()).collect();
    assert!(take(64).is_none());
    assert!(
        lanes.take(lane(OutboxKind::Message, "phones"), None, now).is_some(),
        "phones wait for no portal"
    );
    held.pop();
    assert!(take(64).is_some());
}

#[test]
fn an_operator_ends_a_pause_on_every_instance_once() {
    let (lanes, a, now) = (Lanes::default(), lane(OutboxKind::Logout, "a"), Timestamp::from_secs(100));
    let take = |retried_at: Option<i64>| lanes.take(a.clone(), retried_at.map(Timestamp::from_secs), now);
    take(None).unwrap().failed(now, |_| 3600);
    assert!(take(None).is_none());
    take(Some(50)).unwrap().failed(now, |_| 3600);
    assert!(take(Some(50)).is_none(), "it was tried since, and failed again");
    assert!(take(None).is_none());
    assert!(take(Some(51)).is_some());
}
