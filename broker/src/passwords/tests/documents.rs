//! Hashes from the notations' own documents, and from other programs.

use crate::passwords::notations::Kept;
use crate::passwords::{Unusable, usable};
use rstest::rstest;

const OURS: &str = "Mật khẩu số 1";

// argon2id: test.c of the reference implementation.
#[rstest]
#[case("password", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")]
#[case("password", "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
#[case("password", "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc")]
// bcrypt: wrapper.c of crypt_blowfish; ours by libxcrypt.
#[case("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
#[case("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK")]
#[case("U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a")]
#[case(OURS, "$2b$05$abcdefghijklmnopqrstuuhnvayPinIeh/mqkJQpKaeeo9Z0idG3W")]
#[case(OURS, "$2y$05$abcdefghijklmnopqrstuuhnvayPinIeh/mqkJQpKaeeo9Z0idG3W")]
// SHA-crypt: the passwords and settings of Drepper's document, by libxcrypt; the third by openssl passwd.
#[case("Hello world!", "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5")]
#[case("Hello world!", "$5$rounds=10000$saltstringsaltst$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA")]
#[case(
    "password",
    "$6$saltstring$adDbXsJjcDlq2662QPgd.tkSOVmnG9Tt3oXl4HR60SusC3AGjirnDenVZp3DGwLwqy6iYKCzannhaX9DR72nN1"
)]
#[case("This is just a test", "$5$rounds=5000$toolongsaltstrin$Un/5jzAHMgOGZ5.mWJpuVolil07guHPvOW8mGRcvxa5")]
#[case(
    "Hello world!",
    "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1"
)]
#[case(
    "Hello world!",
    "$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v."
)]
#[case(
    "a very much longer text to encrypt.  This one even stretches over morethan one line.",
    "$6$rounds=1400$anotherlongsalts$POfYwTEok97VWcjxIiSOjiykti.o/pQs.wPvMxQ6Fm7I6IoYN3CmLs66x9t0oSwbtEW7o7UmJEiDwGqd8p4ur1"
)]
#[case(OURS, "$5$muoi$DyxkLLg5yZpJEy1EVwftBRITeu6S0OLzwHm5XiFTj72")]
#[case(
    OURS,
    "$6$rounds=1000$muoi$RZS3QS1r6fsp8ZMtQ3K7ylgkQGEbXhaIO4p8YKmLJUMku2LZA8Eo1IS2z1U8SON62KceorcixlKqmNx5MfCFm."
)]
// PBKDF2: RFC 6070, which openssl kdf agrees with; ours by Python's hashlib, as passlib and as the PHC format write it.
#[case("password", "$pbkdf2-sha1$4096$c2FsdA$SwB5AbdlSJq+rUnZJvch0GWkKcE")]
#[case(OURS, "$pbkdf2-sha1$4096$....bXVvaQ$lhJjE1xIkrx0s/o3gna7jpDv.dQ")]
#[case(OURS, "$pbkdf2-sha1$i=4096,l=20$++++bXVvaQ$lhJjE1xIkrx0s/o3gna7jpDv+dQ")]
#[case(OURS, "$pbkdf2-sha256$29000$....bXVvaQ$Q/6Wp18HIusPpmn1d2ZMXzUuOuKN4FqdB0.Vm72Debw")]
#[case(OURS, "$pbkdf2-sha256$i=29000$++++bXVvaQ==$Q/6Wp18HIusPpmn1d2ZMXzUuOuKN4FqdB0+Vm72Debw=")]
#[case(
    OURS,
    "$pbkdf2-sha512$i=25000,l=64$++++bXVvaQ$heqIimZK/ENHUJGJJ2QWgviaMy/af5IYqw1wbq7YVbH4KkeQ/Jyo3mLnZhIiocxtyxJOw/HcnvMIWSpkWsJFUQ"
)]
#[case(OURS, "$pbkdf2$131000$....bXVvaQ$e.bKjZyzSMOIIDQyzidTIxDpB8U")]
// The same, as LDAP servers write it.
#[case(OURS, "{PBKDF2}10000$....bXVvaQ$a8FwgDtOafueM/XeS8d/CK4P7y0")]
#[case(OURS, "{PBKDF2-SHA256}10000$....bXVvaQ$R5NURif/bYs6X/pdoL04ZeJDAlT1vOAX/aGMN8y7ShM")]
#[case(
    OURS,
    "{PBKDF2-SHA512}10000$....bXVvaQ$REMzlw4rERnghg8LKvCmPOcCMAt.fSfbqk7ShFQngoN4QZUh2FG.hherM/ZTK8IqTuCB2A9DcCirrNau3WeK3g"
)]
// Django: by Python's hashlib and, the last one, libxcrypt.
#[case(OURS, "pbkdf2_sha256$260000$JjZ0bDNlY1lr$hQwE7pp1I2N9NHGPplb09of0PMaKMgHN5EZhT9mxChM=")]
#[case(OURS, "pbkdf2_sha1$20000$JjZ0bDNlY1lr$cQELn4WPeBiRIZiMraiIpnCt6UE=")]
#[case(OURS, "bcrypt_sha256$$2b$05$abcdefghijklmnopqrstuu2mbLj1l5B8woiiCPpHejuiuaAIRe9f.")]
#[case(OURS, "bcrypt$$2b$05$abcdefghijklmnopqrstuuhnvayPinIeh/mqkJQpKaeeo9Z0idG3W")]
#[case(
    "password",
    "argon2$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
)]
// ASP.NET Identity, version 2 and the three functions of version 3: by Python's hashlib.
#[case(OURS, "AAABAgMEBQYHCAkKCwwNDg98NqaiLm+wi1rRHMm9cMBpGqoWb3xlsOlY2zi75V8wew==")]
#[case(OURS, "AQAAAAAAACcQAAAAEAABAgMEBQYHCAkKCwwNDg8Kj6lJMrHCc2zuAPfSu2tqPB3qoHzlTw5bPKnL7DTGQg==")]
#[case(OURS, "AQAAAAEAACcQAAAAEAABAgMEBQYHCAkKCwwNDg8sjLcBuouOVskLrxDNiLwOloi7a4liuMOavyjNoysslw==")]
#[case(OURS, "AQAAAAIAAYagAAAAEAABAgMEBQYHCAkKCwwNDg9loxfJ973uBZyacyKI3bFTslk0sf1SatlwVvSy7DKoRg==")]
// Spring Security, its settings of before 5.8 and since: by Python's hashlib.
#[case(OURS, "{pbkdf2}00010203040506073ad802121c88e996eb862b631675270704c4b09ffd4d80bfbc270400fe92222b")]
#[case(
    OURS,
    "{pbkdf2@SpringSecurity_v5_8}000102030405060708090a0b0c0d0e0f079ed1984e01608b37f982de613b48a14a249f9c31fe2f8cd905ef99a873cbb4"
)]
// What only wraps another notation.
#[case(OURS, "{bcrypt}$2b$05$abcdefghijklmnopqrstuuhnvayPinIeh/mqkJQpKaeeo9Z0idG3W")]
#[case(OURS, "{CRYPT}$5$muoi$DyxkLLg5yZpJEy1EVwftBRITeu6S0OLzwHm5XiFTj72")]
#[case(
    "password",
    "{argon2}$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
)]
#[case(OURS, "{ldap}{SSHA}jsuvCaXyZ6o8ARkFfDYitF0d7fIBAm11b2k=")]
// One round of SHA: by Python's hashlib.
#[case(OURS, "{SHA}fByWwTiXmelaXuUO2c5fW+x8lb4=")]
#[case(OURS, "{SHA256}ckdOmY1X88KOLe+NXwfOYNnCLsLSbYTF5nhlRw7xBNo=")]
#[case(OURS, "{SHA384}epFaYWf66TECDMR2R7QFb7VacJQHgMlI1FNqE0e1M6R3NaA87QjnkpgrKCzeJFIT")]
#[case(
    OURS,
    "{SHA512}HmpbWbItWPhIOdn7sIHaGzIoUBvbGHRjRa6V4YcKEn21/hVZ79YoVTL3u29OL4RagYb4ebeDk6dj6PDm/E1ZNw=="
)]
#[case(OURS, "{ssha}jsuvCaXyZ6o8ARkFfDYitF0d7fIBAm11b2k=")]
#[case(OURS, "{SSHA384}VMxuT3fRu/uXracMoxmaer6P/zETpBuLl+LdAIxUvX1G7HPp1maSpXqHVz+XxkEd++++bXVvaQ==")]
#[case(OURS, "sha1:muoi:7413b96a89e151f215787dcc7824796c4470fa44")]
#[case(OURS, "sha1:bf3c2a4eed549700c51fc0123f875a61a73656c8:muoi")]
#[case(OURS, "sha256:f028237bb482a5ccd4f5311c6a365ca9b61b576de70295eba52804d4328a8989:muoi")]
#[case(
    OURS,
    "sha384:muoi:eda55b420527192bc7b962959712079c9a1e0137e832db80328816de2e01891d971f7fe037827bb592d4a72205ed489f"
)]
#[case(
    OURS,
    "sha512:4425ec9f01a44a7fa0074e94a14a34024034dfce281369a61238c029fb21d6e4ae847f0ea95e23add0fa44079daf9ac68603d345ace8e52680cdd5b6e24ff2f9:muoi"
)]
// A salt that looks like a hash, on either side.
#[case(
    OURS,
    "sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881:63caa84ef33f3cef21f64204156f9624ede2a8778db43f7eb91ea884a599db55"
)]
#[case(
    OURS,
    "sha256:26f553907102301e5bd7d7ecac97ed573179044372464a507ba78c98743edaf3:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
)]
#[case(OURS, "{SSHA}jsuvCaXyZ6o8ARkFfDYitF0d7fIBAm11b2k=")]
#[case(OURS, "{SSHA256}Izwj2oJyyAFcMHSw8JWHYE8jAr8F1jbkzqDLmNYGriABAm11b2k=")]
#[case(
    OURS,
    "{SSHA512}uPjiLg+1PS/BxL6nsWasK3GV1Y+dRP28/RSQmdgnOveSvDlBz4jDJT7O/TAYKACgjWD1vZfHaD6NhUiWqF9D0gECbXVvaQ=="
)]
#[case(OURS, "sha256:muoi:15ed46c0ef3ac4b5f9ddd5d9ede36fd0a4b05be367e2bd6c3c2f58daaec31c8e")]
#[case(
    OURS,
    "sha512:muoi:95423820C77FFBA0C7FB7E962FC01102D2B128CB344DDEB2696952A3C0EF7F3F95CA5F36A9BAB19200DDEBCD2642EB859041C810A50B4CF615D5380D508972DA"
)]
fn the_right_password_and_no_other(#[case] password: &str, #[case] hash: &str) {
    let kept = Kept::read(hash).unwrap_or_else(|why| panic!("{hash}: {why}"));
    assert!(kept.is_right(password.as_bytes()), "{hash}");
    let near =
        [&format!("{password} "), password.get(1..).unwrap_or("y"), &password.to_lowercase(), "x", "\0"];
    let longer = [format!("{password}\0"), format!("{password}\0{password}"), format!("\0{password}")];
    for other in near.map(str::to_owned).into_iter().chain(longer).filter(|other| other != password) {
        assert!(!kept.is_right(other.as_bytes()), "{hash} {other:?}");
    }
}

