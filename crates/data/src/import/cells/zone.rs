//! Time zones by name.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// A time zone, by its name in the IANA's database: `Europe/Berlin`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeZone(pub Tz);

impl TimeZone {
    /// UTC.
    pub const UTC: Self = Self(Tz::UTC);
}

impl From<TimeZone> for String {
    fn from(zone: TimeZone) -> Self {
        zone.0.name().to_owned()
    }
}

impl TryFrom<String> for TimeZone {
    type Error = chrono_tz::ParseError;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        name.parse().map(Self)
    }
}
