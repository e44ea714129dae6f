//! How old a sign-in is, as a filter of lists.

use strum::{EnumIter, EnumString, IntoStaticStr};

const HOUR_MS: i64 = 60 * 60 * 1000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// How long ago a sign-in began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
pub enum SignInAge {
    /// Less than an hour.
    #[strum(serialize = "less_than_1h")]
    LessThanHour,
    /// Less than a day.
    #[strum(serialize = "less_than_1d")]
    LessThanDay,
    /// An hour or more.
    #[strum(serialize = "more_than_1h")]
    MoreThanHour,
    /// Eight hours or more.
    #[strum(serialize = "more_than_8h")]
    MoreThanEightHours,
    /// A day or more.
    #[strum(serialize = "more_than_1d")]
    MoreThanDay,
    /// A week or more.
    #[strum(serialize = "more_than_7d")]
    MoreThanWeek,
}

impl SignInAge {
    /// Its name in addresses.
    #[must_use]
    pub fn key(self) -> &'static str {
        self.into()
    }

    /// What people read.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::LessThanHour => "less than an hour ago",
            Self::LessThanDay => "less than a day ago",
            Self::MoreThanHour => "more than an hour ago",
            Self::MoreThanEightHours => "more than 8 hours ago",
            Self::MoreThanDay => "more than a day ago",
            Self::MoreThanWeek => "more than a week ago",
        }
    }

    /// The condition on the sign-in `s`, and what `?` in it stands for at `now_ms`.
    pub(super) const fn condition(self, now_ms: i64) -> (&'static str, i64) {
        let (condition, ms) = match self {
            Self::LessThanHour => ("s.created_at > ?", HOUR_MS),
            Self::LessThanDay => ("s.created_at > ?", DAY_MS),
            Self::MoreThanHour => ("s.created_at <= ?", HOUR_MS),
            Self::MoreThanEightHours => ("s.created_at <= ?", 8 * HOUR_MS),
            Self::MoreThanDay => ("s.created_at <= ?", DAY_MS),
            Self::MoreThanWeek => ("s.created_at <= ?", 7 * DAY_MS),
        };
        (condition, now_ms.saturating_sub(ms))
    }
}
