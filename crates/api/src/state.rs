//! What the handlers of the API share: the state, of which each takes the part that it uses, the administrator who
//! calls, and the places at which lists continue.

use std::net::IpAddr;
use std::str::FromStr;

use axum::Extension;
use axum::extract::FromRef;
use rolecall_core::admin::{Administrator, RECENT};
use rolecall_core::audit::{Audit, Entry};
use rolecall_core::dashboards::Dashboards;
use rolecall_core::datasets::Datasets;
use rolecall_model::Role;
use rolecall_sign_in::bearer::ApiCaller;
use rolecall_sign_in::{Auth, ClientAddress, plain};
use url::form_urlencoded::Serializer;

use super::problem::ApiProblem;

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

/// How many characters of a caller's client, issuer and subject the audit keeps.
const NAME_MAX_CHARS: usize = 300;

/// The address that a request came from, if it is known.
pub(super) type Client = Option<Extension<ClientAddress>>;

/// The IP address of `client`.
pub(super) fn ip_of(client: &Client) -> Option<IpAddr> {
    client.as_ref().map(|Extension(ClientAddress(ip))| *ip)
}

/// What handlers for administrators work on: people, sessions and the audit.
#[derive(Clone)]
pub(super) struct Administration {
    pub(super) auth: Auth,
    pub(super) audit: Audit,
}

impl Administration {
    /// The time, Unix milliseconds (UTC).
    pub(super) fn now_ms(&self) -> i64 {
        self.auth.clock().now_ms()
    }

    /// `caller` as an administrator. Without the role Admin, it is an error (401 or 403).
    pub(super) async fn administrator(&self, caller: &ApiCaller, client: &Client) -> Result<Administrator, ApiProblem> {
        caller.require(Role::Admin)?;
        let number = caller.number(self.auth.db(), self.now_ms()).await.map_err(ApiProblem::internal)?;
        Ok(Administrator::by_api(self.auth.clone(), self.audit.clone(), number, caller, ip_of(client)))
    }

    /// The same for sensitive decisions: a person must also have signed in recently.
    pub(super) async fn recent_administrator(
        &self,
        caller: &ApiCaller,
        client: &Client,
    ) -> Result<Administrator, ApiProblem> {
        caller.require_recent(Role::Admin, RECENT, self.now_ms())?;
        self.administrator(caller, client).await
    }
}

/// Writes to the audit, in the background, that `caller` at `client` downloaded data.
pub(super) fn note_export(administration: Administration, caller: ApiCaller, client: &Client, entry: Entry) {
    let ip = ip_of(client);
    tokio::spawn(async move {
        let number = caller.known_number(administration.auth.db()).await.unwrap_or_else(|error| {
            tracing::warn!(?error, "who took something out cannot be looked up");
            None
        });
        let entry = entry.from_address(ip).with("client", plain(&caller.client, NAME_MAX_CHARS));
        // A caller who never signed in or decided anything here has no number.
        let subject = || plain(&caller.subject, NAME_MAX_CHARS);
        administration.audit.note(match number {
            Some(number) => entry.by(number),
            None => entry.with("issuer", plain(&caller.issuer, NAME_MAX_CHARS)).with("subject", subject()),
        });
    });
}

/// The place in a list that `text` names: a time, and an id that distinguishes entries of the same time.
pub(super) fn key<T: FromStr>(text: &str) -> Result<(i64, T), ApiProblem> {
    let parts = || {
        let (at_ms, id) = text.split_once('.')?;
        Some((at_ms.parse().ok()?, id.parse().ok()?))
    };
    parts().ok_or_else(|| ApiProblem::bad_request("after must be the value in the path `next` of the previous page."))
}

/// The number that a part of a path names; 404 if it is not a number.
pub(super) fn number(text: &str) -> Result<i64, ApiProblem> {
    text.parse().map_err(|_| ApiProblem::not_found())
}

/// The path of the next page: `path` with the `parameters` that have a value, and `after`.
pub(super) fn next_path(path: &str, parameters: &[(&str, Option<&str>)], after: &str) -> String {
    let given = parameters.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
    let query = Serializer::new(String::new()).extend_pairs(given).append_pair("after", after).finish();
    format!("{path}?{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_time_and_a_name() {
        assert_eq!(key::<i64>("7.42").unwrap(), (7, 42));
        assert_eq!(key::<String>("7.a.b").unwrap(), (7, "a.b".to_owned()));
        for wrong in ["", "7", "x.42", "7.x"] {
            assert!(key::<i64>(wrong).is_err(), "{wrong}");
        }
    }
}
