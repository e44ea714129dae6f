//! What is told on the way, and whether anything is done at all.

use std::io::Write;

/// Tells of each step. On a dry run it tells what would be done, and nothing is.
pub(super) struct Progress<'a> {
    out: &'a mut (dyn Write + Send),
    dry_run: bool,
    changes: usize,
}

impl<'a> Progress<'a> {
    pub(super) fn new(out: &'a mut (dyn Write + Send), dry_run: bool) -> Self {
        Self { out, dry_run, changes: 0 }
    }

    /// Tells that `what` is about to be changed, and says whether it is to be.
    pub(super) fn begin(&mut self, what: &str) -> bool {
        self.changes += 1;
        self.say(&if self.dry_run { format!("would {what}") } else { what.to_owned() });
        !self.dry_run
    }

    /// Says something. A terminal that is gone must not stop what is under way.
    pub(super) fn say(&mut self, line: &str) {
        let _ = writeln!(self.out, "{line}");
    }

    /// How many changes were made, or would have been.
    pub(super) const fn changes(&self) -> usize {
        self.changes
    }

    /// Whether nothing is to be changed.
    pub(super) const fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}
