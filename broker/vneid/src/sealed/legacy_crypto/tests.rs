use super::super::sealing::{KEY, OTHER, pem, raw, seal, unsealer};
use super::*;
use proptest::prelude::*;
use rstest::rstest;

const PLAIN: &[u8] = b"{\"a\":1}";

fn whole(plain: &[u8]) -> Option<Vec<u8>> {
    Some(plain.to_vec())
}

/// What a block is that wraps the key `[1; 32]`.
fn good_block() -> Vec<u8> {
    let mut block = vec![1u8; 256];
    (block[0], block[1], block[223]) = (0, 2, 0);
    block
}

#[test]
fn opens_keys_of_all_lengths() {
    for length in [16, 24, 32] {
        let key: Vec<u8> = (0..length).collect();
        let (data, wrapped) = seal(&KEY, &key, PLAIN);
        assert_eq!(unsealer().open(&data, &wrapped, whole).unwrap(), PLAIN);
    }
    let (data, _) = seal(&KEY, &[1; 32], PLAIN);
    assert_eq!(unsealer().open(&data, &raw(&KEY, &good_block()), whole).unwrap(), PLAIN);
}

#[rstest]
#[case::wrong_first_byte(&[(0, 1)])]
#[case::wrong_block_type(&[(1, 1)])]
#[case::no_separator(&[(223, 1)])]
#[case::separator_among_the_first_eight(&[(2, 0)])]
#[case::separator_as_the_eighth(&[(9, 0)])]
#[case::key_of_31_bytes(&[(223, 1), (224, 0)])]
#[case::key_of_no_length_that_aes_has(&[(100, 0)])]
#[case::key_of_nothing(&[(223, 1), (255, 0)])]
fn every_wrong_padding_leads_to_the_substitute(#[case] changes: &[(usize, u8)]) {
    let mut block = good_block();
    for (at, byte) in changes {
        block[*at] = *byte;
    }
    let (key, length) = unpad(&block, &[9; 32]);
    assert_eq!((key.as_slice(), length), ([9u8; 32].as_slice(), 32));
    // Block type 00 with a first byte of 1 is a number beyond most moduli: there it ends before.
    if block[0] == 0 {
        let (data, _) = seal(&KEY, &[1; 32], PLAIN);
        assert_ne!(unsealer().open(&data, &raw(&KEY, &block), whole).as_deref(), Some(PLAIN));
    }
}

#[test]
fn the_substitute_is_the_same_each_time_and_another_for_each_ciphertext() {
    let key = OneKey::read(&pem(&KEY)).unwrap();
    let of = |wrapped: &[u8]| hmac::sign(&key.rejection, wrapped).as_ref().to_vec();
    assert_eq!(of(&[1; 256]), of(&[1; 256]));
    assert_ne!(of(&[1; 256]), of(&[2; 256]));
    assert_ne!(of(&[1; 256]), hmac::sign(&OneKey::read(&pem(&OTHER)).unwrap().rejection, &[1; 256]).as_ref());
}

#[test]
fn wrong_lengths_do_not_open() {
    let u = unsealer();
    let (data, wrapped) = seal(&KEY, &[7; 32], PLAIN);
    assert!(u.open(&data, &wrapped[1..], whole).is_none());
    assert!(u.open(&data[1..], &wrapped, whole).is_none());
    assert!(u.open(&[], &wrapped, whole).is_none());
    assert!(u.open(&data, &[0xff; 256], whole).is_none(), "beyond the modulus");
}

#[rstest]
#[case::zero(&[1, 2, 3, 0])]
#[case::too_long(&[1, 2, 3, 17])]
#[case::not_all_alike(&[3, 1, 3, 3, 3][..])]
fn wrong_data_paddings_do_not_open(#[case] tail: &[u8]) {
    let mut block = vec![5u8; 16 - tail.len()];
    block.extend_from_slice(tail);
    let is_padded = matches!(tail, [3, 1, 3, 3, 3]);
    let (data, wrapped) = seal_unpadded(&block);
    let opened = unsealer().open(&data, &wrapped, whole);
    assert_eq!(opened, is_padded.then(|| block[..13].to_vec()));
}

/// Data whose last block is as it is, without the padding that OpenSSL would add.
fn seal_unpadded(block: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let (mut data, wrapped) = seal(&KEY, &[7; 32], block);
    data.truncate(block.len());
    (data, wrapped)
}

#[test]
fn what_does_not_open_is_read_all_the_same() {
    let (data, wrapped) = seal_unpadded(&[0; 16]);
    let reads = std::cell::Cell::new(0);
    let opened = unsealer().open(&data, &wrapped, |plain| {
        reads.set(reads.get() + 1);
        Some(plain.len())
    });
    assert_eq!((opened, reads.get()), (None, 1), "the same work, and nothing of it comes out");
}

#[test]
fn both_keys_are_in_force_during_a_rotation() {
    let mut u = Unsealer::new(&pem(&KEY)).unwrap();
    let json = |plain: &[u8]| serde_json::from_slice::<serde_json::Value>(plain).ok();
    let (data, wrapped) = seal(&OTHER, &[7; 32], PLAIN);
    assert!(u.open(&data, &wrapped, json).is_none());
    u.add(&pem(&OTHER)).unwrap();
    assert!(u.open(&data, &wrapped, json).is_some());
    let (data, wrapped) = seal(&KEY, &[7; 32], PLAIN);
    assert!(u.open(&data, &wrapped, json).is_some());
}

#[test]
fn small_keys_and_no_keys_are_refused() {
    assert!(Unsealer::new(&pem(&Rsa::generate(1024).unwrap())).is_none());
    assert!(Unsealer::new("nonsense").is_none());
    assert!(Unsealer::new("").is_none());
    assert!(Unsealer(Vec::new()).add("nonsense").is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_text_survives(plain in proptest::collection::vec(any::<u8>(), 0..200), length in 0usize..3) {
        let (data, wrapped) = seal(&KEY, &[5u8; 32][..[16, 24, 32][length]], &plain);
        prop_assert_eq!(unsealer().open(&data, &wrapped, whole).unwrap(), plain);
    }

    #[test]
    fn nonsense_never_panics(data in proptest::collection::vec(any::<u8>(), 0..64), wrapped in proptest::collection::vec(any::<u8>(), 250..260)) {
        let _ = unsealer().open(&data, &wrapped, whole);
    }

    /// The unpadding agrees with a plain reading of RFC 8017, 7.2.2.
    #[test]
    fn unpadding_is_that_of_the_standard(first in prop_oneof![Just(0u8), any::<u8>()], second in prop_oneof![Just(2u8), any::<u8>()],
        zeros in proptest::collection::vec(2usize..256, 0..3), at_a_key: Option<bool>) {
        let mut block = vec![3u8; 256];
        (block[0], block[1]) = (first, second);
        for at in zeros { block[at] = 0; }
        if let Some(short) = at_a_key { block[if short { 239 } else { 223 }] = 0; }
        let separator = block.iter().skip(2).position(|b| *b == 0).map(|at| at + 2);
        let key = separator.filter(|at| first == 0 && second == 2 && *at >= 10).map(|at| &block[at + 1..])
            .filter(|key| matches!(key.len(), 16 | 24 | 32));
        let (unpadded, length) = unpad(&block, &[9; 32]);
        match key {
            Some(key) => prop_assert_eq!(&unpadded[..length], key),
            None => prop_assert_eq!((unpadded.as_slice(), length), ([9u8; 32].as_slice(), 32)),
        }
    }
}
