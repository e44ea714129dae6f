//! Documents as TOML, for files and exports.

use rolecall_model::spec::DashboardSpec;
use toml_edit::{Array, Item, Table, Value};

use crate::dashboards::spec::{Columns, Dashboard};
use crate::spec_files::SpecMistake;

/// The name of an uploaded document in mistakes.
const NAME: &str = "The file";

/// `spec` as TOML.
///
/// # Errors
/// When it cannot be written as TOML; no such document is known.
pub fn to_toml(spec: &DashboardSpec) -> Result<String, toml_edit::ser::Error> {
    let mut document = toml_edit::ser::to_document(spec)?;
    for name in ["filters", "panels"] {
        let Some(Ok(mut tables)) = document.remove(name).map(Item::into_array_of_tables) else { continue };
        tables.iter_mut().for_each(lay_out);
        if !tables.is_empty() {
            document.insert(name, Item::ArrayOfTables(tables));
        }
    }
    Ok(document.to_string())
}

/// Formats filters and panels: a list of tables has one per line, everything else is on one line.
fn lay_out(table: &mut Table) {
    for (_, item) in table.iter_mut() {
        let value = std::mem::take(item).into_value();
        *item = match value {
            Ok(Value::Array(list)) if list.iter().any(Value::is_inline_table) => Item::Value(Value::Array(lines(list))),
            Ok(value) => Item::Value(value),
            Err(other) => other,
        };
    }
}

fn lines(mut list: Array) -> Array {
    for value in list.iter_mut() {
        value.decor_mut().set_prefix("\n  ");
    }
    list.set_trailing("\n");
    list.set_trailing_comma(true);
    list
}

/// The document in `text`, if it is a valid dashboard that fits its data sets.
///
/// # Errors
/// Every mistake with its line.
pub fn from_toml<'a>(
    text: String,
    columns_of: &impl Fn(&str) -> Columns<'a>,
) -> Result<DashboardSpec, Vec<SpecMistake>> {
    let (dashboard, file) = Dashboard::read("", NAME, text).map_err(|wrong| {
        let of_data = wrong.check_data(columns_of);
        [wrong.mistakes, of_data].concat()
    })?;
    let mistakes = dashboard.check_data(&file, columns_of);
    if mistakes.is_empty() { Ok(dashboard.spec) } else { Err(mistakes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: String) -> DashboardSpec {
        from_toml(text, &|_| Columns::Unknown).unwrap()
    }

    #[test]
    fn an_exported_document_is_the_same_when_imported() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/dashboards");
        let mut files = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let spec = read(text);
            let exported = to_toml(&spec).unwrap();
            assert_eq!(read(exported.clone()), spec, "{exported}");
            files += 1;
        }
        assert!(files >= 2);
    }

    #[test]
    fn an_export_reads_like_a_file_written_by_hand() {
        let text = "format = 1\ntitle = \"Sales \\\"2026\\\"\"\n[[filters]]\nid = \"n\"\nkind = \"values\"\n\
                    column = \"n\"\nexcept = []\n[[panels]]\nid = \"a\"\ntitle = \"x\"\nkind = \"table\"\n\
                    dataset = \"sales\"\ncolumns = [{ column = \"day\", decimals = 1 }, { column = \"region\" }]\n\
                    filters = [{ column = \"n\", is = [1, 2.5, \"x\", true] }]\n";
        let spec = read(text.to_owned());
        let expected = "format = 1\ntitle = 'Sales \"2026\"'\nsummary = \"\"\nrole = \"read\"\n\n[[filters]]\nid = \"n\"\nkind = \"values\"\n\
                        column = \"n\"\n\n[[panels]]\nid = \"a\"\n\
                        title = \"x\"\nkind = \"table\"\ndataset = \"sales\"\nfilters = [\n  { column = \"n\", is = [1, \
                        2.5, \"x\", true] },\n]\ncolumns = [\n  { column = \"day\", decimals = 1 },\n  \
                        { column = \"region\" },\n]\n";
        assert_eq!(to_toml(&spec).unwrap(), expected);
    }
}
