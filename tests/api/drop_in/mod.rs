//! The sign-in in other people's applications: one made for each test, and the examples as they are.

mod doors;
mod examples;
mod hooks;
mod pages;
mod settings;
mod support;
