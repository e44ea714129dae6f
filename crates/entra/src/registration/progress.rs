//! Reports the steps, and decides whether they are carried out.

use std::io::Write;

/// Reports each step. On a dry run nothing is carried out.
pub(super) struct Progress<'a> {
    out: &'a mut (dyn Write + Send),
    dry_run: bool,
    changes: usize,
}

impl<'a> Progress<'a> {
    pub(super) fn new(out: &'a mut (dyn Write + Send), dry_run: bool) -> Self {
        Self { out, dry_run, changes: 0 }
    }

    /// Reports the change `what`. Returns whether to carry it out.
    pub(super) fn begin(&mut self, what: &str) -> bool {
        self.changes += 1;
        self.say(&if self.dry_run { format!("would {what}") } else { what.to_owned() });
        !self.dry_run
    }

    /// Prints a line. A closed terminal must not stop the work.
    pub(super) fn say(&mut self, line: &str) {
        let _ = writeln!(self.out, "{line}");
    }

    /// How many changes were made, or would be on a dry run.
    pub(super) const fn changes(&self) -> usize {
        self.changes
    }

    pub(super) const fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}
