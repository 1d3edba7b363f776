//! Time as a parameter.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Seconds by which Viet Nam is ahead of UTC; it has no summer time.
const VIET_NAM_SECS: i64 = 7 * 3600;

/// A moment, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the epoch.
    pub const fn from_millis(ms: i64) -> Self {
        Self(ms)
    }

    /// From whole seconds since the epoch (a JWT `NumericDate`).
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down (a JWT `NumericDate`).
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This moment and `secs` seconds more (fewer when negative), saturating.
    #[must_use]
    pub const fn plus_secs(self, secs: i64) -> Self {
        Self(self.0.saturating_add(secs.saturating_mul(1000)))
    }

    /// Milliseconds from `earlier` to this moment; negative when `earlier` is later.
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Reads a moment of RFC 3339 (`2024-06-30T17:00:00Z`, `2024-07-01T00:00:00+07:00`, with or without a fraction); a date alone is
    /// its first moment in UTC.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let number = |from: usize, to: usize| -> Option<i64> {
            let part = text.get(from..to)?;
            part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok()).flatten()
        };
        let is = |at: usize, sign: u8| text.as_bytes().get(at) == Some(&sign);
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let days = days_from_civil(year, month, day);
        if !is(4, b'-')
            || !is(7, b'-')
            || civil_from_days(days) != (year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
        {
            return None;
        }
        if text.len() == 10 {
            return Some(Self::from_secs(days * 86_400));
        }
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        let fits = (is(10, b'T') || is(10, b't') || is(10, b' ')) && is(13, b':') && is(16, b':');
        if !fits || hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let rest = text.get(19..)?;
        let digits = rest.strip_prefix('.').map_or(0, |f| f.bytes().take_while(u8::is_ascii_digit).count());
        let (fraction, zone) = match (rest.starts_with('.'), digits) {
            (true, 0) => return None,
            (true, n) => (rest.get(1..=n)?, rest.get(n + 1..)?),
            (false, _) => ("", rest),
        };
        let millis: i64 = format!("{:0<3}", fraction.get(..3).unwrap_or(fraction)).parse().ok()?;
        let offset = match zone.as_bytes() {
            [b'Z' | b'z'] => 0,
            [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
                let (h, m): (i64, i64) = (zone.get(1..3)?.parse().ok()?, zone.get(4..6)?.parse().ok()?);
                if !(0..=23).contains(&h) || !(0..=59).contains(&m) {
                    return None;
                }
                (h * 3600 + m * 60) * if *sign == b'+' { 1 } else { -1 }
            }
            _ => return None,
        };
        let secs = days * 86_400 + hour * 3600 + minute * 60 + second - offset;
        Some(Self(secs * 1000 + millis))
    }

    /// Reads a moment as [`Self::parse_rfc3339`] does, or a date or date-time without a zone (`2024-07-01`, `2024-07-01T08:00`,
    /// `2024-07-01 08:00:30`), which is Viet Nam's.
    pub fn parse_in_viet_nam(text: &str) -> Option<Self> {
        match text.len() {
            10 => Self::parse_rfc3339(&format!("{text}T00:00:00+07:00")),
            16 => Self::parse_rfc3339(&format!("{text}:00+07:00")),
            19 => Self::parse_rfc3339(&format!("{text}+07:00")),
            _ => Self::parse_rfc3339(text),
        }
    }

    /// RFC 3339 in Viet Nam's time, to the second: `2024-07-01T00:00:00+07:00`.
    pub fn in_viet_nam(self) -> String {
        let local = self.plus_secs(VIET_NAM_SECS);
        let (y, m, d) = civil_from_days(local.secs().div_euclid(86_400));
        let s = local.secs().rem_euclid(86_400);
        format!("{y:04}-{m:02}-{d:02}T{:02}:{:02}:{:02}+07:00", s / 3600, s / 60 % 60, s % 60)
    }

    /// Seconds from `earlier` to this moment, rounded down.
    pub const fn secs_since(self, earlier: Self) -> i64 {
        self.millis_since(earlier).div_euclid(1000)
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC with milliseconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (y, m, d) = civil_from_days(self.secs().div_euclid(86_400));
        let s = self.secs().rem_euclid(86_400);
        let ms = self.0.rem_euclid(1000);
        write!(f, "{y:04}-{m:02}-{d:02}T{:02}:{:02}:{:02}.{ms:03}Z", s / 3600, s / 60 % 60, s % 60)
    }
}

/// Year, month and day of a day number (0 = 1970-01-01) in the proleptic Gregorian calendar.
pub fn civil_from_days(days: i64) -> (i64, u8, u8) {
    // Days are counted from 0000-03-01, so that the leap day is the last of its year.
    let z = days.saturating_add(719_468);
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    (year, u8::try_from(month).unwrap_or(1), u8::try_from(day).unwrap_or(1))
}

/// The day number (0 = 1970-01-01) of a date; dates that there are not come out as others.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let y = year - i64::from(month <= 2);
    let (era, yoe) = (y.div_euclid(400), y.rem_euclid(400));
    let doy = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

