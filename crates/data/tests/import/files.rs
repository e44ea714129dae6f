//! Files for the tests, and their results.

use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::PathBuf;

use datafusion::arrow::array::{Array as _, ArrayRef};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rolecall_data::import::{
    Converted, Examined, Given, ImportError, Limits, Mistake, Progress, Reading, convert, examine,
};
use rolecall_model::data::ColumnType;
use tempfile::TempDir;

pub(crate) fn go_on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// A file in a temporary folder.
pub(crate) struct TestFile {
    folder: TempDir,
    pub(crate) limits: Limits,
}

impl TestFile {
    pub(crate) fn new(bytes: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), bytes).unwrap();
        Self { folder, limits: Limits::default() }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("file")
    }

    pub(crate) fn parquet(&self) -> PathBuf {
        self.folder.path().join("data.parquet")
    }

    pub(crate) fn try_examine(&self, given: &Given) -> Result<Examined, ImportError> {
        examine(&self.path(), given, &self.limits, go_on)
    }

    pub(crate) fn examine(&self) -> Examined {
        self.try_examine(&Given::default()).unwrap()
    }

    pub(crate) fn try_convert(&self, reading: &Reading) -> Result<Converted, ImportError> {
        convert(&self.path(), reading, &self.parquet(), &self.limits, go_on)
    }

    /// The mistakes reported by a conversion, which then writes nothing.
    pub(crate) fn mistakes(&self, reading: &Reading) -> (u64, Vec<Mistake>) {
        let error = self.try_convert(reading).unwrap_err();
        assert!(!self.parquet().exists(), "nothing is written");
        match error {
            ImportError::Mistakes(report) => (report.count, report.mistakes),
            other => panic!("{other}"),
        }
    }

    /// Examines and converts the file, and reads the result back as texts.
    pub(crate) fn convert(&self) -> Vec<Vec<String>> {
        self.convert_as(&self.examine().reading)
    }

    pub(crate) fn convert_as(&self, reading: &Reading) -> Vec<Vec<String>> {
        let converted = self.try_convert(reading).unwrap();
        let rows = self.rows();
        assert_eq!(converted.rows, rows.len() as u64);
        assert_eq!(converted.bytes, self.parquet().metadata().unwrap().len());
        fs::remove_file(self.parquet()).unwrap();
        rows
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(self.parquet()).unwrap()).unwrap();
        let mut rows = Vec::new();
        for batch in reader.build().unwrap() {
            let batch = batch.unwrap();
            for row in 0..batch.num_rows() {
                rows.push(batch.columns().iter().map(|column| shown(column, row)).collect());
            }
        }
        rows
    }
}

fn shown(column: &ArrayRef, row: usize) -> String {
    if column.is_null(row) {
        return "missing".to_owned();
    }
    ArrayFormatter::try_new(column, &FormatOptions::default()).unwrap().value(row).to_string()
}

pub(crate) fn names(examined: &Examined) -> Vec<&str> {
    examined.reading.columns.iter().map(|column| column.name.as_str()).collect()
}

pub(crate) fn types(examined: &Examined) -> Vec<ColumnType> {
    examined.reading.columns.iter().map(|column| column.column_type).collect()
}

/// The message with which the file is refused.
pub(crate) fn refusal(file: &TestFile) -> String {
    file.try_examine(&Given::default()).unwrap_err().to_string()
}
