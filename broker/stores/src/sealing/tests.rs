use super::*;
use broker_domain::secret::SeededEntropy;
use proptest::prelude::*;

fn keys(ids: &[(&str, u8)]) -> StoreKeys {
    StoreKeys {
        sealing: ids.iter().map(|(id, b)| ((*id).to_owned(), Zeroizing::new([*b; 32]))).collect(),
        index: [9; 32].into(),
    }
}

fn sealer(ids: &[(&str, u8)]) -> Sealer {
    Sealer::new(&keys(ids), Arc::new(SeededEntropy::new(1))).unwrap()
}

#[test]
fn what_is_sealed_opens_at_its_place_only() {
    let s = sealer(&[("a", 1)]);
    let sealed = s.seal("here", b"NGUYEN VAN AN").unwrap();
    assert!(!sealed.windows(6).any(|w| w == b"NGUYEN"));
    assert_eq!(s.open("here", &sealed).unwrap().as_slice(), b"NGUYEN VAN AN");
    assert_eq!(s.open("there", &sealed), Err(BadSeal));
}

#[test]
fn keys_rotate() {
    let old = sealer(&[("a", 1)]).seal("p", b"x").unwrap();
    let both = sealer(&[("b", 2), ("a", 1)]);
    assert_eq!(both.open("p", &old).unwrap().as_slice(), b"x");
    let new = both.seal("p", b"x").unwrap();
    assert_eq!(sealer(&[("a", 1)]).open("p", &new), Err(BadSeal));
    assert_eq!(sealer(&[("b", 2)]).open("p", &new).unwrap().as_slice(), b"x");
}

#[test]
fn no_key_no_sealer() {
    assert!(Sealer::new(&keys(&[]), Arc::new(SeededEntropy::new(1))).is_none());
    assert!(Sealer::new(&keys(&[("", 1)]), Arc::new(SeededEntropy::new(1))).is_none());
}

#[test]
fn indexes_are_keyed_and_kept_apart() {
    let index = BlindIndex::new(&[9; 32].into());
    assert_eq!(index.of("n", &["a", "b"]), index.of("n", &["a", "b"]));
    assert_ne!(index.of("n", &["ab", ""]), index.of("n", &["a", "b"]));
    assert_ne!(index.of("n", &["a"]), index.of("m", &["a"]));
    assert_eq!(index.of("n", &["a"]).distinct().len(), 1);
}

#[test]
fn two_index_keys_find_the_same() {
    let both = |current: u8, other: u8| {
        let (current, other) = (Zeroizing::new([current; 32]), Some(Zeroizing::new([other; 32])));
        BlindIndex::new(&IndexKeys { current, other }).of("n", &["a"])
    };
    assert_eq!(both(1, 2).current, both(2, 1).other);
    assert_eq!(both(1, 2).distinct(), both(2, 1).distinct());
    assert_eq!(both(1, 2).distinct().len(), 2);
    assert_eq!(format!("{:?}", keys(&[("a", 1)])), "StoreKeys(…)");
}

#[test]
fn what_an_old_key_sealed_is_told_apart() {
    let old = sealer(&[("a", 1)]).seal("p", b"x").unwrap();
    assert!(sealer(&[("a", 1), ("b", 2)]).is_current(&old));
    assert!(!sealer(&[("b", 2), ("a", 1)]).is_current(&old));
    assert!(!sealer(&[("a", 1)]).is_current(b""));
}

proptest! {
    #[test]
    fn opening_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        prop_assert_eq!(sealer(&[("a", 1)]).open("p", &bytes).map(|v| v.to_vec()), Err(BadSeal));
    }

    #[test]
    fn a_changed_byte_is_noticed(plain in proptest::collection::vec(any::<u8>(), 0..40), at in 0usize..200, bit in 0u8..8) {
        let s = sealer(&[("a", 1)]);
        let mut sealed = s.seal("p", &plain).unwrap();
        let at = at % sealed.len();
        sealed[at] ^= 1 << bit;
        prop_assert!(s.open("p", &sealed).is_err());
    }
}
