//! Rows that programs send: all of a request, or nothing, and once, however often it is sent.

mod answer;
mod body;
mod claim;
mod compact;
mod create;
mod keys;
mod receive;
mod turns;

pub use answer::Pushed;
pub use body::{BodyError, ReceivedBody};
pub use create::{NewPushed, PutDataset};
pub use keys::IdempotencyKey;
pub use receive::{Push, PushMode};

pub(super) use answer::Claim;
pub(super) use turns::PushTurns;
