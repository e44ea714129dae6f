//! Reads a file for an existing data set with the settings of its last file, as far as they fit.

use std::collections::{HashMap, HashSet};

use rolecall_model::data::ColumnType;
use serde::{Deserialize, Serialize};

use super::headers::folded;
use super::reading::{ColumnReading, Dialect, Format, Given, Reading, Template};

/// A setting of the last file that does not fit this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deviation {
    /// The format differs, so everything was inferred.
    Format,
    /// With these settings none of the columns is found, so everything was inferred.
    Columns,
    /// The encoding differs.
    Encoding,
    /// The number style differs.
    Numbers,
    /// The date order of a column differs.
    Dates,
}

impl Template {
    /// For each of `names`, the type of the data set's column with that name, if there is one.
    #[must_use]
    pub fn types_of<'a>(&self, names: impl Iterator<Item = &'a str>) -> Vec<Option<ColumnType>> {
        let types: HashMap<String, ColumnType> =
            self.columns.iter().map(|column| (folded(&column.name), column.column_type)).collect();
        names.map(|name| types.get(&folded(name)).copied()).collect()
    }
}

impl Given {
    /// The reading of the last file, if it is used.
    pub(super) fn last(&self) -> Option<&Reading> {
        self.template.as_ref()?.last.as_ref()
    }

    /// Adds how the text of the last file was written, unless a person chose that.
    pub(super) fn like_last(&self) -> Self {
        let mut given = self.clone();
        if let Some(last) = self.last() {
            let dialect = last.dialect.as_ref();
            given.encoding = given.encoding.or_else(|| dialect.map(|dialect| dialect.encoding.clone()));
            given.delimiter = given.delimiter.or_else(|| dialect.map(|dialect| dialect.delimiter));
            given.quote = given.quote.or_else(|| dialect.map(|dialect| dialect.quote));
            given.header_row = given.header_row.or(Some(last.header_row));
            given.time_zone = given.time_zone.or(Some(last.time_zone));
        }
        given
    }

    /// The settings for a file before it is read: a person's choices, then those of the last file, then the defaults.
    #[must_use]
    pub fn expected(&self) -> Reading {
        let (last, like_last) = (self.last(), self.like_last());
        let format = self.format.or(last.map(|last| last.format)).unwrap_or(Format::Csv);
        let dialect = (format == Format::Csv).then(|| Dialect {
            encoding: like_last.encoding.unwrap_or_else(|| "UTF-8".to_owned()),
            delimiter: like_last.delimiter.unwrap_or(','),
            quote: like_last.quote.unwrap_or('"'),
        });
        let usual = Reading::of(format);
        Reading {
            dialect,
            sheet: like_last.sheet,
            header_row: like_last.header_row.unwrap_or(1),
            numbers: self.numbers.or(last.map(|last| last.numbers)).unwrap_or(usual.numbers),
            time_zone: like_last.time_zone.unwrap_or(usual.time_zone),
            ..usual
        }
    }

    /// Whether a file with these `headers`, if it has any, is a different table than the last one.
    pub(super) fn is_unlike_last(&self, headers: &[Vec<u8>]) -> bool {
        let names: Vec<String> =
            headers.iter().map(|header| String::from_utf8_lossy(header).trim().to_owned()).collect();
        let has_names = names.iter().any(|name| !name.is_empty());
        has_names && self.last().is_some_and(|last| !last.is_like(&names, &last.columns_like(&names)))
    }

    /// Keeps only the types of the data set from the template.
    pub(super) fn unlike_last(&self) -> Self {
        let columns = self.template.iter().flat_map(|template| template.columns.clone()).collect();
        Self { template: Some(Template { last: None, columns }), ..self.clone() }
    }
}

impl Reading {
    /// For each of `headers`, the column of this reading with the same name in its file. A column without a name is
    /// matched by position.
    pub(super) fn columns_like(&self, headers: &[String]) -> Vec<Option<&ColumnReading>> {
        let sources: Vec<String> = self.columns.iter().map(|column| folded(&column.source)).collect();
        let mut used = HashSet::new();
        let found = |(position, header): (usize, &String)| {
            let header = folded(header);
            let is_same = |at: &usize| {
                let is_there = !header.is_empty() || self.columns[*at].position == position;
                sources[*at] == header && is_there && !used.contains(at)
            };
            let at = (0..sources.len()).find(is_same)?;
            used.insert(at);
            Some(&self.columns[at])
        };
        headers.iter().enumerate().map(found).collect()
    }

    /// Whether a file with `headers`, of which `found` are columns of this reading, is the same table: it has at least
    /// one of the imported columns. A file without names must have all columns and no others.
    pub(super) fn is_like(&self, headers: &[String], found: &[Option<&ColumnReading>]) -> bool {
        let taken = || found.iter().flatten().filter(|column| column.taken);
        let has_names = self.taken().any(|column| !column.source.is_empty());
        if has_names {
            return taken().any(|column| !column.source.is_empty());
        }
        headers.len() <= self.columns.len() && taken().count() == self.taken().count()
    }
}
