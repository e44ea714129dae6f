//! Errors as browsers see them: what to do next, and nothing that helps an attacker.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Role;
use crate::panels::Note;

/// Why a request was not answered as asked. Safe to show to anybody who may make the request.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum AppError {
    /// Nobody is signed in, or the session has ended (401).
    #[error("You are signed out. Sign in and try again.")]
    SignedOut,
    /// The role is not enough (403).
    #[error("This needs the role {needed}.")]
    Forbidden {
        /// The lowest role that is needed.
        needed: Role,
    },
    /// Only the owner and administrators may do this, and the person is neither (403).
    #[error("Only its owner and administrators can open this.")]
    NotOwner {
        /// The page on which they can look at it.
        page: String,
        /// The name of the owner, where the person may know it.
        owner: Option<String>,
    },
    /// The role is high enough, but the person must sign in again (401: RFC 9470, section 3).
    #[error("Sign in again: your last sign-in was too long ago for what the role {needed} opens.")]
    StepUp {
        /// The lowest role that is needed.
        needed: Role,
        /// The id of the provider to sign in at.
        provider: String,
    },
    /// The request did not come from a page of Rolecall (403).
    #[error("This request did not come from one of our own pages. Go back, reload the page and try again.")]
    ForeignOrigin,
    /// There is no such thing (404).
    #[error("There is nothing here.")]
    NotFound,
    /// The input cannot be used (422).
    #[error("{message}")]
    Invalid {
        /// What is wrong, and what is valid instead.
        message: String,
    },
    /// What was typed into a field cannot be used (422).
    #[error("{message}")]
    InvalidField {
        /// The name of the field in its form.
        field: String,
        /// What is wrong, and what is valid instead.
        message: String,
    },
    /// Somebody else saved the note in the meantime (409).
    #[error("This note was saved elsewhere while you were writing. Nothing is lost: both texts are on this page.")]
    NoteConflict {
        /// The dashboard that the note belongs to.
        slug: String,
        /// The panel with the note.
        panel: String,
        /// The current note.
        current: Box<Note>,
        /// The text that could not be saved.
        draft: String,
    },
    /// Somebody else changed the same thing in the meantime (409).
    #[error("{message}")]
    Conflict {
        /// What was changed and what to do.
        message: String,
    },
    /// The sign-in failed; the problem page says why (400).
    #[error("{message}")]
    SignIn {
        /// What happened and what to do.
        message: String,
    },
    /// The provider does not answer, so the person's role cannot be checked (503).
    #[error("Your provider does not answer, so your role cannot be checked right now. You are still signed in.")]
    NotVouchedFor,
    /// The request body is too large (413).
    #[error("This request is too large. Send less, and try again.")]
    TooLarge,
    /// The file is larger than files may be (413).
    #[error("This file is too large. A file can have at most {limit}.")]
    FileTooLarge {
        /// How large it may be: `500 MB`.
        limit: String,
    },
    /// A file arrives so slowly that its upload would take hours (408: RFC 9110, section 15.5.9).
    #[error("The file arrived too slowly, so nothing of it was kept.")]
    TooSlow,
    /// The disk of the server is full (507: RFC 4918, section 11.5).
    #[error("The server does not have enough space for this file. Nothing of it was kept.")]
    NoRoom,
    /// The request line and headers are too large (431: RFC 6585, section 5).
    #[error("Your browser sent headers that are too large. Usually that is because of cookies.")]
    HeadTooLarge,
    /// Too many requests from one client (429: RFC 6585, section 4).
    #[error("Too many requests from your address. Try again in {}.", in_seconds(*seconds))]
    TooManyRequests {
        /// How long to wait, whole seconds.
        seconds: u64,
    },
    /// Too many requests from one person, from any address (429).
    #[error("You asked for this too often. Try again in {}.", in_seconds(*seconds))]
    TooOften {
        /// How long to wait, whole seconds.
        seconds: u64,
    },
    /// Something that Rolecall needs does not answer. Trying again may help (503).
    #[error("{message}")]
    Unavailable {
        /// What does not answer.
        message: String,
    },
    /// An app behind Rolecall cannot be reached, or its answer cannot be used (502).
    #[error("{app} does not answer right now.")]
    AppDown {
        /// The app, by its name for people.
        app: String,
    },
    /// An app behind Rolecall did not answer in time (504).
    #[error("{app} took too long to answer.")]
    AppTooSlow {
        /// The app, by its name for people.
        app: String,
    },
    /// Rolecall itself failed (500).
    #[error(
        "Something went wrong on our side. Try again. If it happens again, tell an administrator the request id {request_id}."
    )]
    Internal {
        /// The id to look up in the log.
        request_id: String,
    },
    /// The request did not reach the server, or its answer could not be read.
    #[error("Rolecall could not be reached. Check the connection and try again.")]
    Unreachable,
}

