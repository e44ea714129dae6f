//! The pages with the forms of the account and of administrators, on which a refused form is shown again.

use futures_util::future::BoxFuture;
use rolecall_core::dashboards::Typed;
use rolecall_model::AppError;
use rolecall_routes as routes;
use rolecall_ui::page::{Answer, Asked};

/// Renders a page with a form. In the context it finds the form that was refused:
/// [`Returned`](rolecall_ui::returned::Returned).
pub type RenderFormPage = fn(FormPage, Asked) -> BoxFuture<'static, Answer>;

/// A page with a form.
#[derive(Clone, Copy, Debug)]
pub enum FormPage {
    /// The account.
    Account,
    /// The page of the person with this number; the list of people if it is unknown.
    Person(Option<i64>),
    /// The requests for access.
    Requests,
    /// The list of sessions.
    Sessions,
}

impl FormPage {
    /// The page of the form that was sent to `action`, if it still has the form after `error`.
    pub fn of(action: &str, typed: &Typed, error: &AppError) -> Option<Self> {
        match Self::before(action, typed)? {
            Self::Person(None) => None,
            // A request that was decided in the meantime has no form any more.
            Self::Requests if matches!(error, AppError::Conflict { .. }) => None,
            form_page => Some(form_page),
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

    pub fn path(self) -> String {
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
    FormPage::before(action, &Typed::of_form(body)).map(FormPage::path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_comes_back_on_its_page_as_long_as_it_stands_there() {
        let path = |action: &str, body: &str, error: &AppError| {
            FormPage::of(action, &Typed::of_form(body.as_bytes()), error).map(FormPage::path)
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
