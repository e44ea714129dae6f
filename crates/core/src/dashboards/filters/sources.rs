//! The filters that a person can use, and the data sets that each applies to.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::try_join_all;
use rolecall_model::Role;
use rolecall_model::spec::DashboardFilter;
use tokio::time::timeout;

use super::judged::FilterSource;
use crate::dashboards::error::DashboardsError;
use crate::dashboards::open::Dashboards;
use crate::dashboards::person::Person;
use crate::dashboards::spec::{Content, Dashboard, fits};
use crate::datasets::{Catalogue, DataSet, RuleViewer};

/// Data sets by name, each with the person who looks.
pub(super) type DataSetViews = HashMap<String, (Arc<DataSet>, Arc<RuleViewer>)>;

impl Dashboards {
    /// The filters of `dashboard` for a person who may use `role`. It reads only from memory.
    ///
    /// # Errors
    /// When the list of data sets cannot be read.
    pub async fn filters_for<'a>(
        &self,
        dashboard: &'a Dashboard,
        role: Option<Role>,
    ) -> Result<Vec<&'a DashboardFilter>, DashboardsError> {
        if dashboard.spec.filters.is_empty() {
            return Ok(Vec::new());
        }
        let catalogue = self.datasets().catalogue().await?;
        let is_there = |spec: &&DashboardFilter| {
            datasets_of(dashboard, spec, role, &catalogue).iter().any(|dataset| {
                dataset.data.columns.iter().any(|of| of.name == spec.column && fits(spec.kind, of.column_type))
            })
        };
        Ok(dashboard.spec.filters.iter().filter(is_there).collect())
    }

    /// The data sets that any filter of `dashboard` applies to. Those that age are refreshed first, if that is quick.
    pub(super) async fn dataset_views(
        &self,
        dashboard: &Dashboard,
        person: Person<'_>,
    ) -> Result<DataSetViews, DashboardsError> {
        let catalogue = self.datasets().catalogue().await?;
        let mut datasets: Vec<&Arc<DataSet>> = Vec::new();
        for spec in &dashboard.spec.filters {
            for dataset in datasets_of(dashboard, spec, person.open_role(), &catalogue) {
                if datasets.iter().all(|known| known.name != dataset.name) {
                    datasets.push(dataset);
                }
            }
        }
        let views = datasets.into_iter().map(async |dataset| {
            // Panels wait for this, so half of the time is left to them. The refresh continues for the next request.
            let current = timeout(self.limits.page_wait / 2, self.datasets().up_to_date(dataset)).await;
            let current = current.unwrap_or_else(|_| Arc::clone(dataset));
            let viewer = person.rule_viewer(self.auth(), current.needs_claims()).await?;
            Ok::<_, DashboardsError>((dataset.name.clone(), (current, Arc::new(viewer))))
        });
        Ok(try_join_all(views).await?.into_iter().collect())
    }
}

/// The data sets of `views` that the filter `spec` applies to, because they have a column that fits it.
pub(super) fn sources_of(
    dashboard: &Dashboard,
    spec: &DashboardFilter,
    role: Option<Role>,
    views: &DataSetViews,
) -> Vec<FilterSource> {
    let mut sources: Vec<FilterSource> = Vec::new();
    for panel in dashboard.panels_of(spec).filter(|panel| role >= Some(panel.role)) {
        let Some((dataset, viewer)) = panel.spec.dataset.as_ref().and_then(|name| views.get(name)) else { continue };
        let column = dataset.data.columns.iter().find(|column| column.name == spec.column);
        let Some(column) = column.filter(|column| fits(spec.kind, column.column_type)) else { continue };
        let has_figures = matches!(panel.content, Content::Figures(_));
        match sources.iter_mut().find(|source| source.dataset.name == dataset.name) {
            Some(source) => source.has_figures |= has_figures,
            None => sources.push(FilterSource {
                dataset: Arc::clone(dataset),
                viewer: Arc::clone(viewer),
                column_type: column.column_type,
                has_figures,
                condition: None,
            }),
        }
    }
    sources
}

/// The data sets that the filter `spec` applies to: of panels that are open to `role`, unrefreshed.
fn datasets_of<'a>(
    dashboard: &Dashboard,
    spec: &DashboardFilter,
    role: Option<Role>,
    catalogue: &'a Catalogue,
) -> Vec<&'a Arc<DataSet>> {
    let panels = dashboard.panels_of(spec).filter(|panel| role >= Some(panel.role));
    let datasets = panels.filter_map(|panel| catalogue.get(panel.spec.dataset.as_ref()?));
    datasets.filter(|dataset| dataset.is_open_to(role)).collect()
}
