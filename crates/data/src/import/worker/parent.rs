//! The parent's side: starts the process and reads its answers.

use std::ffi::OsString;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::ops::ControlFlow;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::super::{Converted, Examined, Given, ImportError, Limits, Progress, Reading};
use super::wire::{Answer, Request, Task};

/// The maximum output of a child, in bytes.
const MOST_SAID: u64 = 256 << 20;
/// The number of answers in the channel.
const WAITING: usize = 16;

/// Starts a process for each file. Dropping the future of a call ends the process.
#[derive(Clone, Debug)]
pub struct Worker {
    program: PathBuf,
    arguments: Vec<OsString>,
    memory_bytes: u64,
    time_limit: Duration,
}

impl Worker {
    /// A worker for a program that calls [`super::run`] when started with these arguments.
    pub fn new(program: impl Into<PathBuf>, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        let arguments = arguments.into_iter().map(Into::into).collect();
        let (memory_bytes, time_limit) = (2 << 30, Duration::from_mins(15));
        Self { program: program.into(), arguments, memory_bytes, time_limit }
    }

    /// A worker for this program with the argument `import-worker`.
    ///
    /// # Errors
    /// If its path is not known.
    pub fn of_this_program() -> io::Result<Self> {
        Ok(Self::new(std::env::current_exe()?, ["import-worker"]))
    }

    /// With this much address space in bytes; the default is 2 GiB. The program itself needs some.
    #[must_use]
    pub fn with_memory(self, memory_bytes: u64) -> Self {
        Self { memory_bytes, ..self }
    }

    /// With this much time for a file; the default is 15 minutes.
    #[must_use]
    pub fn with_time_limit(self, time_limit: Duration) -> Self {
        Self { time_limit, ..self }
    }

    /// As [`super::super::examine`], in the process.
    ///
    /// # Errors
    /// Those of `examine`, and [`ImportError::Unsafe`] if the process ends without a result.
    pub async fn examine(
        &self,
        file: &Path,
        given: &Given,
        limits: &Limits,
        progress: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Examined, ImportError> {
        let task = Task::Examine { file: file.to_owned(), given: given.clone() };
        match self.result(task, limits, progress).await? {
            Answer::Examined(examined) => Ok(*examined),
            Answer::Converted(_) | Answer::Progress(_) => Err(ImportError::Unsafe),
            Answer::Failed(failure) => Err(failure.into()),
        }
    }

    /// As [`super::super::convert`], in the process.
    ///
    /// # Errors
    /// Those of `convert`, and [`ImportError::Unsafe`] if the process ends without a result.
    pub async fn convert(
        &self,
        file: &Path,
        reading: &Reading,
        into: &Path,
        limits: &Limits,
        progress: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Converted, ImportError> {
        let mut unfinished = Unfinished(Some(into.to_owned()));
        let task = Task::Convert { file: file.to_owned(), reading: reading.clone(), into: into.to_owned() };
        match self.result(task, limits, progress).await? {
            Answer::Converted(converted) => {
                unfinished.0 = None;
                Ok(converted)
            }
            Answer::Examined(_) | Answer::Progress(_) => Err(ImportError::Unsafe),
            Answer::Failed(failure) => Err(failure.into()),
        }
    }

    async fn result(
        &self,
        task: Task,
        limits: &Limits,
        mut progress: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Answer, ImportError> {
        let (memory_bytes, cpu_seconds) = (self.memory_bytes, self.time_limit.as_secs().max(1));
        let request = Request { task, memory_bytes, cpu_seconds, limits: *limits };
        let request = serde_json::to_vec(&request).map_err(io::Error::from)?;
        let (_running, stdin, stdout) = self.start()?;
        let (answers, mut heard) = mpsc::channel(WAITING);
        // This task ends with the process, which closes its ends of the pipes.
        let speaking = spawn_blocking(move || speak(&request, stdin, stdout, &answers));
        let result = async {
            while let Some(answer) = heard.recv().await {
                match answer {
                    Answer::Progress(step) if progress(step).is_break() => return Err(ImportError::Cancelled),
                    Answer::Progress(_) => {}
                    result => return Ok(result),
                }
            }
            match speaking.await {
                Ok(Err(error)) => {
                    tracing::warn!(%error, "the process that reads a file sent an answer that cannot be read");
                }
                Err(error) => {
                    tracing::warn!(%error, "the answer of the process that reads a file could not be received");
                }
                Ok(Ok(())) => tracing::warn!("the process that reads a file ended without a result"),
            }
            Err(ImportError::Unsafe)
        };
        timeout(self.time_limit, result).await.unwrap_or(Err(ImportError::Unsafe))
    }

    /// Starts the process. It inherits no environment variables, which may contain secrets.
    fn start(&self) -> io::Result<(Running, ChildStdin, ChildStdout)> {
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // Ctrl+C in the server's terminal must not reach it: the server lets it finish, or kills it.
            .process_group(0)
            .spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let running = Running(Some(child));
        let (stdin, stdout) = pipes.ok_or_else(|| io::Error::other("the process has no pipes"))?;
        Ok((running, stdin, stdout))
    }
}

fn speak(request: &[u8], mut stdin: ChildStdin, stdout: ChildStdout, answers: &mpsc::Sender<Answer>) -> io::Result<()> {
    stdin.write_all(request)?;
    drop(stdin);
    for line in BufReader::new(stdout.take(MOST_SAID)).lines() {
        // If the receiver is gone, it has the result or no longer wants one.
        if answers.blocking_send(serde_json::from_str(&line?)?).is_err() {
            break;
        }
    }
    Ok(())
}

/// A process that is killed when its caller is dropped.
struct Running(Option<Child>);

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            // It may have ended already.
            child.kill().ok();
            // It must be waited for so that it does not stay a zombie, and dying may take a while.
            std::thread::spawn(move || child.wait());
        }
    }
}

/// A file that is removed unless it is finished. The process removes it itself, unless it is killed.
struct Unfinished(Option<PathBuf>);

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(path) = self.0.take() {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    tracing::warn!(%error, "an incomplete file of an import could not be removed");
                }
                _ => {}
            }
        }
    }
}
