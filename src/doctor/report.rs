//! What was found.

use serde::Serialize;

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// As it should be.
    Good,
    /// Worth knowing, and neither good nor bad; also what cannot be told from here.
    Note,
    /// It works, and will not for ever, or not for everybody.
    Warning,
    /// Signing in, or an app, does not work, or not safely.
    Bad,
}

impl Status {
    /// Its name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Bad => "bad",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The part it belongs to: `configuration`, `database`, `provider azure`, …
    pub section: String,
    /// The check's name, which stays the same from version to version.
    pub check: &'static str,
    /// How it is.
    pub status: Status,
    /// What was found, in a sentence.
    pub what: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// Everything that was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    findings: Vec<Finding>,
}

impl Report {
    /// What was found, in order.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether nothing is bad.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.status() != Status::Bad
    }

    /// The worst of what was found.
    #[must_use]
    pub fn status(&self) -> Status {
        self.findings.iter().map(|finding| finding.status).max().unwrap_or(Status::Good)
    }

    /// Begins the part `name`.
    pub fn section(&mut self, name: impl Into<String>) -> Section<'_> {
        Section { report: self, name: name.into() }
    }
}

/// A part of the report, being written.
pub struct Section<'a> {
    report: &'a mut Report,
    name: String,
}

impl Section<'_> {
    /// Says that `check` is as it should be.
    pub fn good(&mut self, check: &'static str, what: impl Into<String>) {
        self.add(check, Status::Good, what.into(), None);
    }

    /// Says something of `check` that is worth knowing.
    pub fn note(&mut self, check: &'static str, what: impl Into<String>) {
        self.add(check, Status::Note, what.into(), None);
    }

    /// Says what of `check` should be better, and how.
    pub fn warning(&mut self, check: &'static str, what: impl Into<String>, remedy: impl Into<String>) {
        self.add(check, Status::Warning, what.into(), Some(remedy.into()));
    }

    /// Says what of `check` has to be mended, and how.
    pub fn bad(&mut self, check: &'static str, what: impl Into<String>, remedy: impl Into<String>) {
        self.add(check, Status::Bad, what.into(), Some(remedy.into()));
    }

    /// Says how `check` is.
    pub fn add(&mut self, check: &'static str, status: Status, what: String, remedy: Option<String>) {
        self.report.findings.push(Finding { section: self.name.clone(), check, status, what, remedy });
    }
}
