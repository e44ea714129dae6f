//! Why a file is not imported.

use std::io;

use datafusion::arrow::error::ArrowError;
use datafusion::parquet::errors::ParquetError;

use super::limits::{Limits, counted, in_megabytes};
use super::report::{ImportReport, Mistake};

/// Why a file is not imported. In this case nothing is written. The texts are for the person who uploaded the file.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Some cells or rows are wrong.
    #[error("The file has {}.", counted(.0.count, "mistake"))]
    Mistakes(ImportReport),
    /// The file as a whole is rejected.
    #[error("{0}")]
    Refused(String),
    /// The text is invalid in the encoding used.
    #[error("Line {line} has bytes that do not fit the encoding. Choose another one.")]
    Encoding {
        /// Counted from 1; approximate, since the text is read in pieces.
        line: u64,
    },
    /// The progress callback asked to stop.
    #[error("The import was cancelled.")]
    Cancelled,
    /// The process that read the file ended without a result: it crashed, or exceeded its memory or time.
    #[error("This file could not be read safely.")]
    Unsafe,
    /// The file cannot be read, or the Parquet file cannot be written.
    #[error("The file could not be read or written.")]
    Io(#[from] io::Error),
    /// The Parquet file cannot be written.
    #[error("The data could not be written.")]
    Write(#[from] ParquetError),
    /// The cells of a batch cannot form a column.
    #[error("The data could not be arranged in columns.")]
    Arrow(#[from] ArrowError),
}

impl ImportError {
    /// Whether the disk is full.
    #[must_use]
    pub fn is_for_want_of_space(&self) -> bool {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(self);
        while let Some(error) = cause {
            if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::StorageFull) {
                return true;
            }
            cause = error.source();
        }
        false
    }

    /// The text for the log, which contains nothing from the rows.
    #[must_use]
    pub fn for_log(&self) -> String {
        match self {
            Self::Io(error) => format!("io: {error}"),
            Self::Mistakes(_) | Self::Refused(_) | Self::Encoding { .. } => "rows".to_owned(),
            Self::Cancelled => "cancelled".to_owned(),
            Self::Unsafe => "unsafe".to_owned(),
            Self::Write(_) => "parquet".to_owned(),
            Self::Arrow(_) => "arrow".to_owned(),
        }
    }

    pub(super) fn refused(sentence: impl Into<String>) -> Self {
        Self::Refused(sentence.into())
    }

    /// A single mistake that ends the reading.
    pub(super) fn mistake(mistake: Mistake) -> Self {
        let mut report = ImportReport::default();
        report.add(mistake);
        Self::Mistakes(report)
    }

    pub(super) fn file_too_large(bytes: u64, limits: &Limits) -> Self {
        let (bytes, limit) = (in_megabytes(bytes), in_megabytes(limits.file_bytes));
        Self::refused(format!("The file has {bytes}. At most {limit} can be imported."))
    }

    pub(super) fn too_many_rows(limits: &Limits) -> Self {
        let most = counted(limits.rows, "row");
        Self::refused(format!("The file has more than {most}, the most that can be imported."))
    }

    pub(super) fn too_many_columns(limits: &Limits) -> Self {
        let most = counted(limits.columns as u64, "column");
        Self::refused(format!("The file has more than {most}, the most that can be imported."))
    }

    pub(super) fn cell_too_large(line: u64, limits: &Limits) -> Self {
        let limit = in_megabytes(limits.cell_bytes as u64);
        let reason = format!("a cell has more than {limit}; perhaps a quotation mark is never closed");
        Self::mistake(Mistake { line, column: None, value: None, reason })
    }

    /// The same for formats in which every cell has a known end.
    pub(super) fn cell_of_column_too_large(line: u64, column: &str, limits: &Limits) -> Self {
        let reason = format!("the cell has more than {}", in_megabytes(limits.cell_bytes as u64));
        Self::mistake(Mistake { line, column: Some(column.to_owned()), value: None, reason })
    }

    pub(super) fn row_too_large(line: u64, limits: &Limits) -> Self {
        let limit = in_megabytes(limits.row_bytes() as u64);
        Self::mistake(Mistake { line, column: None, value: None, reason: format!("the row has more than {limit}") })
    }
}
