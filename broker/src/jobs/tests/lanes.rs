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
    let first = lanes.take(lane(OutboxKind::Event, "a"), now).unwrap();
    assert!(lanes.take(lane(OutboxKind::Event, "a"), now).is_none());
    assert!(lanes.take(lane(OutboxKind::Logout, "a"), now).is_some(), "another kind is another lane");
    drop(first);
    assert!(lanes.take(lane(OutboxKind::Event, "a"), now).is_some());
}

#[test]
fn whoever_fails_is_left_alone_for_longer_and_longer_until_it_answers() {
    let (lanes, a) = (Lanes::default(), lane(OutboxKind::Event, "a"));
    let mut now = Timestamp::from_secs(100);
    for pause in [1, 5, 30] {
        lanes.take(a.clone(), now).unwrap().failed(now, back_off);
        assert!(lanes.take(a.clone(), now.plus_secs(pause - 1)).is_none(), "{pause}");
        assert!(lanes.take(lane(OutboxKind::Event, "b"), now).is_some());
        now = now.plus_secs(pause);
    }
    lanes.take(a.clone(), now).unwrap().answered();
    lanes.take(a.clone(), now).unwrap().failed(now, back_off);
    assert!(lanes.take(a, now.plus_secs(1)).is_some(), "it begins anew");
}

#[test]
fn one_instance_is_at_so_many_at_once() {
    let (lanes, now) = (Lanes::default(), Timestamp::from_secs(100));
    let take = |n: usize| lanes.take(lane(OutboxKind::Event, &n.to_string()), now);
    let mut held: Vec<_> = (0..32).map(|n| take(n).unwrap()).collect();
    assert!(take(32).is_none());
    assert!(lanes.take(lane(OutboxKind::Message, "phones"), now).is_some(), "phones wait for no portal");
    held.pop();
    assert!(take(32).is_some());
}
