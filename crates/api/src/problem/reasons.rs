//! The problem that each error becomes.

use std::sync::Arc;

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::StatusCode;
use http_body_util::LengthLimitError;
use rolecall_core::admin::{DecisionError, NO_TIME};
use rolecall_core::dashboards::{Cause, DashboardsError, Unavailable};
use rolecall_core::datasets::{BodyError, DatasetError};
use rolecall_data::import::ImportError;
use rolecall_sign_in::Denied;
use rolecall_sign_in::bearer::BearerError;
use rolecall_sign_in::db::is_busy;
use rolecall_sign_in::session::RecordError;

use super::ApiProblem;

/// After how many seconds to try again.
const RETRY_S: u64 = 30;

impl From<&BearerError> for ApiProblem {
    fn from(error: &BearerError) -> Self {
        match error {
            // A request without a token gets no error code (RFC 6750, section 3.1).
            BearerError::NoToken => {
                let detail = "This needs an access token, in the header \"Authorization: Bearer …\".";
                Self::new(StatusCode::UNAUTHORIZED, detail).challenging(&[])
            }
            BearerError::Header => {
                let detail = "Send exactly one header Authorization: Bearer, then the token. Here the token is missing or \
                              malformed.";
                Self::new(StatusCode::BAD_REQUEST, detail).challenging(&[("error", "invalid_request")])
            }
            BearerError::Scope { needed } => {
                let detail = format!("The access token lacks the scope {needed}.");
                let parameters = [("error", "insufficient_scope"), ("scope", needed.as_str())];
                Self::new(StatusCode::FORBIDDEN, detail).challenging(&parameters)
            }
            BearerError::Disabled { reason } => {
                let detail = format!("An administrator has disabled your account here: {reason}");
                Self::new(StatusCode::FORBIDDEN, detail)
            }
            BearerError::Inactive => {
                let detail = "Your organization’s directory says that your account is not active here.";
                Self::new(StatusCode::FORBIDDEN, detail)
            }
            BearerError::Record(_) => {
                let detail = "The caller cannot be checked right now.";
                Self { retry_after_s: Some(10), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, detail) }
            }
            BearerError::Provider(_) => {
                let detail =
                    "The provider that made the access token does not answer, so it cannot be checked right now.";
                Self { retry_after_s: Some(10), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, detail) }
            }
            BearerError::Token(error) => Self::invalid_token(&error),
            error => Self::invalid_token(&error),
        }
    }
}

impl From<Denied> for ApiProblem {
    fn from(denied: Denied) -> Self {
        let problem = match denied {
            Denied::Role { needed } => {
                let description = format!("This needs the role {needed}.");
                let parameters = [("error", "insufficient_scope"), ("error_description", description.as_str())];
                Self::new(StatusCode::FORBIDDEN, description.clone()).challenging(&parameters)
            }
            Denied::StepUp { needed } => {
                let detail = format!("This needs the role {needed} and a token from a recent sign-in (auth_time).");
                let parameters = [("error", "insufficient_user_authentication")];
                Self::new(StatusCode::UNAUTHORIZED, detail).challenging(&parameters)
            }
            // These happen only to sessions, not to tokens.
            Denied::SignedOut | Denied::NotVouchedFor | Denied::ForeignOrigin => {
                Self::new(StatusCode::FORBIDDEN, "The access token does not allow this.")
            }
        };
        Self { denied: Some(denied), ..problem }
    }
}

impl From<PathRejection> for ApiProblem {
    fn from(_: PathRejection) -> Self {
        Self::bad_request("The path cannot be read.")
    }
}

impl From<QueryRejection> for ApiProblem {
    fn from(_: QueryRejection) -> Self {
        Self::bad_request("Give page and sort at most once each. page must be a whole number from 1.")
    }
}

/// If the data do not fit the panel (503) or a query asks for too much (422, RFC 9110, section 15.5.21), only a change
/// of the dashboard or its data helps. After a temporary failure, a retry may help (503 with `Retry-After`).
impl From<Unavailable> for ApiProblem {
    fn from(why: Unavailable) -> Self {
        let detail = std::iter::once(why.text).chain(why.details).collect::<Vec<_>>().join("\n");
        match why.cause {
            Cause::TooMuch => Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail),
            Cause::Unfit => Self::new(StatusCode::SERVICE_UNAVAILABLE, detail),
            Cause::NotNow => {
                Self { retry_after_s: Some(RETRY_S), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, detail) }
            }
        }
    }
}

