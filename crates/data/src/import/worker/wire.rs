//! The messages between parent and child: a request, and answers, the last of which is a result.

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::super::{Converted, Examined, Given, ImportError, ImportReport, Limits, Progress, Reading};

/// The task and the limits of the child.
#[derive(Debug, Serialize, Deserialize)]
pub struct Request {
    pub task: Task,
    /// Bytes of address space.
    pub memory_bytes: u64,
    /// Seconds of processor time.
    pub cpu_seconds: u64,
    pub limits: Limits,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    Examine { file: PathBuf, given: Given },
    Convert { file: PathBuf, reading: Reading, into: PathBuf },
}

/// An answer of the child, one line of JSON.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Progress(Progress),
    Examined(Box<Examined>),
    Converted(Converted),
    Failed(Failure),
}

/// [`ImportError`] as JSON.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    Mistakes(ImportReport),
    Refused(String),
    Encoding(u64),
    Cancelled,
    NoSpace,
    /// Any other error, with its whole chain for the log.
    Other(String),
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Mistakes(report) => Self::Mistakes(report),
            ImportError::Refused(sentence) => Self::Refused(sentence),
            ImportError::Encoding { line } => Self::Encoding(line),
            ImportError::Cancelled => Self::Cancelled,
            error if error.is_for_want_of_space() => Self::NoSpace,
            other => {
                let cause = std::error::Error::source(&other).map_or_else(String::new, |cause| format!(" {cause}"));
                Self::Other(format!("{other}{cause}"))
            }
        }
    }
}

impl From<Failure> for ImportError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Mistakes(report) => Self::Mistakes(report),
            Failure::Refused(sentence) => Self::Refused(sentence),
            Failure::Encoding(line) => Self::Encoding { line },
            Failure::Cancelled => Self::Cancelled,
            Failure::NoSpace => Self::Io(io::ErrorKind::StorageFull.into()),
            Failure::Other(chain) => Self::Io(io::Error::other(chain)),
        }
    }
}
