//! Apps behind Rolecall: what they are asked, what of their answers arrives, and what ends when a sign-in does.

mod answers;
mod cors;
mod crowds;
mod failures;
mod framing;
mod gate;
mod headers;
mod large;
mod live;
mod odd_answers;
mod requests;
mod sockets;
mod tokens;
