//! Runs in the worker process.

use std::io::{self, Read, Write};
use std::ops::ControlFlow;

use rustix::process::{Resource, Rlimit, setrlimit};

use super::super::{ImportError, Progress, convert, examine};
use super::wire::{Answer, Request, Task};

/// Progress is reported about this many times per file.
const STEPS: u64 = 200;

/// Reads a request from `input` to its end, handles it within its limits, and writes the answers to `output`.
///
/// # Errors
/// If the request is invalid, the limits cannot be set, or the result cannot be written.
pub fn run(mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    let mut request = Vec::new();
    input.read_to_end(&mut request)?;
    let request: Request = serde_json::from_slice(&request)?;
    set_limits(&request)?;
    let mut told = 0;
    let progress = |progress: Progress| {
        // A file may be read again from its beginning.
        told = told.min(progress.bytes_read);
        let is_step = progress.bytes_read >= told + (progress.bytes / STEPS).max(1);
        if !is_step {
            return ControlFlow::Continue(());
        }
        told = progress.bytes_read;
        // If the parent is gone, stop.
        match write_line(&mut output, &Answer::Progress(progress)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    };
    let answer = match answer(&request, progress) {
        Ok(answer) => answer,
        Err(error) => Answer::Failed(error.into()),
    };
    write_line(&mut output, &answer)
}

fn answer(request: &Request, progress: impl FnMut(Progress) -> ControlFlow<()>) -> Result<Answer, ImportError> {
    let limits = &request.limits;
    match &request.task {
        Task::Examine { file, given } => Ok(Answer::Examined(Box::new(examine(file, given, limits, progress)?))),
        Task::Convert { file, reading, into } => Ok(Answer::Converted(convert(file, reading, into, limits, progress)?)),
    }
}

/// Limits memory and time to what the request allows. The limits cannot be raised again.
fn set_limits(request: &Request) -> io::Result<()> {
    let limit = |value| Rlimit { current: Some(value), maximum: Some(value) };
    setrlimit(Resource::As, limit(request.memory_bytes))?;
    setrlimit(Resource::Cpu, limit(request.cpu_seconds))?;
    // A crash must not write the contents of a file to the disk.
    setrlimit(Resource::Core, limit(0))?;
    Ok(())
}

fn write_line(output: &mut impl Write, answer: &Answer) -> io::Result<()> {
    let mut line = serde_json::to_vec(answer)?;
    line.push(b'\n');
    output.write_all(&line)?;
    output.flush()
}