impl AppError {
    /// The sessions cannot be read, so Rolecall does not know whether the person is signed in.
    #[must_use]
    pub fn sign_in_unknown() -> Self {
        Self::Unavailable { message: "It cannot be checked right now whether you are signed in.".to_owned() }
    }

    /// The heading of a page about it.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        match self {
            Self::SignedOut => "You are signed out",
            Self::Forbidden { .. } => "Your role does not open this page",
            Self::NotOwner { .. } => "This belongs to somebody else",
            Self::StepUp { .. } => "Sign in again to go on",
            Self::ForeignOrigin => "This request was not made here",
            Self::NotFound => "There is no such page",
            Self::Invalid { .. } | Self::InvalidField { .. } => "This cannot be used",
            Self::TooLarge | Self::FileTooLarge { .. } => "This is too large",
            Self::TooSlow => "This took too long",
            Self::NoRoom => "The disk is full",
            Self::HeadTooLarge => "This request is too large",
            Self::TooManyRequests { .. } | Self::TooOften { .. } => "Too many requests",
            Self::NoteConflict { .. } => "Somebody else saved this note",
            Self::Conflict { .. } => "Somebody else changed this",
            Self::SignIn { .. } => "You are not signed in",
            Self::NotVouchedFor
            | Self::Unavailable { .. }
            | Self::Unreachable
            | Self::AppDown { .. }
            | Self::AppTooSlow { .. } => "This does not work right now",
            Self::Internal { .. } => "Something went wrong on our side",
        }
    }

    /// What to do next, in order, for a page about it.
    #[must_use]
    pub fn advice(&self) -> Vec<String> {
        let advice: &[&str] = match self {
            Self::Forbidden { needed } => {
                return vec![format!("Ask an administrator for the role {needed}, then sign out and in again.")];
            }
            Self::NotOwner { owner: Some(owner), .. } => {
                return vec![format!("Ask {owner}, who owns it, or an administrator to make the change for you.")];
            }
            Self::NotOwner { owner: None, .. } => &["Ask its owner or an administrator to make the change for you."],
            Self::StepUp { .. } => &[
                "Sign in again at your provider.",
                "If you just did: an administrator must make the provider ask you again and send when you signed in (auth_time).",
            ],
            Self::NotFound => &["Check the address.", "Start from the front page."],
            Self::Invalid { .. } | Self::InvalidField { .. } => &["Go back and change it."],
            Self::Conflict { .. } => &["Go back, reload the page, and make your change again."],
            Self::TooLarge => &["Go back and send less."],
            Self::FileTooLarge { .. } => &[
                "Leave out columns or rows that no dashboard needs, or send Parquet or a file for each year and append them.",
                "An administrator can raise the limit: the setting datasets.max_bytes.",
            ],
            Self::TooSlow => &["Try again with a faster connection, or send less at once."],
            Self::NoRoom => &["Tell an administrator.", "Delete uploads that you do not need any more."],
            Self::HeadTooLarge => &[
                "Delete the cookies of this site in your browser, then sign in again.",
                "If the address is very long, open the page from the front page instead.",
            ],
            Self::TooManyRequests { .. } | Self::TooOften { .. } => &["Wait a moment, then try again."],
            Self::NotVouchedFor
            | Self::Unavailable { .. }
            | Self::Unreachable
            | Self::AppDown { .. }
            | Self::AppTooSlow { .. } => &["Try again in a moment."],
            Self::Internal { .. } => &["Try again.", "If it happens again, tell an administrator the request id."],
            Self::SignedOut | Self::ForeignOrigin | Self::NoteConflict { .. } | Self::SignIn { .. } => &[],
        };
        advice.iter().map(|advice| (*advice).to_owned()).collect()
    }

    /// The HTTP status that goes with it (RFC 9110).
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::SignIn { .. } => 400,
            Self::SignedOut | Self::StepUp { .. } => 401,
            Self::Forbidden { .. } | Self::NotOwner { .. } | Self::ForeignOrigin => 403,
            Self::NotFound => 404,
            Self::TooSlow => 408,
            Self::NoteConflict { .. } | Self::Conflict { .. } => 409,
            Self::TooLarge | Self::FileTooLarge { .. } => 413,
            Self::Invalid { .. } | Self::InvalidField { .. } => 422,
            Self::TooManyRequests { .. } | Self::TooOften { .. } => 429,
            Self::HeadTooLarge => 431,
            Self::Internal { .. } => 500,
            Self::NoRoom => 507,
            Self::AppDown { .. } => 502,
            Self::AppTooSlow { .. } => 504,
            Self::NotVouchedFor | Self::Unavailable { .. } | Self::Unreachable => 503,
        }
    }
}

fn in_seconds(seconds: u64) -> String {
    if seconds == 1 { "a second".to_owned() } else { format!("{seconds} seconds") }
}
