//! Microsoft Graph: how it is asked, what the person sees of it, and what happens when it fails.

mod account;
mod challenges;
mod groups;
mod http;
