//! Mistakes in a panel, in the words of its form: documents name fields, forms have labels.

use rolecall_model::spec::PanelSpec;

use super::kind::FormKind;
use crate::spec_files::FieldMistake;

/// `found` in the document of `panel`, in the words of the form for this `kind`. Missing fields are not reported before
/// a data set is chosen: the form does not show them yet.
#[must_use]
pub fn in_form(found: Vec<FieldMistake>, panel: &PanelSpec, kind: FormKind) -> Vec<FieldMistake> {
    let is_waiting = kind.has_data() && panel.dataset.is_none();
    let mistakes = found.into_iter().filter_map(|mistake| {
        let what = match mistake.at.as_str() {
            "dataset" if panel.dataset.is_none() => "Choose the data set to show.",
            "measures" | "by" | "columns" if is_waiting => return None,
            "measures" if panel.measures.is_empty() => "Choose what to calculate, such as the number of rows.",
            "by" if panel.by.is_none() => needed_groups(kind),
            "by" if panel.compare => "Choose a column with dates, and by which period it is grouped, such as a month.",
            // Without a measure it looks like a list of rows. The measures' field reports that.
            "columns" if kind == FormKind::Groups => return None,
            "columns" if panel.columns.is_empty() => "Choose at least one column.",
            "text" if panel.text.is_none() => "Write the text to show.",
            _ => return Some(mistake),
        };
        Some(FieldMistake::new(mistake.at, what))
    });
    mistakes.collect()
}

const fn needed_groups(kind: FormKind) -> &'static str {
    match kind {
        FormKind::Line | FormKind::Area => "Choose the column along the horizontal axis, such as a date.",
        FormKind::Bar => "Choose the column that makes the bars, such as a region.",
        FormKind::Figure => "Choose the column with the dates to compare.",
        _ => "Choose the column that makes the rows, such as a region.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboards::making::{Typed, empty, read_panel};
    use crate::dashboards::{Dashboard, Origin};

    /// The mistakes of the form `typed`, as messages.
    fn mistakes_of(typed: &str) -> Vec<String> {
        let typed = Typed::of_form(typed.as_bytes()).compact();
        let kind = typed.get("kind").parse().unwrap();
        let read = read_panel(&typed, &[]);
        let mut spec = empty("x", rolecall_model::Role::Read);
        spec.panels.push(read.spec.clone());
        let found = Dashboard::of("", spec, Origin::Draft).err().unwrap_or_default();
        let found = found
            .into_iter()
            .map(|mistake| FieldMistake { at: mistake.at.trim_start_matches("panels[0].").to_owned(), ..mistake });
        let found = read.mistakes.into_iter().chain(in_form(found.collect(), &read.spec, kind));
        found.map(|FieldMistake { at, what }| format!("{at}: {what}")).collect()
    }

    #[test]
    fn missing_fields_are_reported_by_their_labels() {
        for (typed, expected) in [
            ("kind=bar", &["dataset: Choose the data set to show."][..]),
            ("kind=rows", &["dataset: Choose the data set to show."]),
            (
                "kind=bar&dataset=sales",
                &[
                    "measures: Choose what to calculate, such as the number of rows.",
                    "by: Choose the column that makes the bars, such as a region.",
                ],
            ),
            ("kind=groups&dataset=sales", &["measures: Choose what to calculate for each row."]),
            ("kind=rows&dataset=sales", &["columns: Choose at least one column."]),
            ("kind=text", &["text: Write the text to show."]),
            (
                "kind=figure&dataset=sales&measures[0].compute=count&compare=on&by.column=day",
                &["by: Choose a column with dates, and by which period it is grouped, such as a month."],
            ),
        ] {
            assert_eq!(mistakes_of(&format!("{typed}&id=a&title=A")), expected, "{typed}");
        }
    }
}
