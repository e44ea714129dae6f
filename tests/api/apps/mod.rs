//! Apps behind Rolecall: which requests reach them, what arrives of their answers, and what ends with a sign-in.

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