/// bcrypt counts 72 bytes, here and elsewhere; by libxcrypt.
#[test]
fn bcrypt_counts_so_much_and_no_more() {
    let kept = Kept::read("$2b$04$abcdefghijklmnopqrstuuBzzIgyKkz7xMWYSzkIjUSnxEQFQ0WNe")
        .unwrap_or_else(|_| panic!());
    for (length, right) in [(71, false), (72, true), (73, true), (200, true)] {
        assert_eq!(kept.is_right("a".repeat(length).as_bytes()), right, "{length}");
    }
}

/// Django's way lets all of a long password count; by libxcrypt and Python's hashlib.
#[test]
fn bcrypt_of_a_hash_counts_all() {
    let kept = Kept::read("bcrypt_sha256$$2b$04$abcdefghijklmnopqrstuugx2ZcUdj4MifIXvs/QwBsAizByf4XWu")
        .unwrap_or_else(|_| panic!());
    for (length, right) in [(99, false), (100, true), (101, false)] {
        assert_eq!(kept.is_right("a".repeat(length).as_bytes()), right, "{length}");
    }
}

#[rstest]
#[case("")]
#[case("password")]
#[case("5f4dcc3b5aa765d61d8327deb882cf99")]
#[case("$1$salt$qJH7.N4xYta3aEG/dfqo/0")]
#[case("$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
#[case("{MD5}X03MO1qnZdYdgyfeuILPmQ==")]
#[case("{noop}password")]
#[case("md5$salt$67a1e09bb1f83f5007dc119c14d663aa")]
#[case("$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
fn what_is_not_ours(#[case] hash: &str) {
    assert_eq!(usable(hash), Err(Unusable::Unknown));
}

