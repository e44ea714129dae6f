//! Microsoft Graph: how it is asked, what the person sees of it, and what happens when it does not do as it should.

mod account;
mod challenges;
mod groups;
mod http;
