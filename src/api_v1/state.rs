//! What the handlers of the API share: each takes the part that it uses.

use axum::extract::FromRef;

use super::administration::Administration;
use crate::dashboards::Dashboards;
use crate::datasets::Datasets;

/// The state of the API.
#[derive(Clone)]
pub(super) struct ApiState {
    pub(super) dashboards: Dashboards,
    pub(super) datasets: Datasets,
    pub(super) administration: Administration,
}

impl FromRef<ApiState> for Dashboards {
    fn from_ref(state: &ApiState) -> Self {
        state.dashboards.clone()
    }
}

impl FromRef<ApiState> for Datasets {
    fn from_ref(state: &ApiState) -> Self {
        state.datasets.clone()
    }
}

impl FromRef<ApiState> for Administration {
    fn from_ref(state: &ApiState) -> Self {
        state.administration.clone()
    }
}
