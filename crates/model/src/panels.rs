//! What panels send to scripts in the browser.

use serde::{Deserialize, Serialize};

use crate::Role;

/// A page of a table, for a script that turns pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRows {
    /// The rows, as HTML.
    pub html: String,
    /// This page, from 1.
    pub page: u32,
    /// How many pages there are, at least 1.
    pub pages: u32,
}

/// The current note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The text: plain, at most [`NOTE_MAX_CHARS`] characters.
    pub body: String,
    /// The version that an edit must name: 0 for a note that was never saved.
    pub version: i64,
    /// Who saved it last.
    pub edited_by: Option<String>,
    /// When, Unix milliseconds (UTC).
    pub edited_at_ms: Option<i64>,
}

/// The longest note, in characters.
pub const NOTE_MAX_CHARS: usize = 4_000;

/// Live figures about sign-ins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInFigures {
    /// Sign-ins that are live now.
    pub live: i64,
    /// Different people among them.
    pub people: i64,
    /// Sign-ins of the last 24 hours, including ended ones.
    pub last_day: i64,
    /// Live sign-ins by highest role, `None` first.
    pub by_role: Vec<(Option<Role>, i64)>,
    /// When this was counted, Unix milliseconds (UTC).
    pub counted_at_ms: i64,
}
