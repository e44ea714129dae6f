//! Data sets for tests: real Parquet files in a temporary folder.

use std::sync::Arc;

use rolecall_model::data::{
    Aggregate, Cell, ColumnType, DataColumn, Dimension, Filter, GroupQuery, Measure, Query, QueryResult, Scalar,
    Select, TimeStep,
};
use tempfile::TempDir;

use crate::query::{DataVersion, Engine, Limits, QueryError, RowFilter};
use crate::rows::RowWriter;
use crate::store::Store;

/// An engine with one data set.
pub(super) struct DataSet {
    pub(super) engine: Engine,
    pub(super) version: DataVersion,
    pub(super) store: Store,
    _folder: TempDir,
}

impl DataSet {
    /// A data set with one file.
    pub(super) fn of(columns: &[(&str, ColumnType)], rows: Vec<Vec<Cell>>) -> Self {
        Self::of_files(columns, vec![rows])
    }

    /// A data set with several files, as created by appending.
    pub(super) fn of_files(columns: &[(&str, ColumnType)], files: Vec<Vec<Vec<Cell>>>) -> Self {
        let folder = TempDir::new().unwrap();
        let columns: Vec<_> = columns
            .iter()
            .map(|(name, column_type)| DataColumn { name: (*name).to_owned(), column_type: *column_type })
            .collect();
        let mut version = DataVersion { dataset: "tests".to_owned(), version: 1, columns, files: vec![], rows: 0 };
        for (index, rows) in files.into_iter().enumerate() {
            let name = format!("{index}.parquet");
            let mut writer = RowWriter::create(&folder.path().join(&name), version.columns.clone()).unwrap();
            for row in rows {
                writer.push(row).unwrap();
            }
            version.rows += writer.finish().unwrap().rows;
            version.files.push(name);
        }
        Self::in_folder(folder, version)
    }

    /// The data set `version` with its files in `folder`.
    pub(super) fn in_folder(folder: TempDir, version: DataVersion) -> Self {
        let store = Store::local(folder.path()).unwrap();
        let engine = Engine::new(&store, &Limits { threads: 2, ..Limits::default() }).unwrap();
        Self { engine, version, store, _folder: folder }
    }

    /// The same data set with an engine that has these limits.
    pub(super) fn with_limits(self, limits: &Limits) -> Self {
        Self { engine: Engine::new(&self.store, limits).unwrap(), ..self }
    }

    pub(super) async fn run(&self, query: &Query) -> Result<Arc<QueryResult>, QueryError> {
        self.engine.run(&self.version, query, &[]).await
    }

    pub(super) async fn rows(&self, query: &Query) -> Vec<Vec<Cell>> {
        self.run(query).await.unwrap().rows.clone()
    }

    pub(super) async fn rows_for(&self, query: &Query, rules: &[RowFilter]) -> Vec<Vec<Cell>> {
        self.engine.run(&self.version, query, rules).await.unwrap().rows.clone()
    }
}

pub(super) fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

pub(super) const fn int(value: i64) -> Cell {
    Cell::Integer(value)
}

pub(super) const fn dec(value: f64) -> Cell {
    Cell::Decimal(value)
}

pub(super) fn date(day: &str) -> Cell {
    Cell::Date(day.parse().unwrap())
}

pub(super) fn moment(moment: &str) -> Cell {
    Cell::Timestamp(moment.parse().unwrap())
}

pub(super) fn measure(compute: Aggregate, of: &str) -> Measure {
    let of = (!of.is_empty()).then(|| of.to_owned());
    Measure { compute, of, title: None, unit: None, decimals: None, show: vec![] }
}

pub(super) fn count() -> Measure {
    measure(Aggregate::Count, "")
}

pub(super) fn by(column: &str) -> Dimension {
    Dimension { column: column.to_owned(), step: None }
}

pub(super) fn each(step: TimeStep, column: &str) -> Dimension {
    Dimension { column: column.to_owned(), step: Some(step) }
}

pub(super) fn group(measures: Vec<Measure>, by: impl Into<Option<Dimension>>) -> GroupQuery {
    GroupQuery { measures, by: by.into(), split: None, order: None, limit: None }
}

pub(super) fn query(groups: GroupQuery) -> Query {
    Query { filters: vec![], zone: "UTC".to_owned(), select: Select::Groups(groups) }
}

pub(super) fn filter(column: &str) -> Filter {
    Filter { column: column.to_owned(), ..Filter::default() }
}

pub(super) fn texts(values: &[&str]) -> Vec<Scalar> {
    values.iter().map(|value| Scalar::Text((*value).to_owned())).collect()
}