#[rstest]
#[case("$argon2id$v=18$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
#[case("$argon2id$v=19$t=2,m=256,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
#[case("$argon2id$v=19$m=256,t=2,p=1,x=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
#[case("$argon2id$v=19$m=256,t=0,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
#[case("$argon2id$v=19$m=4,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
#[case("$argon2id$v=19$m=+256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
#[case("$argon2id$v=19$m=256,t=2,p=1$c2Fs$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
#[case("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65")]
#[case("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4$")]
#[case("$2b$5$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
#[case("$2b$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
#[case("$2b$32$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
#[case("$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe")]
#[case("$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc")]
#[case("$5$rounds=$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5")]
#[case("$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5$")]
#[case("$pbkdf2-sha256$0$....bXVvaQ$Q/6Wp18HIusPpmn1d2ZMXzUuOuKN4FqdB0.Vm72Debw")]
#[case("$pbkdf2-sha256$-1$....bXVvaQ$Q/6Wp18HIusPpmn1d2ZMXzUuOuKN4FqdB0.Vm72Debw")]
#[case("$pbkdf2-sha256$i=29000,l=20$....bXVvaQ$Q/6Wp18HIusPpmn1d2ZMXzUuOuKN4FqdB0.Vm72Debw")]
#[case("$pbkdf2-sha256$29000$....bXVvaQ$Q/6W")]
#[case("{SSHA}jsuvCaXyZ6o8ARkFfDYitF0d7fI=")]
#[case("{SSHA256}jsuvCaXyZ6o8ARkFfDYitF0d7fIBAm11b2k=")]
#[case("{SHA}jsuvCaXyZ6o8ARkFfDYitF0d7fIBAm11b2k=")]
#[case("{pbkdf2}0001020304050607")]
#[case("{PBKDF2-SHA256}0$....bXVvaQ$R5NURif/bYs6X/pdoL04ZeJDAlT1vOAX/aGMN8y7ShM")]
#[case("pbkdf2_sha256$260000$$hQwE7pp1I2N9NHGPplb09of0PMaKMgHN5EZhT9mxChM=")]
#[case("pbkdf2_sha256$260000$JjZ0bDNlY1lr$cQELn4WPeBiRIZiMraiIpnCt6UE=")]
#[case("bcrypt_sha256$2b$05$abcdefghijklmnopqrstuu2mbLj1l5B8woiiCPpHejuiuaAIRe9f.")]
#[case("AAABAgMEBQYHCAkKCwwNDg98NqaiLm+wi1rRHMm9cMBpGqoWb3xlsOlY2zi75V8w")]
#[case("AQAAAAMAACcQAAAAEAABAgMEBQYHCAkKCwwNDg8sjLcBuouOVskLrxDNiLwOloi7a4liuMOavyjNoysslw==")]
#[case("AQAAAAEAAAAAAAAAEAABAgMEBQYHCAkKCwwNDg8sjLcBuouOVskLrxDNiLwOloi7a4liuMOavyjNoysslw==")]
#[case("AQAAAAEAACcQ/////wABAgMEBQYHCAkKCwwNDg8sjLcBuouOVskLrxDNiLwOloi7a4liuMOavyjNoysslw==")]
fn what_is_damaged(#[case] hash: &str) {
    assert_eq!(usable(hash), Err(Unusable::Malformed), "{hash}");
}

