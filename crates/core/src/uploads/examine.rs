//! Examines a file: how it can be read.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use rolecall_data::import::{Examined, Given, ImportError, Progress};

use super::decisions::fields;
use super::error::UploadError;
use super::files::UploadFolder;
use super::handle::Uploads;
use super::upload::{Notice, State, Upload};
use super::work::{Ended, Lease};
use crate::datasets::DatasetError;

/// The message for a person who may no longer do what the upload is for.
pub(super) const NOT_ALLOWED: &str = "You may not do this any more, so nothing was imported: your sign-in has ended, or your role \
                                      or the data set has changed.";

impl Uploads {
    /// Starts examining the file of `upload` with its decisions. The result appears in its folder. If the file cannot
    /// be read that way, the result `before` stays, if there is one.
    ///
    /// # Errors
    /// [`UploadError::InWork`]; when its folder cannot be written.
    pub(super) async fn examine(
        &self,
        folder: &UploadFolder,
        mut upload: Upload,
        before: Given,
    ) -> Result<(), UploadError> {
        let mut lease = Lease::take(folder, &self.0.clock, false).await?;
        // It may have been imported since, or that may not be certain yet.
        let is_past = |now: Upload| matches!(now.state, State::Importing { .. }) || now.is_over();
        if folder.upload().await?.is_some_and(is_past) {
            return Err(UploadError::InWork);
        }
        upload.state = State::Examining;
        upload.notice = None;
        self.write(folder, &mut upload).await?;
        let (uploads, folder) = (self.clone(), folder.clone());
        tokio::spawn(async move {
            let progress = Arc::new(Mutex::new(Progress::default()));
            let examined = lease.during(&progress, uploads.read(&folder, &upload, &progress)).await;
            if let Err(error) = uploads.examined_as(&folder, upload, before, examined).await {
                tracing::error!(?error, "the examination of an upload could not be stored");
            }
            lease.end().await;
        });
        Ok(())
    }

    async fn read(
        &self,
        folder: &UploadFolder,
        upload: &Upload,
        progress: &Arc<Mutex<Progress>>,
    ) -> Result<Examined, DatasetError> {
        let _turn = self.0.reading.take(upload.owner).await;
        self.0.datasets.examine(&folder.rows(), &upload.given, tell(progress)).await
    }

    async fn examined_as(
        &self,
        folder: &UploadFolder,
        mut upload: Upload,
        before: Given,
        examined: Result<Result<Examined, DatasetError>, Ended>,
    ) -> Result<(), UploadError> {
        upload.state = State::Preview;
        match examined {
            Err(Ended::Lost) => return Ok(()),
            Ok(Ok(examined)) => {
                folder.write_examined(&examined).await?;
                let asked_for_import = upload.typed.take().is_some_and(|typed| typed.asks_for_import());
                // An import error means that nothing was imported.
                upload.notice = (asked_for_import && examined.report.is_empty()).then_some(Notice::ReadAgain);
            }
            Err(Ended::Cancelled) if folder.examined().await?.is_none() => {
                folder.remove().await;
                return Ok(());
            }
            failed => {
                let error = failed.ok().and_then(Result::err);
                let is_first = before == upload.given && folder.examined().await?.is_none();
                if let Some(why) = error.as_ref().filter(|_| is_first).and_then(why_no_table) {
                    upload.state = State::Refused(why);
                    self.write(folder, &mut upload).await?;
                    folder.forget_file().await;
                    return Ok(());
                }
                upload.notice = error.map(notice_of);
                if folder.examined().await?.is_some() {
                    upload.given = before;
                }
            }
        }
        self.write(folder, &mut upload).await
    }
}

/// Why a file cannot be a table, however it is read. If reading was aborted, that is unknown.
fn why_no_table(error: &DatasetError) -> Option<String> {
    match error {
        DatasetError::Import(error @ ImportError::Refused(_)) => Some(error.to_string()),
        _ => None,
    }
}

/// Stores how much of a file has been read in `progress`.
pub(super) fn tell(progress: &Arc<Mutex<Progress>>) -> impl FnMut(Progress) -> ControlFlow<()> + use<> {
    let progress = Arc::clone(progress);
    move |now| {
        *progress.lock().unwrap_or_else(PoisonError::into_inner) = now;
        ControlFlow::Continue(())
    }
}

/// The message about `error` for the person. Errors that are not about their file are logged.
pub(super) fn notice_of(error: DatasetError) -> Notice {
    const NO_SPACE: &str = "The server's disk is full, so nothing was imported. Tell an administrator.";
    const OWN_FAULT: &str = "Something went wrong on our side, and nothing was imported. Try again in a moment.";
    match error {
        DatasetError::Import(ImportError::Mistakes(report)) => Notice::Mistakes(report),
        error if error.is_for_want_of_space() => {
            tracing::error!(?error, "the disk is too full for an import");
            Notice::Refused(NO_SPACE.to_owned())
        }
        DatasetError::Import(error @ ImportError::Encoding { .. }) => {
            Notice::Field { at: fields::ENCODING.to_owned(), what: error.to_string() }
        }
        DatasetError::Import(error @ (ImportError::Refused(_) | ImportError::Unsafe)) => {
            Notice::Refused(error.to_string())
        }
        // The person must not learn whether it is gone or only closed to them.
        DatasetError::Unknown(_) | DatasetError::NotYours(_) | DatasetError::RoleAboveOwn(_) => {
            Notice::Refused(NOT_ALLOWED.to_owned())
        }
        error @ DatasetError::Exists(_) => Notice::Field { at: fields::NAME.to_owned(), what: error.to_string() },
        error @ (DatasetError::Name(_)
        | DatasetError::Reserved(_)
        | DatasetError::BuiltInStays(_)
        | DatasetError::NotThisWay { .. }
        | DatasetError::TooMany(_)
        | DatasetError::NoRows(_)
        | DatasetError::AddedBefore(_)
        | DatasetError::Ambiguous(_)
        | DatasetError::Busy(_)) => Notice::Refused(error.to_string()),
        error => {
            tracing::error!(?error, "an upload could not be imported");
            Notice::Refused(OWN_FAULT.to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_taken_in_the_meantime_is_reported_at_its_field() {
        let Notice::Field { at, what } = notice_of(DatasetError::Exists("sales".to_owned())) else { panic!() };
        assert_eq!(at, fields::NAME);
        assert!(what.contains("“sales” already"), "{what}");
    }

    #[test]
    fn a_file_whose_reading_was_aborted_is_not_refused_permanently() {
        let refused = DatasetError::Import(ImportError::Refused("It has no rows.".to_owned()));
        assert_eq!(why_no_table(&refused).as_deref(), Some("It has no rows."));
        assert_eq!(why_no_table(&DatasetError::Import(ImportError::Unsafe)), None);
    }
}
