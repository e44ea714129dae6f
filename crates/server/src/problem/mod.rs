//! How problems are answered: pages for people, JSON and problem documents for programs.

mod answer;
mod contents;
pub mod denial;
pub mod explain;
pub mod sign_in;

pub use answer::{PageContext, ProblemPages, Refusal, page, refuse};
pub use contents::{app_problem, explained, get, not_kept, not_signed_in, sign_in_again, too_long, unsaved};