/// Where the present moment comes from.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)] // the one place that reads the machine's clock
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// A clock that tests set.
#[derive(Debug, Default)]
pub struct MockClock(std::sync::atomic::AtomicI64);

impl MockClock {
    /// A clock that stands at `at`.
    pub const fn at(at: Timestamp) -> Self {
        Self(std::sync::atomic::AtomicI64::new(at.millis()))
    }

    /// Moves the clock by `secs` seconds.
    pub fn advance(&self, secs: i64) {
        self.0.fetch_add(secs.saturating_mul(1000), std::sync::atomic::Ordering::SeqCst);
    }

    /// Sets the clock to `at`.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.millis(), std::sync::atomic::Ordering::SeqCst);
    }
}

impl Clock for MockClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(std::sync::atomic::Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn displays_known_moments() {
        assert_eq!(Timestamp::from_secs(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Timestamp::from_millis(1_719_766_800_123).to_string(), "2024-06-30T17:00:00.123Z");
        assert_eq!(Timestamp::from_secs(951_782_400).to_string(), "2000-02-29T00:00:00.000Z");
        assert_eq!(Timestamp::from_secs(-1).to_string(), "1969-12-31T23:59:59.000Z");
    }

    #[test]
    fn reads_moments() {
        for (text, secs) in [
            ("1970-01-01", 0),
            ("2000-02-29", 951_782_400),
            ("2024-07-01T00:00:00+07:00", 1_719_766_800),
            ("2024-06-30T17:00:00Z", 1_719_766_800),
            ("2024-06-30 17:00:00.000Z", 1_719_766_800),
            ("2024-06-30T12:00:00-05:00", 1_719_766_800),
        ] {
            assert_eq!(Timestamp::parse_rfc3339(text), Some(Timestamp::from_secs(secs)), "{text}");
        }
        assert_eq!(
            Timestamp::parse_rfc3339("2024-06-30T17:00:00.1239Z"),
            Some(Timestamp::from_millis(1_719_766_800_123))
        );
        for bad in [
            "",
            "2024",
            "2024-13-01",
            "2023-02-29",
            "2024-06-30T17:00:00",
            "2024-06-30T25:00:00Z",
            "2024-06-30T17:00:00.Z",
            "2024-06-30T17:00:00+0700",
            "2024/06/30",
            "٢٠٢٤-06-30",
            "2024-06-30T17:00:00+07:0é",
        ] {
            assert_eq!(Timestamp::parse_rfc3339(bad), None, "{bad}");
        }
    }

    #[test]
    fn moments_without_a_zone_are_viet_nam_s() {
        for (text, shown) in [
            ("2024-07-01", "2024-07-01T00:00:00+07:00"),
            ("2024-07-01T08:30", "2024-07-01T08:30:00+07:00"),
            ("2024-07-01 08:30:59", "2024-07-01T08:30:59+07:00"),
            ("2024-06-30T17:00:00Z", "2024-07-01T00:00:00+07:00"),
            ("2024-07-01T00:00:00+07:00", "2024-07-01T00:00:00+07:00"),
            ("2023-12-31T20:00:00.5Z", "2024-01-01T03:00:00+07:00"),
        ] {
            assert_eq!(
                Timestamp::parse_in_viet_nam(text).map(Timestamp::in_viet_nam).as_deref(),
                Some(shown)
            );
        }
        assert_eq!(
            Timestamp::parse_in_viet_nam("2024-07-01"),
            Timestamp::parse_rfc3339("2024-06-30T17:00:00Z")
        );
        for bad in
            ["", "2024-07", "2024-02-30", "2024-07-01T24:00", "01/07/2024", "2024-07-01T08:30:59+7", "never"]
        {
            assert_eq!(Timestamp::parse_in_viet_nam(bad), None, "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_shown_in_viet_nam_reads_back(secs in -62_000_000_000_i64..250_000_000_000) {
            let at = Timestamp::from_secs(secs);
            proptest::prop_assert_eq!(Timestamp::parse_in_viet_nam(&at.in_viet_nam()), Some(at));
        }

        #[test]
        fn what_is_shown_reads_back(ms in -62_000_000_000_000_i64..250_000_000_000_000) {
            let at = Timestamp::from_millis(ms);
            proptest::prop_assert_eq!(Timestamp::parse_rfc3339(&at.to_string()), Some(at));
        }

        #[test]
        fn reading_never_panics(text in "\\PC{0,30}") {
            let _ = (Timestamp::parse_rfc3339(&text), Timestamp::parse_in_viet_nam(&text));
        }
    }

    #[test]
    fn extremes_do_not_panic() {
        for ms in [i64::MIN, i64::MAX] {
            let t = Timestamp::from_millis(ms);
            let _ = (t.to_string(), t.plus_secs(i64::MAX), t.plus_secs(i64::MIN), t.secs());
        }
    }
}
