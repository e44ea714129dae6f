//! What an account may do beyond reading: it should be nothing.

/// What an account may do beyond reading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permissions {
    /// It may do everything.
    pub is_superuser: bool,
    /// Some of the tables that it may write, by name.
    pub writes: Vec<String>,
}

impl Permissions {
    /// Whether it can only read.
    #[must_use]
    pub const fn is_read_only(&self) -> bool {
        !self.is_superuser && self.writes.is_empty()
    }
}
