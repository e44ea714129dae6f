//! A panel compared with the columns of its data set.

use rolecall_data::query::{QueryMistake, check};

use super::content::{Content, Panel};
use super::filters::Columns;
use crate::spec_files::FieldMistake;

/// Mistakes against its data set in the panel with the number `index`, by field.
pub(super) fn data_mistakes_of<'a>(
    panel: &Panel,
    index: usize,
    columns_of: &impl Fn(&str) -> Columns<'a>,
) -> Vec<FieldMistake> {
    let Some(name) = &panel.spec.dataset else { return Vec::new() };
    match columns_of(name) {
        Columns::Unknown => Vec::new(),
        Columns::NoDataSet => {
            let what = format!("There is no data set `{name}`. Import it, or correct the name.");
            vec![FieldMistake::new(format!("panels[{index}].dataset"), what)]
        }
        Columns::Known(columns) => {
            let found = panel.query().and_then(|query| check(query, columns).err()).unwrap_or_default();
            let located =
                |mistake: QueryMistake| FieldMistake::new(field_of(panel, index, &mistake.at), mistake.problem);
            found.into_iter().map(located).collect()
        }
    }
}

/// The document field for the place `at` in the query of the panel `index`.
fn field_of(panel: &Panel, index: usize, at: &str) -> String {
    match (at, &panel.content) {
        ("zone", _) => at.to_owned(),
        (_, Content::Rows(_)) if at.starts_with("columns[") => format!("panels[{index}].{at}.column"),
        (_, Content::Rows(_)) => format!("panels[{index}].{at}"),
        // For groups, the order comes from `sort`.
        _ => match at.strip_prefix("order") {
            Some(rest) => format!("panels[{index}].sort{rest}"),
            None => format!("panels[{index}].{at}"),
        },
    }
}
