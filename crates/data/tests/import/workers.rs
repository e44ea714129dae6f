//! Files read in a separate process.

use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Duration;

use rolecall_data::import::{Given, ImportError, Worker};

use crate::files::{TestFile, go_on};

/// The example program that is built with the tests.
fn worker() -> Worker {
    let test = std::env::current_exe().unwrap();
    let program: PathBuf = test.ancestors().nth(2).unwrap().join("examples/import");
    Worker::new(program, ["worker"])
}

// Case: import/worker
#[tokio::test]
async fn a_worker_returns_the_same_as_the_functions() {
    let mut text = "n,day,large\n".to_owned();
    for number in 0..50_000 {
        writeln!(text, "{number},2024-01-31,9007199254740993").unwrap();
    }
    let file = TestFile::new(text);
    let mut steps = 0;
    let progress = |_| {
        steps += 1;
        ControlFlow::Continue(())
    };
    let examined = worker().examine(&file.path(), &Given::default(), &file.limits, progress).await.unwrap();
    assert_eq!(examined, file.examine());
    assert!(steps > 0);
    let reading = &examined.reading;
    let converted = worker().convert(&file.path(), reading, &file.parquet(), &file.limits, go_on).await.unwrap();
    assert_eq!((converted.rows, converted.bytes), (50_000, file.parquet().metadata().unwrap().len()));
}

#[tokio::test]
async fn the_report_of_a_worker_arrives_complete() {
    let file = TestFile::new("a,b\n1\n");
    let reading = file.examine().reading;
    let error = worker().convert(&file.path(), &reading, &file.parquet(), &file.limits, go_on).await.unwrap_err();
    assert!(matches!(error, ImportError::Mistakes(report) if report.count == 1));
    let empty = TestFile::new("");
    let error = worker().examine(&empty.path(), &Given::default(), &empty.limits, go_on).await.unwrap_err();
    assert_eq!(error.to_string(), "The file is empty.");
}

// Case: import/worker-dies
#[tokio::test]
async fn a_worker_that_dies_is_an_error_and_leaves_nothing() {
    let file = TestFile::new("a\n1\n");
    let reading = file.examine().reading;
    let little = worker().with_memory(1 << 20);
    let no_worker = Worker::new("/bin/sh", ["-c", "cat > /dev/null; kill -9 $$"]);
    for worker in [little, no_worker] {
        let error = worker.convert(&file.path(), &reading, &file.parquet(), &file.limits, go_on).await.unwrap_err();
        assert_eq!(error.to_string(), "This file could not be read safely.");
        assert!(!file.parquet().exists());
    }
}

// Case: import/worker-stopped
#[tokio::test]
async fn a_worker_is_stopped_when_it_is_too_slow_or_cancelled() {
    let file = TestFile::new("a\n1\n");
    let slow =
        Worker::new("/bin/sh", ["-c", "read request; exec sleep 1000"]).with_time_limit(Duration::from_millis(1));
    let error = slow.examine(&file.path(), &Given::default(), &file.limits, go_on).await.unwrap_err();
    assert!(matches!(error, ImportError::Unsafe));
    let stop = |_| ControlFlow::Break(());
    let error = worker().examine(&file.path(), &Given::default(), &file.limits, stop).await.unwrap_err();
    assert!(matches!(error, ImportError::Cancelled));
}
