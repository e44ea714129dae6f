//! Conversion between a dashboard's filters and the fields of a form.

use rolecall_model::data::{ColumnType, DataColumn};
use rolecall_model::spec::{DashboardFilter, DashboardSpec, FilterKind, LastDay};

use super::typed::Typed;
use crate::dashboards::spec::RESERVED_FIELDS;
use crate::dashboards::stored::{candidates, wish};
use crate::datasets::one_line;
use crate::spec_files::FieldMistake;

/// The name of the form's rows: panels have filters of their own.
pub const FILTER_ROWS: &str = "dashboard_filters";
/// Their name in documents.
const FILTERS: &str = "filters";

/// The fields of the filters of `spec`.
#[must_use]
pub fn typed_filters(spec: &DashboardSpec) -> Typed {
    let mut typed = Typed::default();
    for (at, filter) in spec.filters.iter().enumerate() {
        let DashboardFilter { id, title, kind, column, dataset, default, last_day, except } = filter;
        let mut push = |name: &str, value: String| typed.push(format!("{FILTER_ROWS}[{at}].{name}"), value);
        push("column", column.clone());
        push("kind", kind.to_string());
        push("id", id.clone());
        push("title", title.clone().unwrap_or_default());
        push("dataset", dataset.clone().unwrap_or_default());
        push("default", default.map(|preset| preset.to_string()).unwrap_or_default());
        push("last_day", last_day.to_string());
        for panel in except {
            push("except", panel.clone());
        }
    }
    typed
}

/// The field of a row that sets column and kind together.
const PAIR: &str = "of";

/// The value of that field for a filter of `kind` by `column`.
#[must_use]
pub fn pair(kind: &str, column: &str) -> String {
    format!("{kind}:{column}")
}

/// `typed` with that field replaced by column and kind in each row.
#[must_use]
pub fn pairs_taken_apart(mut typed: Typed) -> Typed {
    for at in 0..typed.rows(FILTER_ROWS) {
        let name = |field: &str| format!("{FILTER_ROWS}[{at}].{field}");
        let Some(pair) = typed.raw(&name(PAIR)) else { continue };
        let (kind, column) = pair.split_once(':').unwrap_or(("", pair));
        let (kind, column) = (kind.to_owned(), column.to_owned());
        typed = typed.without(&name(PAIR)).with(&name("column"), &column).with(&name("kind"), &kind);
    }
    typed
}

/// The filters in `typed`, whose rows are compact. A missing kind is inferred from the column's type in `columns`; a
/// missing id is derived from the title. No id is one that `is_taken` by a filter outside of the form.
///
/// # Errors
/// The fields that cannot be read.
pub fn read_filters(
    typed: &Typed,
    columns: &[DataColumn],
    is_taken: impl Fn(&str) -> bool,
) -> Result<Vec<DashboardFilter>, Vec<FieldMistake>> {
    let (mut filters, mut mistakes) = (Vec::<DashboardFilter>::new(), Vec::new());
    for at in 0..typed.rows(FILTER_ROWS) {
        let name = |field: &str| format!("{FILTER_ROWS}[{at}].{field}");
        let text = |field: &str| Some(one_line(typed.get(&name(field)))).filter(|text| !text.is_empty());
        let column = typed.get(&name("column")).to_owned();
        let of = columns.iter().find(|known| known.name == column).map(|known| known.column_type);
        let usual = if of.is_some_and(ColumnType::is_time) { FilterKind::DateRange } else { FilterKind::Values };
        let mut wrong = |field: &str, what: &str| {
            mistakes.push(FieldMistake::new(format!("{FILTERS}[{at}].{field}"), what));
        };
        let unreadable = "Choose one from the list.";
        let kind = match typed.get(&name("kind")) {
            "" => usual,
            kind => kind.parse().unwrap_or_else(|_| {
                wrong("kind", unreadable);
                usual
            }),
        };
        let is_range = kind == FilterKind::DateRange;
        let default = match typed.get(&name("default")) {
            preset if is_range && !preset.is_empty() => {
                let read = preset.parse().ok();
                if read.is_none() {
                    wrong("default", unreadable);
                }
                read
            }
            _ => None,
        };
        let last_day = if is_range { typed.get(&name("last_day")).parse().unwrap_or_default() } else { LastDay::Today };
        let title = text("title");
        let id = match typed.get(&name("id")) {
            "" => {
                let is_free = |id: &String| {
                    !RESERVED_FIELDS.contains(&id.as_str())
                        && filters.iter().all(|other| other.id != *id)
                        && !is_taken(id)
                };
                candidates(&wish(title.as_deref().unwrap_or(&column))).find(is_free).unwrap_or_default()
            }
            id => {
                if is_taken(id) {
                    wrong("id", "Another filter has this name. Give it one of its own.");
                }
                id.to_owned()
            }
        };
        let excepted = name("except");
        let except = typed.all(&excepted).filter(|id| !id.is_empty()).map(ToOwned::to_owned).collect();
        filters.push(DashboardFilter { id, title, kind, column, dataset: text("dataset"), default, last_day, except });
    }
    if mistakes.is_empty() { Ok(filters) } else { Err(mistakes) }
}