/// None of these is computed: the test would not end.
#[rstest]
#[case("$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
#[case("$argon2id$v=19$m=65536,t=17,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
#[case("$argon2id$v=19$m=256,t=4294967295,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
#[case("$argon2id$v=19$m=256,t=1,p=17$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
#[case("$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
#[case("$2b$15$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
#[case("$5$rounds=999999999$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5")]
#[case("$5$rounds=99999999999999999999$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5")]
#[case("$pbkdf2-sha256$4294967295$....bXVvaQ$Q/6Wp18HIusPpmn1d2ZMXzUuOuKN4FqdB0.Vm72Debw")]
#[case("$pbkdf2-sha1$1500000$....bXVvaQ$Q/6Wp18HIusPpmn1d2ZMXzUuOuKN4FqdB0.Vm72Debw")]
#[case("AQAAAAEAH///AAAAEAABAgMEBQYHCAkKCwwNDg8sjLcBuouOVskLrxDNiLwOloi7a4liuMOavyjNoysslw==")]
#[case("pbkdf2_sha256$2000001$JjZ0bDNlY1lr$hQwE7pp1I2N9NHGPplb09of0PMaKMgHN5EZhT9mxChM=")]
#[case("bcrypt_sha256$$2b$15$abcdefghijklmnopqrstuu2mbLj1l5B8woiiCPpHejuiuaAIRe9f.")]
fn what_demands_too_much(#[case] hash: &str) {
    assert_eq!(usable(hash), Err(Unusable::TooMuchWork), "{hash}");
}
