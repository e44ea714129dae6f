//! Matches the columns of a file to those of an existing data set.

use rolecall_model::data::DataColumn;

use super::cells::DateOrder;
use super::headers::folded;
use super::reading::{ColumnReading, Reading};
use super::report::{ImportReport, Mistake, shown};

impl Reading {
    /// Adds those of `columns` that the file lacks, as columns without cells: a field that no NDJSON object has is
    /// missing in every row.
    #[must_use]
    pub fn with_missing(mut self, columns: &[DataColumn]) -> Self {
        let known: Vec<String> = self.taken().map(|taken| folded(&taken.name)).collect();
        let first = self.columns.iter().map(|column| column.position + 1).max().unwrap_or(0);
        let missing = columns.iter().filter(|column| !known.contains(&folded(&column.name)));
        let column = |(position, column): (usize, &DataColumn)| ColumnReading {
            position,
            source: column.name.clone(),
            name: column.name.clone(),
            column_type: column.column_type,
            date_order: DateOrder::default(),
            taken: true,
        };
        self.columns.extend((first..).zip(missing).map(column));
        self
    }

    /// The reading for a data set that has `columns`: in their order, with their names and types. Columns are matched
    /// by name, never by position, ignoring case, space and Unicode form.
    ///
    /// # Errors
    /// The columns that the file lacks, has twice, or has in addition. Columns that are not taken do not count.
    pub fn for_columns(&self, columns: &[DataColumn]) -> Result<Self, ImportReport> {
        let mut report = ImportReport::default();
        let line = u64::from(self.header_row.max(1));
        let mut add = |name: &str, reason: &str| {
            let (column, reason) = (Some(shown(name.as_bytes())), reason.to_owned());
            report.add(Mistake { line, column, value: None, reason });
        };
        let mut matched = Vec::new();
        for column in columns {
            let name = folded(&column.name);
            let found: Vec<&ColumnReading> = self.taken().filter(|taken| folded(&taken.name) == name).collect();
            match found[..] {
                [found] => {
                    let (name, column_type) = (column.name.clone(), column.column_type);
                    matched.push(ColumnReading { name, column_type, ..found.clone() });
                }
                [] => add(&column.name, "the file has no such column"),
                _ => add(&column.name, "the file has two such columns"),
            }
        }
        let known: Vec<String> = columns.iter().map(|column| folded(&column.name)).collect();
        for surplus in self.taken().filter(|taken| !known.contains(&folded(&taken.name))) {
            add(&surplus.name, "the data set has no such column");
        }
        if report.is_empty() { Ok(Self { columns: matched, ..self.clone() }) } else { Err(report) }
    }
}
