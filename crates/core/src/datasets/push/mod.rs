//! Rows that programs send: a request is stored completely or not at all, and only once, however often it is sent.

mod body;
mod claim;
mod compact;
mod create;
mod keys;
mod receive;
mod requests;

pub use body::{BodyError, ReceivedBody};
pub use create::{NewPushed, PutDataset};
pub use keys::IdempotencyKey;
pub use receive::{Push, PushMode};
pub use requests::Pushed;

pub(super) use requests::{Claim, PushTurns};
