//! The audit: what is written to it, that nobody changes it unnoticed, and what administrators see of it.

mod chain;
mod changes;
mod locked;
mod pages;
