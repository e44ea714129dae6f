//! The notes of dashboards: concurrent edits are detected. All SQL about notes is in this file.

use std::collections::HashMap;

use sqlx::Row as _;
use thiserror::Error;

use rolecall_model::AppError;
use rolecall_model::panels::{NOTE_MAX_CHARS, Note};
use rolecall_sign_in::db::{Db, in_transaction, reading_on_both};
use rolecall_sign_in::session::SignIn;

use super::error::DashboardsError;
use crate::audit::{Audit, Entry, EntryKind};
use crate::request_id::CurrentRequest;

/// Why a note was not saved. The old text stays.
#[derive(Debug, Error)]
pub enum SaveNoteError {
    /// There is no such note.
    #[error("there is no such note")]
    NoSuchNote,
    /// The text is longer than [`NOTE_MAX_CHARS`].
    #[error("the note is too long")]
    TooLong,
    /// Somebody else has saved it in the meantime.
    #[error("somebody else saved the note meanwhile")]
    Conflict(Box<Note>),
    /// The database does not answer.
    #[error("the database did not answer")]
    Database(#[from] sqlx::Error),
    /// The stored dashboards cannot be read.
    #[error(transparent)]
    Dashboards(#[from] DashboardsError),
}

impl SaveNoteError {
    /// The error for the browser, for a note by dashboard and panel; `draft` is what the person wanted to save, and
    /// `internal` reports errors on our side.
    #[must_use]
    pub fn for_browser(
        self,
        (slug, panel): (String, String),
        draft: String,
        internal: impl FnOnce(&Self) -> AppError,
    ) -> AppError {
        match self {
            Self::NoSuchNote => AppError::NotFound,
            Self::TooLong => AppError::Invalid {
                message: format!("A note holds at most {NOTE_MAX_CHARS} characters. Shorten it and save again."),
            },
            Self::Conflict(current) => AppError::NoteConflict { slug, panel, current, draft },
            Self::Database(_) | Self::Dashboards(_) => internal(&self),
        }
    }
}

/// The current note `panel` of `dashboard`; an empty one of version 0 if none was written.
pub async fn read(db: &Db, dashboard: &str, panel: &str) -> Result<Note, sqlx::Error> {
    const READ: &str = "SELECT n.body, n.version, n.edited_at, u.name FROM notes n \
                        JOIN users u ON u.id = n.edited_by WHERE n.dashboard = $1 AND n.panel = $2";
    reading_on_both!(db, |pool| {
        let Some(row) = sqlx::query(READ).bind(dashboard).bind(panel).fetch_optional(pool).await? else {
            return Ok(Note { body: String::new(), version: 0, edited_by: None, edited_at_ms: None });
        };
        Ok(Note {
            body: row.try_get("body")?,
            version: row.try_get("version")?,
            edited_by: row.try_get("name")?,
            edited_at_ms: row.try_get("edited_at")?,
        })
    })
}

/// The version of each note of `dashboard`, by the id of its panel.
pub async fn versions(db: &Db, dashboard: &str) -> Result<HashMap<String, i64>, sqlx::Error> {
    const VERSIONS: &str = "SELECT panel, version FROM notes WHERE dashboard = $1";
    let rows: Vec<(String, i64)> =
        reading_on_both!(db, |pool| sqlx::query_as(VERSIONS).bind(dashboard).fetch_all(pool).await)?;
    Ok(rows.into_iter().collect())
}

/// The number of notes, and the sum of their versions: this pair changes with every save, independent of clocks.
pub async fn saves(db: &Db) -> Result<(i64, i64), sqlx::Error> {
    const SAVES: &str = "SELECT COUNT(*), CAST(COALESCE(SUM(version), 0) AS BIGINT) FROM notes";
    reading_on_both!(db, |pool| sqlx::query_as(SAVES).fetch_one(pool).await)
}

/// Saves `body` as the note of `dashboard` and panel for `editor`, if `version` is still current. The `audit` records
/// that in the same transaction, without the text.
///
/// # Errors
/// [`SaveNoteError::Conflict`] with the current note if it is not.
pub async fn save(
    (db, audit): (&Db, Option<&Audit>),
    (dashboard, panel): (&str, &str),
    body: &str,
    version: i64,
    editor: &SignIn,
    now_ms: i64,
) -> Result<Note, SaveNoteError> {
    const FIRST: &str = "INSERT INTO notes (dashboard, panel, body, version, edited_by, edited_at) \
                         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (dashboard, panel) DO NOTHING";
    const NEXT: &str = "UPDATE notes SET body = $3, version = $4, edited_by = $5, edited_at = $6 \
                        WHERE dashboard = $1 AND panel = $2 AND version = $4 - 1";
    let body = normalised(body);
    if body.chars().count() > NOTE_MAX_CHARS {
        return Err(SaveNoteError::TooLong);
    }
    // The version must not overflow.
    let Some(next) = version.checked_add(1) else {
        return Err(SaveNoteError::Conflict(Box::new(read(db, dashboard, panel).await?)));
    };
    let mut transaction = db.begin().await?;
    let saved = in_transaction!(&mut transaction, |connection| {
        sqlx::query(if version == 0 { FIRST } else { NEXT })
            .bind(dashboard)
            .bind(panel)
            .bind(&body)
            .bind(next)
            .bind(editor.user_id)
            .bind(now_ms)
            .execute(connection)
            .await?
            .rows_affected()
    });
    if saved == 0 {
        drop(transaction);
        return Err(SaveNoteError::Conflict(Box::new(read(db, dashboard, panel).await?)));
    }
    if let Some(audit) = audit {
        let entry =
            Entry::new(EntryKind::DashboardChanged, now_ms).by(editor.user_id).from_address(CurrentRequest::client());
        let entry =
            entry.with("dashboard", dashboard).with("change", "Note saved").with("panel", panel).with("version", next);
        audit.append(&mut transaction, &[entry]).await?;
    }
    transaction.commit().await?;
    Ok(Note { body, version: next, edited_by: Some(editor.user.name.clone()), edited_at_ms: Some(now_ms) })
}

/// Normalises line ends to `\n` (forms send `\r\n`), and removes control characters that cannot be typed; Postgres
/// accepts no NUL.
fn normalised(body: &str) -> String {
    body.replace("\r\n", "\n").chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect()
}
