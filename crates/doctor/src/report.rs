//! The report and its findings, and wording that several checks need: numbers of things, and why something failed.

use std::error::Error;
use std::fmt::Display;

use rolecall_sign_in::plain;
use serde::Serialize;
use strum::IntoStaticStr;

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, IntoStaticStr)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Status {
    /// Correct.
    Good,
    /// Worth knowing, neither good nor bad; also what cannot be checked.
    Note,
    /// It works, but not forever or not for everyone.
    Warning,
    /// Signing in or an app does not work, or is not safe.
    Bad,
}

impl Status {
    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// The result of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The part it belongs to: `configuration`, `database`, `provider azure`, …
    pub section: String,
    /// The check's name, which stays the same from version to version.
    pub check: &'static str,
    pub status: Status,
    /// What was found, in a sentence.
    pub what: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    findings: Vec<Finding>,
}

impl Report {
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether nothing is bad.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.status() != Status::Bad
    }

    /// The worst of all findings.
    #[must_use]
    pub fn status(&self) -> Status {
        self.findings.iter().map(|finding| finding.status).max().unwrap_or(Status::Good)
    }

    /// Begins the section `name`.
    pub fn section(&mut self, name: impl Into<String>) -> Section<'_> {
        Section { report: self, name: name.into() }
    }
}

/// A section of the report that is being written.
pub struct Section<'a> {
    report: &'a mut Report,
    name: String,
}

impl Section<'_> {
    pub fn good(&mut self, check: &'static str, what: impl Into<String>) {
        self.add(check, Status::Good, what.into(), None);
    }

    pub fn note(&mut self, check: &'static str, what: impl Into<String>) {
        self.add(check, Status::Note, what.into(), None);
    }

    pub fn warning(&mut self, check: &'static str, what: impl Into<String>, remedy: impl Into<String>) {
        self.add(check, Status::Warning, what.into(), Some(remedy.into()));
    }

    pub fn bad(&mut self, check: &'static str, what: impl Into<String>, remedy: impl Into<String>) {
        self.add(check, Status::Bad, what.into(), Some(remedy.into()));
    }

    pub fn add(&mut self, check: &'static str, status: Status, what: String, remedy: Option<String>) {
        self.report.findings.push(Finding { section: self.name.clone(), check, status, what, remedy });
    }
}

/// The longest reason in a report, in characters.
const MOST: usize = 200;

/// The innermost cause of `error`. The outer ones repeat addresses, which may contain passwords.
pub(super) fn innermost(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    plain(innermost.to_string().trim_end_matches('.'), MOST)
}

/// `count` with the noun for it: `1 group`, `2 groups`.
pub(super) fn counted<N: Display + PartialEq + From<u8>>(count: N, one: &str, many: &str) -> String {
    let noun = if count == N::from(1) { one } else { many };
    format!("{count} {noun}")
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn one_thing_is_in_the_singular() {
        assert_eq!([0, 1, 2].map(|count| counted(count, "key", "keys")), ["0 keys", "1 key", "2 keys"]);
    }
}
