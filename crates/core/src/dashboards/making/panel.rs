//! Converts the fields of a form to a panel's document.

#[cfg(test)]
mod tests;

use std::str::FromStr;

use rolecall_model::data::{
    ColumnType, DataColumn, Dimension, Filter, GroupOrder, Measure, Order, RowOrder, Scalar, Split,
};
use rolecall_model::spec::{PanelKind, PanelSpec, TableColumn};

use super::kind::FormKind;
use super::typed::Typed;
use crate::dashboards::spec::is_offered;
use crate::datasets::one_line;
use crate::spec_files::FieldMistake;

/// The panel in a form, and the fields that cannot be read.
#[derive(Debug)]
pub struct ReadPanel {
    /// The panel; unreadable fields are left out.
    pub spec: PanelSpec,
    /// The mistakes, by field name.
    pub mistakes: Vec<FieldMistake>,
}

/// The panel in `typed`, whose rows are compact. Values are parsed by the types of `columns`, if known. Fields that
/// this kind of panel does not have are ignored.
#[must_use]
pub fn read_panel(typed: &Typed, columns: &[DataColumn]) -> ReadPanel {
    let kind = typed.get("kind").parse().unwrap_or(FormKind::Figure);
    let spec = PanelSpec::new(typed.get("id"), &one_line(typed.get("title")), kind.panel_kind());
    let mut reader = Reader { typed, columns, read: ReadPanel { spec, mistakes: Vec::new() } };
    if kind == FormKind::Groups && typed.rows("measures") == 0 {
        reader.mistake("measures", "Choose what to calculate for each row.");
    }
    if kind != FormKind::Rows {
        reader.measures();
    }
    reader.switches();
    reader.rest();
    reader.read
}

struct Reader<'a> {
    typed: &'a Typed,
    columns: &'a [DataColumn],
    read: ReadPanel,
}