impl From<DecisionError> for ApiProblem {
    fn from(error: DecisionError) -> Self {
        match error {
            DecisionError::Unknown => Self::not_found(),
            DecisionError::Oneself(detail)
            | DecisionError::Unusable(detail)
            | DecisionError::UnusableField(_, detail) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail),
            DecisionError::LastAdministrator(message) => Self::new(StatusCode::CONFLICT, message),
            DecisionError::Decided(detail) => Self::new(StatusCode::CONFLICT, detail),
            DecisionError::KeptOut | DecisionError::NoAdministrator => {
                Self::new(StatusCode::FORBIDDEN, "You may not decide this any more.")
            }
            DecisionError::Record(error) if is_busy(&error) => Self { detail: NO_TIME.into(), ..Self::internal(error) },
            DecisionError::Record(error) => error.into(),
        }
    }
}

impl From<RecordError> for ApiProblem {
    fn from(error: RecordError) -> Self {
        Self::internal(error)
    }
}

impl From<DashboardsError> for ApiProblem {
    fn from(error: DashboardsError) -> Self {
        Self::internal(error)
    }
}

impl From<JsonRejection> for ApiProblem {
    fn from(rejection: JsonRejection) -> Self {
        Self::new(
            rejection.status(),
            format!("The body is not valid JSON for this request: {}.", rejection.body_text()),
        )
    }
}

impl From<Arc<DatasetError>> for ApiProblem {
    fn from(error: Arc<DatasetError>) -> Self {
        Self::internal(error)
    }
}

impl From<BodyError> for ApiProblem {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::Interrupted(error) if is_too_large(&*error) => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "This request is larger than a file may be here. Send the rows in several requests.",
            ),
            BodyError::TooLarge(limit) => {
                let size = match limit {
                    0..1_000_000 => format!("{} kB", limit / 1_000),
                    _ => format!("{} MB", limit / 1_000_000),
                };
                let detail = format!("A request holds at most {size} of rows. Send several.");
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
            }
            BodyError::TooSlow => {
                let detail = "The body came in too slowly, so nothing of it was taken. Send less at once.";
                Self::new(StatusCode::REQUEST_TIMEOUT, detail)
            }
            BodyError::Interrupted(_) => Self::bad_request("The body ended before its end."),
            BodyError::Files(error) => error.into(),
        }
    }
}

impl From<DatasetError> for ApiProblem {
    fn from(error: DatasetError) -> Self {
        let status = match &error {
            DatasetError::Unknown(_) => return Self::not_found(),
            DatasetError::NotYours(_) => StatusCode::FORBIDDEN,
            DatasetError::Exists(_)
            | DatasetError::BuiltInStays(_)
            | DatasetError::NotThisWay { .. }
            | DatasetError::InFile(_)
            | DatasetError::TooMany(_)
            | DatasetError::Busy(_)
            | DatasetError::KeyInUse => StatusCode::CONFLICT,
            DatasetError::Name(_)
            | DatasetError::Reserved(_)
            | DatasetError::RoleAboveOwn(_)
            | DatasetError::NoRows(_)
            | DatasetError::Unusable(_)
            | DatasetError::KeyOfAnother
            | DatasetError::Import(
                ImportError::Mistakes(_) | ImportError::Refused(_) | ImportError::Encoding { .. } | ImportError::Unsafe,
            ) => StatusCode::UNPROCESSABLE_ENTITY,
            DatasetError::TooManyAtOnce => {
                let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string());
                return Self { retry_after_s: Some(RETRY_S), ..problem };
            }
            error if error.is_for_want_of_space() => return Self::no_space(error),
            _ => return Self::internal(error),
        };
        let problem = Self::new(status, error.to_string());
        match error {
            DatasetError::Import(ImportError::Mistakes(report)) => {
                let detail = "These rows have mistakes. None of them was taken.";
                Self { report: Some(report), detail: detail.into(), ..problem }
            }
            _ => problem,
        }
    }
}

/// Whether the body exceeded the limit of the server.
fn is_too_large(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut chain = std::iter::successors(Some(error), |error| error.source());
    chain.any(<dyn std::error::Error + 'static>::is::<LengthLimitError>)
}
