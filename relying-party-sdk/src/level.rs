//! Levels of authentication.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How strongly a citizen was authenticated: Decree 69/2024/ND-CP, article 20(1). In `acr` and `acr_values` they are
/// called `LoA1` to `LoA4`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

    /// As it stands in `acr`.
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

    /// The level of this number; numbers above 4 mean the highest level, 0 the lowest.
    pub const fn from_number(number: u8) -> Self {
        match number {
            0 | 1 => Self::LoA1,
            2 => Self::LoA2,
            3 => Self::LoA3,
            _ => Self::LoA4,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoLevel;

impl FromStr for Level {
    type Err = NoLevel;

    fn from_str(text: &str) -> Result<Self, NoLevel> {
        Self::ALL.into_iter().find(|level| level.as_str() == text).ok_or(NoLevel)
    }
}
