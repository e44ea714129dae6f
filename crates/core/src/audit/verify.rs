//! Checks whether the audit was tampered with.

use std::fmt;

use rolecall_sign_in::db::{Db, reading_on_both};

use super::chain::{ChainKeys, ChainedRow, Ends, Span};
use super::entry::EntryKind;

/// How many rows are read in one batch.
const AT_ONCE: i64 = 1_000;

/// At most `$2` rows after `$1`.
pub(super) const ROWS: &str = "SELECT id, at, kind, actor_id, person_id, provider, ip, details, previous_hash, hash \
                               FROM audit WHERE id > $1 ORDER BY id LIMIT $2";

/// An intact chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many rows there are.
    pub rows: u64,
    /// The id of the last row that retention deleted; 0 if it deleted none.
    pub pruned: i64,
}

/// The first error in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// None of the keys created the code over the ends of the chain.
    Ends,
    /// The chain ends at the row `head`, but this instance knows a newer one, `known`.
    Older {
        /// The newest row now.
        head: i64,
        /// The newest row that this instance knows.
        known: i64,
    },
    /// The row with this id is outside of the ends of the chain: Rolecall did not write it.
    Added(i64),
    /// The row with this id is missing.
    Missing(i64),
    /// The row with this id was changed.
    Changed(i64),
    /// The row with this id does not follow the one before.
    NotFollowing(i64),
    /// When the row with this id was written, the ends of the chain had been changed.
    Unverified(i64),
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ends => f.write_str(
                "the ends of the chain were not written with one of the secret keys: they were changed, or a key was removed",
            ),
            Self::Older { head, known } => write!(
                f,
                "the chain ends at row {head}, but row {known} was written: an older state of it was put back"
            ),
            Self::Added(id) => write!(f, "row {id} was added behind Rolecall"),
            Self::Missing(id) => write!(f, "row {id} is missing"),
            Self::Changed(id) => write!(f, "row {id} was changed"),
            Self::NotFollowing(id) => write!(f, "row {id} does not follow the one before: one of them was replaced"),
            Self::Unverified(id) => write!(
                f,
                "before row {id} somebody changed the ends of the chain, or a secret key was removed: rows before it may be \
                 missing"
            ),
        }
    }
}

/// Checks the whole chain. The row `known` was committed earlier; 0 if no row is known. Rows may be added during the
/// check.
pub async fn verify(db: &Db, keys: &ChainKeys, known: i64) -> Result<Result<Verified, Broken>, sqlx::Error> {
    loop {
        let ends = read_ends(db).await?;
        let verified = verify_between(db, keys, &ends, known).await?;
        // Retention may have deleted rows that were not read yet.
        if verified.is_ok() || read_ends(db).await?.pruned == ends.pruned {
            return Ok(verified);
        }
    }
}

pub(super) async fn read_ends(db: &Db) -> Result<Ends, sqlx::Error> {
    const ENDS: &str = "SELECT pruned, pruned_hash, head, head_hash, mac FROM audit_chain WHERE id = 1";
    reading_on_both!(db, |pool| sqlx::query_as(ENDS).fetch_one(pool).await)
}

async fn verify_between(
    db: &Db,
    keys: &ChainKeys,
    ends: &Ends,
    known: i64,
) -> Result<Result<Verified, Broken>, sqlx::Error> {
    let span: Span = reading_on_both!(db, |pool| sqlx::query_as(Span::SELECT).fetch_one(pool).await)?;
    // The first row may have been added in the meantime.
    let are_rows = span.newest.is_some() && read_ends(db).await? == *ends;
    if let Err(broken) = check_ends(ends, keys, are_rows, known) {
        return Ok(Err(broken));
    }
    if let Some(id) = span.oldest.filter(|id| *id <= ends.pruned) {
        return Ok(Err(Broken::Added(id)));
    }
    let (mut last, mut hash, mut rows) = (ends.pruned, ends.pruned_hash.clone(), 0);
    loop {
        let read: Vec<ChainedRow> =
            reading_on_both!(db, |pool| sqlx::query_as(ROWS).bind(last).bind(AT_ONCE).fetch_all(pool).await)?;
        if read.is_empty() {
            break;
        }
        for row in read {
            if let Err(broken) = check(&row, last, &hash) {
                return Ok(Err(broken));
            }
            if row.id == ends.head && row.hash != ends.head_hash {
                return Ok(Err(Broken::Changed(row.id)));
            }
            (last, hash, rows) = (row.id, row.hash, rows + 1);
        }
    }
    if last < ends.head {
        return Ok(Err(Broken::Missing(last + 1)));
    }
    if last > ends.head {
        // Rows added during the check have moved the end.
        let now = read_ends(db).await?;
        if !now.is_genuine(keys, true) {
            return Ok(Err(Broken::Ends));
        }
        if last > now.head {
            return Ok(Err(Broken::Added(now.head + 1)));
        }
    }
    Ok(Ok(Verified { rows, pruned: ends.pruned }))
}

/// Checks that the `ends` are unchanged (if there `are_rows`), and not older than the row `known`.
pub(super) fn check_ends(ends: &Ends, keys: &ChainKeys, are_rows: bool, known: i64) -> Result<(), Broken> {
    if !ends.is_genuine(keys, are_rows) {
        return Err(Broken::Ends);
    }
    if ends.head < known {
        return Err(Broken::Older { head: ends.head, known });
    }
    Ok(())
}

/// Checks that `row` is unchanged and follows the row `last` with this `hash`.
pub(super) fn check(row: &ChainedRow, last: i64, hash: &[u8]) -> Result<(), Broken> {
    if row.id != last + 1 {
        return Err(Broken::Missing(last + 1));
    }
    if row.content_hash() != row.hash {
        return Err(Broken::Changed(row.id));
    }
    if row.previous_hash != hash {
        return Err(Broken::NotFollowing(row.id));
    }
    if row.kind == EntryKind::ChainUnverified.name() {
        return Err(Broken::Unverified(row.id));
    }
    Ok(())
}
