//! Apps behind Rolecall: what they are asked, what of their answers arrives, and what ends when a sign-in does.

mod abandoned_tabs;
mod answers;
mod cors;
mod crowds;
mod failures;
mod foreign_headers;
mod framing;
mod gate;
mod large;
mod live;
mod odd_answers;
mod requests;
mod sockets;
mod tokens;
mod upstream_host;
mod workers;
