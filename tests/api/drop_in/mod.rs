//! The sign-in in other applications: one that each test makes, and the examples as they ship.

mod doors;
mod examples;
mod hooks;
mod pages;
mod settings;
mod support;
