//! Loads the page of a data set for the viewer.

use std::sync::Arc;

use rolecall_core::dashboards::{Person, Uses};
use rolecall_core::datasets::{DataSet, DatasetError, RuleViewer, Version};
use rolecall_data::query::QueryError;
use rolecall_model::{AppError, Role};
use rolecall_ui::caller;
use rolecall_ui::page::Asked;

use super::rows::{Rows, made_up};
use crate::pages::made_up_viewer::MadeUpViewer;

/// The content of the page of a data set.
pub(super) struct Loaded {
    pub(super) dataset: Arc<DataSet>,
    /// The role that the viewer may use.
    pub(super) role: Option<Role>,
    /// Whether they may change it.
    pub(super) may_change: bool,
    /// Whether they see all rows.
    pub(super) sees_all: bool,
    pub(super) owner: Option<String>,
    pub(super) versions: Vec<Version>,
    pub(super) uses: Uses,
    /// The first rows that the viewer sees.
    pub(super) sample: Rows,
    /// The number of missing cells in each column of the rows that the viewer sees, if counted.
    pub(super) missing: Option<Vec<u64>>,
    /// What a made-up person would see, if requested.
    pub(super) preview: Option<(MadeUpViewer, Rows)>,
    /// The index of the rule being edited, if any.
    pub(super) edited: Option<usize>,
}

/// Loads everything. All reads of rows apply the row rules.
///
/// # Errors
/// [`AppError::NotFound`] for a data set that the caller's role may not open; [`AppError::Internal`].
pub(super) async fn load(asked: &Asked) -> Result<Loaded, AppError> {
    let (dataset, sign_in) = caller::dataset(asked.parameter.as_deref().unwrap_or_default()).await?;
    let (role, dashboards, auth) = (caller::open_role(), caller::dashboards()?, caller::auth()?);
    let datasets = dashboards.datasets();
    let dataset = datasets.own_up_to_date(&dataset).await;
    let internal = |error: DatasetError| caller::internal(&error);
    let viewer = Person::SignedIn(&sign_in, role).rule_viewer(&auth, dataset.needs_claims()).await;
    let viewer = viewer.map_err(|error| caller::internal(&error))?;
    let may_change = dataset.may_be_changed_by(sign_in.user_id, role);
    let rows = async |viewer: &RuleViewer| match datasets.sample(&dataset, viewer).await {
        Ok(rows) => Ok(Ok(rows)),
        Err(error @ QueryError::Failed(_)) => Err(caller::internal(&error)),
        Err(error @ QueryError::Unreadable(_)) => {
            tracing::error!(?error, dataset = dataset.name, "rows cannot be read");
            Ok(Err("The rows cannot be read right now. Try again later.".to_owned()))
        }
        Err(error) => Ok(Err(error.to_string())),
    };
    let sample = rows(&viewer).await?;
    let missing = datasets.missing(&dataset, &viewer).await.unwrap_or_else(|error| {
        tracing::warn!(?error, dataset = dataset.name, "missing values cannot be counted");
        None
    });
    // Only people who decide what others see may view it as others.
    let preview = match made_up(asked, &dataset).filter(|_| may_change) {
        Some(made_up) => {
            let made_up_viewer = RuleViewer { asker: viewer.asker.clone(), ..made_up.viewer() };
            Some((made_up.clone(), rows(&made_up_viewer).await?))
        }
        None => None,
    };
    let rules = dataset.row_rules.len();
    Ok(Loaded {
        role,
        may_change,
        sees_all: dataset.row_filters(&viewer).is_empty(),
        owner: datasets.owner_of(&dataset).await.map_err(internal)?,
        versions: datasets.versions(&dataset).await.map_err(internal)?,
        uses: dashboards.uses_of(&dataset.name, role).await.map_err(|error| caller::internal(&error))?,
        sample,
        missing,
        preview,
        edited: asked.value("rule").and_then(|rule| rule.parse().ok()).filter(|rule| *rule < rules && may_change),
        dataset,
    })
}
