use super::*;
use openssl::symm::encrypt;
use proptest::prelude::*;
use std::sync::LazyLock;

static KEY: LazyLock<Rsa<Private>> = LazyLock::new(|| Rsa::generate(2048).unwrap());

fn unsealer() -> Unsealer {
    Unsealer::new(&String::from_utf8(KEY.private_key_to_pem().unwrap()).unwrap()).unwrap()
}

fn wrap(key: &[u8]) -> Vec<u8> {
    let mut out = vec![0u8; 256];
    KEY.public_encrypt(key, &mut out, Padding::PKCS1).unwrap();
    out
}

fn seal(key: &[u8], plain: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let cipher = match key.len() {
        16 => Cipher::aes_128_ecb(),
        24 => Cipher::aes_192_ecb(),
        _ => Cipher::aes_256_ecb(),
    };
    (encrypt(cipher, key, None, plain).unwrap(), wrap(key))
}

/// A block as it is, under our public key.
fn raw(block: &[u8]) -> Vec<u8> {
    let mut out = vec![0u8; 256];
    KEY.public_encrypt(block, &mut out, Padding::NONE).unwrap();
    out
}

#[test]
fn opens_keys_of_all_lengths() {
    for length in [16, 24, 32] {
        let key: Vec<u8> = (0..length).collect();
        let (data, wrapped) = seal(&key, b"{}");
        assert_eq!(unsealer().open(&data, &wrapped).unwrap().as_slice(), b"{}");
    }
}

#[test]
fn every_damage_fails_alike() {
    let u = unsealer();
    let (data, wrapped) = seal(&[7; 32], b"{\"a\":1}");
    assert!(u.open(&data, &wrapped[1..]).is_none());
    assert!(u.open(&data[1..], &wrapped).is_none());
    assert!(u.open(&[], &wrapped).is_none());
    let mut block = vec![1u8; 256];
    (block[0], block[1], block[223]) = (0, 2, 0);
    let spoil = |f: &dyn Fn(&mut Vec<u8>)| {
        let mut b = block.clone();
        f(&mut b);
        u.open(&data, &raw(&b)).is_none_or(|p| p.as_slice() != b"{\"a\":1}")
    };
    assert!(spoil(&|b| b[1] = 1), "wrong block type");
    assert!(spoil(&|b| b[223] = 1), "no separator");
    assert!(spoil(&|b| b[5] = 0), "separator too early");
    assert!(
        spoil(&|b| {
            b[223] = 1;
            b[200] = 0;
        }),
        "a key of no length that AES has"
    );
}

#[test]
fn a_wrong_padding_leads_to_the_same_key_each_time() {
    let first = unpad(&[9; 256], &[3; 32]);
    assert_eq!(first, unpad(&[9; 256], &[3; 32]));
    assert_eq!((first.0.as_slice(), first.1), ([3u8; 32].as_slice(), 32));
}

#[test]
fn small_keys_and_no_keys_are_refused() {
    let small = Rsa::generate(1024).unwrap().private_key_to_pem().unwrap();
    assert!(Unsealer::new(&String::from_utf8(small).unwrap()).is_none());
    assert!(Unsealer::new("nonsense").is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn any_text_survives(plain in proptest::collection::vec(any::<u8>(), 0..200), length in 0usize..3) {
        let (data, wrapped) = seal(&[5u8; 32][..[16, 24, 32][length]], &plain);
        let opened = unsealer().open(&data, &wrapped).unwrap();
        prop_assert_eq!(opened.as_slice(), plain.as_slice());
    }

    #[test]
    fn nonsense_never_panics(data in proptest::collection::vec(any::<u8>(), 0..64), wrapped in proptest::collection::vec(any::<u8>(), 256)) {
        let _ = unsealer().open(&data, &wrapped);
    }
}