/// Moves `mistake` from a field of a document to the matching field of this form.
#[must_use]
pub fn at_filter_field(mistake: &FieldMistake) -> FieldMistake {
    let Some(rest) = mistake.at.strip_prefix(FILTERS) else { return mistake.clone() };
    // One panel among several.
    let rest = rest.split_once(".except[").map_or_else(|| rest.to_owned(), |(row, _)| format!("{row}.except"));
    let row = rest.strip_suffix(".column").or_else(|| rest.strip_suffix(".kind"));
    let rest = row.map_or_else(|| rest.clone(), |row| format!("{row}.{PAIR}"));
    FieldMistake { at: format!("{FILTER_ROWS}{rest}"), what: mistake.what.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_a_filter_survives_the_form() {
        let text = "format = 1\ntitle = \"x\"\n\
            [[filters]]\nid = \"period\"\ntitle = \"When\"\nkind = \"date_range\"\ncolumn = \"day\"\n\
            default = \"last_30_days\"\nlast_day = \"newest\"\nexcept = [\"a\", \"b\"]\n\
            [[filters]]\nid = \"region\"\nkind = \"values\"\ncolumn = \"region\"\ndataset = \"sales\"\n\
            [[panels]]\nid = \"a\"\ntitle = \"A\"\nkind = \"note\"\n[[panels]]\nid = \"b\"\ntitle = \"B\"\nkind = \"note\"\n";
        let spec: DashboardSpec = toml_edit::de::from_str(text).unwrap();
        assert_eq!(read_filters(&typed_filters(&spec).compact(), &[], |_| false).unwrap(), spec.filters);
    }

    #[test]
    fn column_and_kind_are_chosen_together() {
        let form = b"dashboard_filters[0].of=date_range:day&dashboard_filters[1].of=&dashboard_filters[1].column=old\
                     &dashboard_filters[2].of=values:a:b&dashboard_filters[3].of=nothing";
        let read = read_filters(&pairs_taken_apart(Typed::of_form(form)).compact(), &[], |_| false).unwrap();
        let found: Vec<(FilterKind, &str)> = read.iter().map(|filter| (filter.kind, filter.column.as_str())).collect();
        let expected = [(FilterKind::DateRange, "day"), (FilterKind::Values, "a:b"), (FilterKind::Values, "nothing")];
        assert_eq!(found, expected);
        for field in ["column", "kind"] {
            let mistake = FieldMistake::new(format!("filters[1].{field}"), "Wrong.");
            assert_eq!(at_filter_field(&mistake).at, "dashboard_filters[1].of");
        }
    }

    #[test]
    fn kind_and_name_are_derived_from_the_column_and_rows_without_one_are_left_out() {
        let form =
            b"dashboard_filters[0].column=Flight+Date&dashboard_filters[1].column=&dashboard_filters[2].column=State\
                     &dashboard_filters[3].column=State&dashboard_filters[3].default=last_year";
        let column = |name: &str, column_type| DataColumn { name: name.to_owned(), column_type };
        let columns = [column("Flight Date", ColumnType::Date), column("State", ColumnType::Text)];
        let read = read_filters(&Typed::of_form(form).compact(), &columns, |_| false).unwrap();
        let found: Vec<(&str, FilterKind)> = read.iter().map(|filter| (filter.id.as_str(), filter.kind)).collect();
        assert_eq!(
            found,
            [("flight-date", FilterKind::DateRange), ("state", FilterKind::Values), ("state-2", FilterKind::Values)]
        );
        assert_eq!(read[2].default, None);
        let wrong =
            b"dashboard_filters[0].column=a&dashboard_filters[0].kind=date_range&dashboard_filters[0].default=soon";
        let mistakes = read_filters(&Typed::of_form(wrong), &[], |_| false).unwrap_err();
        assert_eq!(at_filter_field(&mistakes[0]).at, "dashboard_filters[0].default");
        // `is_taken`: names of filters that are not in the form.
        let read = |form: &[u8]| read_filters(&Typed::of_form(form), &columns, |id| id == "state");
        assert_eq!(read(b"dashboard_filters[0].column=State").unwrap()[0].id, "state-2");
        let mistakes = read(b"dashboard_filters[0].column=State&dashboard_filters[0].id=state").unwrap_err();
        assert_eq!(at_filter_field(&mistakes[0]).at, "dashboard_filters[0].id");
    }
}
