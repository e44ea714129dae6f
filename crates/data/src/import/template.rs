//! What a file for a data set is read like that is there already: the last file of that data set, as far as this one can be.

use std::collections::{HashMap, HashSet};

use rolecall_model::data::ColumnType;
use serde::{Deserialize, Serialize};

use super::headers::folded;
use super::reading::{ColumnReading, Dialect, Format, Given, Reading, Template};

/// In what a file cannot be read like the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deviation {
    /// It is of another format, so that all of it was inferred.
    Format,
    /// None of the columns is there when it is read so: all of it was inferred.
    Columns,
    /// Its text is in another encoding.
    Encoding,
    /// Its numbers have other marks.
    Numbers,
    /// Dates of a column are written in another order.
    Dates,
}

impl Template {
    /// For each of `names`, the type of the column of the data set that is called so, if it has one.
    #[must_use]
    pub fn types_of<'a>(&self, names: impl Iterator<Item = &'a str>) -> Vec<Option<ColumnType>> {
        let types: HashMap<String, ColumnType> =
            self.columns.iter().map(|column| (folded(&column.name), column.column_type)).collect();
        names.map(|name| types.get(&folded(name)).copied()).collect()
    }
}

impl Given {
    /// How the last file was read that this one is read like.
    pub(super) fn last(&self) -> Option<&Reading> {
        self.template.as_ref()?.last.as_ref()
    }

    /// The same, with how the text of the last file was written where a person has not decided that.
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

    /// How a file is read as far as that can be told before it was read: as is decided, like the last file, and as most are.
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

    /// Whether a file with these `headers`, where it has some, is another table than the last one.
    pub(super) fn is_unlike_last(&self, headers: &[Vec<u8>]) -> bool {
        let names: Vec<String> =
            headers.iter().map(|header| String::from_utf8_lossy(header).trim().to_owned()).collect();
        let has_names = names.iter().any(|name| !name.is_empty());
        has_names && self.last().is_some_and(|last| !last.is_like(&names, &last.columns_like(&names)))
    }

    /// The same, with the types of the data set alone.
    pub(super) fn unlike_last(&self) -> Self {
        let columns = self.template.iter().flat_map(|template| template.columns.clone()).collect();
        Self { template: Some(Template { last: None, columns }), ..self.clone() }
    }
}

impl Reading {
    /// For each of `headers`, the column of this reading that has the same name in its file. One without a name is found by its
    /// place.
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

    /// Whether a file with `headers`, of which `found` are columns of this reading, is a table like the one that was read so: it has
    /// one at least of the columns that were taken. Without names it has all of them, and no others.
    pub(super) fn is_like(&self, headers: &[String], found: &[Option<&ColumnReading>]) -> bool {
        let taken = || found.iter().flatten().filter(|column| column.taken);
        let has_names = self.taken().any(|column| !column.source.is_empty());
        if has_names {
            return taken().any(|column| !column.source.is_empty());
        }
        headers.len() <= self.columns.len() && taken().count() == self.taken().count()
    }
}
