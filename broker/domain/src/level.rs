//! Levels of authentication: Decree 69/2024/ND-CP, article 20(1).

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How strongly a citizen was authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    /// One factor, no biometrics.
    LoA1,
    /// Two different factors, no biometrics.
    LoA2,
    /// Two or more different factors, one of them biometric.
    LoA3,
    /// At least one biometric, one possession and one knowledge factor.
    LoA4,
}

impl Level {
    /// All levels, lowest first.
    pub const ALL: [Self; 4] = [Self::LoA1, Self::LoA2, Self::LoA3, Self::LoA4];

    /// The `acr` value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LoA1 => "LoA1",
            Self::LoA2 => "LoA2",
            Self::LoA3 => "LoA3",
            Self::LoA4 => "LoA4",
        }
    }

    /// 1 to 4.
    pub const fn number(self) -> u8 {
        match self {
            Self::LoA1 => 1,
            Self::LoA2 => 2,
            Self::LoA3 => 3,
            Self::LoA4 => 4,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Level {
    type Err = ();
    fn from_str(s: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|l| l.as_str() == s).ok_or(())
    }
}
