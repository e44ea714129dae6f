//! What an account may do beyond reading, which should be nothing.

/// What an account may do beyond reading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permissions {
    /// Whether it is a superuser.
    pub is_superuser: bool,
    /// The names of some tables that it may write.
    pub writes: Vec<String>,
}

impl Permissions {
    /// Whether it can only read.
    #[must_use]
    pub const fn is_read_only(&self) -> bool {
        !self.is_superuser && self.writes.is_empty()
    }
}
