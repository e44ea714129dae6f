//! The audit: what comes into it, that nobody changes it unseen, and what administrators see of it.

mod chain;
mod changes;
mod pages;