impl Reader<'_> {
    fn mistake(&mut self, at: impl Into<String>, what: &str) {
        self.read.mistakes.push(FieldMistake { at: at.into(), what: what.to_owned() });
    }

    fn offers(&self, name: &str) -> bool {
        is_offered(&self.read.spec, name)
    }

    /// The text in the field `name`, unless it is empty.
    fn text(&self, name: &str) -> Option<String> {
        Some(one_line(self.typed.get(name))).filter(|text| !text.is_empty())
    }

    /// The chosen or written value of the field `name`, unless it is empty.
    fn value<T: FromStr>(&mut self, name: &str, advice: &str) -> Option<T> {
        let typed = self.typed.get(name);
        let read = typed.parse().ok();
        if read.is_none() && !typed.is_empty() {
            self.mistake(name, advice);
        }
        read
    }

    fn number<T: FromStr>(&mut self, name: &str) -> Option<T> {
        self.value(name, "Type a whole number from 1 on, or leave this empty.")
    }

    fn decimals(&mut self, name: &str) -> Option<u8> {
        self.value(name, "Type a whole number from 0 on, or leave this empty.")
    }

    fn chosen<T: FromStr>(&mut self, name: &str) -> Option<T> {
        self.value(name, "Choose one from the list.")
    }

    fn order(&self, name: &str) -> Order {
        self.typed.get(name).parse().unwrap_or_default()
    }

    fn measures(&mut self) {
        for at in 0..self.typed.rows("measures") {
            let field = |name: &str| format!("measures[{at}].{name}");
            let Some(compute) = self.chosen(&field("compute")) else { continue };
            let shown = field("show");
            let show = self.typed.all(&shown).filter(|column| !column.is_empty()).map(ToOwned::to_owned);
            let show = if self.read.spec.kind == PanelKind::Figure { show.collect() } else { Vec::new() };
            let measure = Measure {
                compute,
                of: Some(self.typed.get(&field("of")).to_owned()).filter(|of| !of.is_empty()),
                title: self.text(&field("title")),
                unit: self.text(&field("unit")),
                decimals: self.decimals(&field("decimals")),
                show,
            };
            self.read.spec.measures.push(measure);
        }
        if !self.offers("measures") {
            self.read.spec.measures.clear();
        }
    }

    /// The switches that other fields depend on.
    fn switches(&mut self) {
        let is_on = |reader: &Self, name: &str| reader.offers(name) && reader.typed.has(name);
        self.read.spec.compare = is_on(self, "compare");
        self.read.spec.stacked = is_on(self, "stacked");
        self.read.spec.horizontal = is_on(self, "horizontal");
        self.read.spec.totals = is_on(self, "totals");
    }

    fn rest(&mut self) {
        self.read.spec.role = self.chosen("role");
        self.read.spec.width = self.number("width");
        if self.offers("unit") {
            self.read.spec.unit = self.text("unit");
        }
        if self.offers("dataset") {
            self.read.spec.dataset = Some(self.typed.get("dataset").to_owned()).filter(|name| !name.is_empty());
        }
        if self.offers("text") {
            self.read.spec.text = self.typed.raw("text").map(ToOwned::to_owned).filter(|text| !text.trim().is_empty());
        }
        if self.offers("by") {
            self.read.spec.by = self.by();
        }
        if self.offers("split") && !self.typed.get("split.column").is_empty() {
            let top = self.number("split.top");
            self.read.spec.split = Some(Split { column: self.typed.get("split.column").to_owned(), top });
        }
        if self.offers("filters") {
            self.read.spec.filters = (0..self.typed.rows("filters")).filter_map(|at| self.filter(at)).collect();
        }
        if self.offers("sort") {
            self.read.spec.sort = self.sort();
        }
        if self.offers("limit") {
            self.read.spec.limit = self.number("limit");
        }
        if self.offers("columns") {
            self.read.spec.columns = (0..self.typed.rows("columns")).map(|at| self.column(at)).collect();
        }
        if self.offers("order") {
            let order = |at| RowOrder {
                column: self.typed.get(&format!("order[{at}].column")).to_owned(),
                order: self.order(&format!("order[{at}].order")),
            };
            self.read.spec.order = (0..self.typed.rows("order")).map(order).collect();
        }
        if self.offers("rows_per_page") {
            self.read.spec.rows_per_page = self.number("rows_per_page");
        }
        if self.offers("missing") {
            self.read.spec.missing = self.typed.get("missing").parse().ok();
        }
        if self.offers("scale") {
            self.read.spec.scale = self.typed.get("scale").parse().ok();
        }
    }

    fn by(&mut self) -> Option<Dimension> {
        let typed = self.typed.get("by.column");
        let is_time = self.type_of(typed).is_some_and(ColumnType::is_time);
        // If only one column has dates, it is used by default.
        let only = if self.read.spec.compare && !is_time { self.only_time() } else { None };
        let column = only.unwrap_or(typed).to_owned();
        if column.is_empty() {
            return None;
        }
        let has_steps = self.type_of(&column).is_none_or(ColumnType::is_time);
        let step = if has_steps { self.chosen("by.step") } else { None };
        Some(Dimension { column, step })
    }

    fn sort(&self) -> Option<GroupOrder> {
        let order = self.order("sort.order");
        match self.typed.get("sort.by") {
            "name" => Some(GroupOrder::Name { order }),
            "value" => Some(GroupOrder::Value { order }),
            "hand" => {
                let of = self.read.spec.by.as_ref().and_then(|by| self.type_of(&by.column));
                let values = lines(self.typed.raw("sort.values").unwrap_or_default());
                Some(GroupOrder::Hand { values: values.map(|value| scalar(value, of)).collect() })
            }
            _ => None,
        }
    }

    fn column(&mut self, at: usize) -> TableColumn {
        let field = |name: &str| format!("columns[{at}].{name}");
        TableColumn {
            column: self.typed.get(&field("column")).to_owned(),
            title: self.text(&field("title")),
            unit: self.text(&field("unit")),
            decimals: self.decimals(&field("decimals")),
        }
    }

    fn filter(&mut self, at: usize) -> Option<Filter> {
        let field = |name: &str| format!("filters[{at}].{name}");
        let column = self.typed.get(&field("column")).to_owned();
        let of = self.type_of(&column);
        let typed = self.typed.raw(&field("value")).unwrap_or_default();
        let list = || Some(lines(typed).map(|value| scalar(value, of)).collect::<Vec<_>>());
        let one = || Some(scalar(typed.trim(), of));
        let how = self.typed.get(&field("how"));
        let needs_value = !matches!(how, "missing" | "not_missing");
        if needs_value && typed.trim().is_empty() {
            self.mistake(field("value"), "Type the value to compare with.");
            return None;
        }
        let filter = Filter { column, ..Filter::default() };
        Some(match how {
            "is" => Filter { is: list(), ..filter },
            "is_not" => Filter { is_not: list(), ..filter },
            "at_least" => Filter { at_least: one(), ..filter },
            "more_than" => Filter { more_than: one(), ..filter },
            "at_most" => Filter { at_most: one(), ..filter },
            "less_than" => Filter { less_than: one(), ..filter },
            "contains" => Filter { contains: Some(typed.trim().to_owned()), ..filter },
            "missing" => Filter { missing: Some(true), ..filter },
            "not_missing" => Filter { missing: Some(false), ..filter },
            _ => {
                self.mistake(field("how"), "Choose a comparison.");
                return None;
            }
        })
    }

    /// The only column with days or times, if there is exactly one.
    fn only_time(&self) -> Option<&str> {
        let mut of_time = self.columns.iter().filter(|column| column.column_type.is_time());
        of_time.next().filter(|_| of_time.next().is_none()).map(|column| column.name.as_str())
    }

    fn type_of(&self, name: &str) -> Option<ColumnType> {
        self.columns.iter().find(|column| column.name == name).map(|column| column.column_type)
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// `text` as a value of a column of the type `of`; unchanged text if invalid, which the check of the query then
/// reports.
fn scalar(text: &str, of: Option<ColumnType>) -> Scalar {
    let read = match of {
        Some(ColumnType::Integer) => text.parse().ok().map(Scalar::Integer),
        Some(ColumnType::Decimal) => text.parse().ok().filter(|number: &f64| number.is_finite()).map(Scalar::Decimal),
        Some(ColumnType::Boolean) => text.parse().ok().map(Scalar::Boolean),
        _ => None,
    };
    read.unwrap_or_else(|| Scalar::Text(text.to_owned()))
}
