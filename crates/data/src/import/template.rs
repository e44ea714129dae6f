//! What a file for a data set is read like that is there already: the last file of that data set, as far as this one can be.

use std::collections::{HashMap, HashSet};

use rolecall_model::data::ColumnType;
use serde::{Deserialize, Serialize};

use super::headers::folded;
use super::reading::{ColumnReading, Given, Reading, Template};

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
