//! Forms of the account and of administrators that are refused: their page is shown again with the input. This works
//! without script, like every form.

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use leptos::prelude::provide_context;
use rolecall_core::dashboards::Typed;
use rolecall_model::AppError;
use rolecall_routes as routes;

use super::pages::Pages;
use crate::pages::account::account;
use crate::pages::admin::{requests, sessions, user};
use crate::pages::page::{Asked, Reply};
use crate::pages::returned::Returned;

/// The page with a form.
#[derive(Clone, Copy)]
enum StandsOn {
    Account,
    /// The page of the person with this number; the list of people if it is unknown.
    Person(Option<i64>),
    Requests,
    Sessions,
}

impl StandsOn {
    /// The page of the form that was sent to `action`, if it still has the form after `error`.
    fn of(action: &str, typed: &Typed, error: &AppError) -> Option<Self> {
        match Self::before(action, typed)? {
            Self::Person(None) => None,
            // A request that was decided in the meantime has no form any more.
            Self::Requests if matches!(error, AppError::Conflict { .. }) => None,
            stands_on => Some(stands_on),
        }
    }

    /// The page of the form that was sent to `action`.
    fn before(action: &str, typed: &Typed) -> Option<Self> {
        match action {
            routes::API_REQUEST_ACCESS => Some(Self::Account),
            routes::API_GRANT_ROLE | routes::API_DISABLE_PERSON => {
                Some(Self::Person(typed.get("user_id").parse().ok()))
            }
            routes::API_APPROVE_REQUEST | routes::API_REQUEST_ASSIGNED | routes::API_DECLINE_REQUEST => {
                Some(Self::Requests)
            }
            routes::API_END_EVERY_SESSION => Some(Self::Sessions),
            _ => None,
        }
    }

    fn path(self) -> String {
        match self {
            Self::Account => routes::ACCOUNT.to_owned(),
            Self::Person(id) => id.map_or_else(|| routes::ADMIN_USERS.to_owned(), routes::admin_user),
            Self::Requests => routes::ADMIN_REQUESTS.to_owned(),
            Self::Sessions => routes::ADMIN_SESSIONS.to_owned(),
        }
    }
}

/// The page that was returned at `address`, a form's target; the form of `body` was on it.
pub fn page_at(address: &str, body: &[u8]) -> Option<String> {
    let action = address.split('?').next().unwrap_or_default();
    StandsOn::before(action, &Typed::of_form(body)).map(StandsOn::path)
}

/// The page with the form of `body` again, because of `error`; `None` if it is not shown again, or cannot be rendered.
/// `parts` are those of the request.
pub async fn page_again(pages: &Pages, mut parts: Parts, body: &[u8], error: &AppError) -> Option<Response> {
    let (action, typed) = (parts.uri.path().to_owned(), Typed::of_form(body));
    let stands_on = StandsOn::of(&action, &typed, error)?;
    let page = stands_on.path();
    let returned = Returned::of((&page, &action), typed, error)?;
    let status = StatusCode::from_u16(error.status()).ok()?;
    // The method stays POST: for GET the page could redirect to the provider, and lose the input.
    parts.uri = page.parse().ok()?;
    let request = Request::from_parts(parts, Body::empty());
    let make = move |asked: Asked| async move {
        provide_context(returned);
        let page = match stands_on {
            StandsOn::Account => account(asked).await,
            StandsOn::Person(id) => user(Asked { parameter: id.map(|id| id.to_string()), ..asked }).await,
            StandsOn::Requests => requests(asked).await,
            StandsOn::Sessions => sessions(asked).await,
        };
        page.map(|page| Reply::Page(status, page))
    };
    let response = pages.answer(request, make).await;
    (response.status() == status).then_some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_comes_back_on_its_page_as_long_as_it_stands_there() {
        let path = |action: &str, body: &str, error: &AppError| {
            StandsOn::of(action, &Typed::of_form(body.as_bytes()), error).map(StandsOn::path)
        };
        let invalid = AppError::Invalid { message: "x".to_owned() };
        let conflict = AppError::Conflict { message: "x".to_owned() };
        let person = Some(routes::admin_user(7));
        assert_eq!(path(routes::API_GRANT_ROLE, "user_id=7", &invalid), person);
        assert_eq!(path(routes::API_DISABLE_PERSON, "user_id=7", &conflict), person);
        assert_eq!(path(routes::API_GRANT_ROLE, "user_id=%2Fx", &invalid), None);
        assert_eq!(path(routes::API_APPROVE_REQUEST, "id=x", &invalid).as_deref(), Some(routes::ADMIN_REQUESTS));
        assert_eq!(path(routes::API_APPROVE_REQUEST, "id=x", &conflict), None);
        assert_eq!(path(routes::API_REQUEST_ACCESS, "role=x", &invalid).as_deref(), Some(routes::ACCOUNT));
        assert_eq!(path(routes::API_SIGN_OUT, "", &invalid), None);
    }
}
