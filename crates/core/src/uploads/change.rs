//! A person's actions on an upload.

use rolecall_data::import::{Examined, Given};
use rolecall_sign_in::session::SignIn;

use super::decisions::Fields;
use super::error::UploadError;
use super::handle::Uploads;
use super::upload::{ProposedDataSet, Upload};
use super::work::{self, Work, to_its_end};

/// A person's action.
#[derive(Clone, Debug)]
pub enum UploadChange {
    /// To see it as it would be with these decisions, made in this form.
    Show(Given, ProposedDataSet, Fields),
    /// Import it as it was shown, as this data set.
    Import {
        /// The examination that was shown.
        examined: Examined,
        /// The data set, if it is a new one.
        new: ProposedDataSet,
        /// Whether to add its rows even if those of the same file are in the data set already.
        again: bool,
    },
}

impl Uploads {
    /// Cancels the work on the upload `id` of the user `owner`, or deletes the upload if there is none. That needs no
    /// disk space. Returns whether there was work.
    ///
    /// # Errors
    /// [`UploadError::Unknown`]; when its folder cannot be used.
    pub async fn cancel(&self, id: &str, owner: i64) -> Result<bool, UploadError> {
        let (folder, _) = self.entry(id, owner).await?;
        let is_in_work = Work::on(&folder, self.0.clock.now_ms()).await?.is_some();
        if is_in_work {
            work::cancel(&folder).await?;
        } else {
            folder.remove().await;
        }
        Ok(is_in_work)
    }

    /// Starts an action of the person of `sign_in` on `upload`.
    ///
    /// # Errors
    /// [`UploadError::InWork`] while another action runs; when its folder cannot be used.
    pub async fn change(&self, upload: Upload, change: UploadChange, sign_in: &SignIn) -> Result<(), UploadError> {
        let (folder, _) = self.entry(&upload.id, sign_in.user_id).await?;
        let (uploads, sign_in_id) = (self.clone(), sign_in.id.clone());
        to_its_end(async move {
            match change {
                _ if upload.is_over() => Err(UploadError::Unknown),
                UploadChange::Show(given, new, typed) => {
                    let before = upload.given.clone();
                    uploads.examine(&folder, Upload { new, given, typed: Some(typed), ..upload }, before).await
                }
                UploadChange::Import { examined, new, again } => {
                    // What is imported was shown: an earlier form that could not be applied is obsolete.
                    uploads.import(&folder, Upload { new, again, typed: None, ..upload }, examined, sign_in_id).await
                }
            }
        })
        .await
    }
}
