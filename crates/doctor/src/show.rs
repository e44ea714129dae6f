//! The report as text and as JSON.

use serde_json::json;

use super::report::{Finding, Report, Status, counted};

/// The version of the JSON format.
const FORM: u32 = 1;
/// How wide lines may be, in characters.
const WIDTH: usize = 100;
/// The indentation of findings.
const INDENT: usize = 11;

impl Report {
    /// The report for people, optionally with terminal colours.
    #[must_use]
    pub fn text(&self, colours: bool) -> String {
        let mut text = String::new();
        let mut section = "";
        for finding in self.findings() {
            if finding.section != section {
                section = &finding.section;
                let gap = if text.is_empty() { "" } else { "\n" };
                text.extend([gap, &painted(&capitalised(section), "1", colours), "\n"]);
            }
            text.push_str(&lines(finding, colours));
        }
        text + &format!("\n{}\n", self.summary())
    }

    /// The report for programs.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        json!({
            "form": FORM,
            "version": env!("CARGO_PKG_VERSION"),
            "status": self.status(),
            "findings": self.findings(),
        })
    }

    /// A sentence with the number of problems.
    fn summary(&self) -> String {
        let count = |status| self.findings().iter().filter(|finding| finding.status == status).count();
        match (count(Status::Bad), count(Status::Warning)) {
            (0, 0) => "Everything that could be checked is good.".to_owned(),
            (0, 1) => "Nothing is bad; one warning.".to_owned(),
            (0, warnings) => format!("Nothing is bad; {warnings} warnings."),
            (bad, 0) => format!("{} to be fixed.", counted(bad, "thing has", "things have")),
            (bad, warnings) => {
                let warnings = counted(warnings, "warning", "warnings");
                format!("{} to be fixed, and {warnings}.", counted(bad, "thing has", "things have"))
            }
        }
    }
}

/// A finding, with its remedy below.
fn lines(finding: &Finding, colours: bool) -> String {
    let colour = match finding.status {
        Status::Good => "32",
        Status::Note => "2",
        Status::Warning => "33",
        Status::Bad => "31;1",
    };
    let name = painted(&format!("{:<8}", finding.status.name()), colour, colours);
    let mut lines = format!("  {name} {}\n", wrapped(&finding.what, INDENT));
    if let Some(remedy) = &finding.remedy {
        lines.extend([&" ".repeat(INDENT), "→ ", &wrapped(remedy, INDENT + 2), "\n"]);
    }
    lines
}

/// `text` wrapped at [`WIDTH`], with `indent` spaces in front of further lines.
fn wrapped(text: &str, indent: usize) -> String {
    let mut wrapped = String::new();
    let mut width = indent;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if width > indent && width + 1 + length > WIDTH {
            wrapped.push('\n');
            wrapped.push_str(&" ".repeat(indent));
            width = indent;
        } else if width > indent {
            wrapped.push(' ');
            width += 1;
        }
        wrapped.push_str(word);
        width += length;
    }
    wrapped
}

fn painted(text: &str, colour: &str, colours: bool) -> String {
    if colours { format!("\u{1b}[{colour}m{text}\u{1b}[0m") } else { text.to_owned() }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_reads_well_and_says_how_much_there_is_to_do() {
        let mut report = Report::default();
        report.section("database").good("database.answers", "It answers.");
        assert_eq!(
            report.text(false),
            "Database\n  good     It answers.\n\nEverything that could be checked is good.\n"
        );
        report.section("database").warning("a", "x ".repeat(60), "Do it.");
        let text = report.text(false);
        assert!(text.ends_with("           → Do it.\n\nNothing is bad; one warning.\n"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        report.section("provider azure").bad("b", "It is down.", "Start it.");
        let text = report.text(true);
        assert!(text.contains("\u{1b}[31;1mbad     \u{1b}[0m It is down."), "{text}");
        assert!(text.ends_with("1 thing has to be fixed, and 1 warning.\n"), "{text}");
    }
}
