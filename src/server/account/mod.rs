//! Paths of the account that are no pages: the picture, and the way to the provider.

pub mod ask_provider;
pub mod photo;
