//! What Rolecall does at Microsoft Entra ID beside the sign-in: it calls Microsoft Graph with the token of the person
//! who is signed in ([`graph`]), and registers itself ([`registration`]).

pub mod graph;
pub mod registration;
