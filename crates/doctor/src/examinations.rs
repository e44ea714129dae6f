//! The examination of this process by the doctor, which an administrator starts: one at a time, and its result is kept
//! until the next.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rolecall_config::Config;
use rolecall_sign_in::Clock;
use tokio::time::timeout;

use super::{Finding, Report, examine_running};

/// How long an examination may take.
const WITHIN: Duration = Duration::from_mins(2);

/// The state of the doctor's checks, at this instance since its start.
#[derive(Clone, Debug, Default)]
pub enum Examination {
    /// Not requested yet.
    #[default]
    Never,
    /// Running since this time, Unix milliseconds (UTC).
    Running(i64),
    /// Aborted at this time because it took too long.
    TooLong(i64),
    /// Finished at this time, with these findings, the worst first.
    Done(i64, Vec<Finding>),
}

/// The latest examination of this process. Clones share it.
#[derive(Clone, Default)]
pub struct Examinations(Arc<Mutex<Examination>>);

impl Examinations {
    /// How it stands.
    pub fn now(&self) -> Examination {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Starts an examination of what `config` says, in a task of its own, unless one is under way.
    pub fn start(&self, config: &Config, clock: &Clock) {
        if !self.begin(clock.now_ms()) {
            return;
        }
        let (mut running, config, clock) = (Running(self.clone(), None), config.clone(), clock.clone());
        tokio::spawn(async move {
            let report = timeout(WITHIN, examine_running(config, &clock)).await;
            let now_ms = clock.now_ms();
            running.end_with(match report {
                Ok(report) => Examination::Done(now_ms, findings(&report)),
                Err(_) => Examination::TooLong(now_ms),
            });
        });
    }

    /// Notes that an examination begins; `false` where one is under way.
    fn begin(&self, now_ms: i64) -> bool {
        let mut examination = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*examination, Examination::Running(_)) {
            return false;
        }
        *examination = Examination::Running(now_ms);
        true
    }
}

/// Ends the examination however it comes to its end.
struct Running(Examinations, Option<Examination>);

impl Running {
    fn end_with(&mut self, examination: Examination) {
        self.1 = Some(examination);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = self.1.take().unwrap_or_default();
    }
}

/// What was found, the worst first.
fn findings(report: &Report) -> Vec<Finding> {
    let mut findings = report.findings().to_vec();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.status));
    findings
}
