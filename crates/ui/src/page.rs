//! The input and the output of page functions.

use std::borrow::Cow;
use std::sync::Arc;

use axum::http::StatusCode;
use leptos::prelude::*;
use rolecall_model::{AppError, Viewer};
use url::form_urlencoded;

/// The request for a page.
#[derive(Clone, Debug)]
pub struct Asked {
    pub path: String,
    /// The query of the address, undecoded.
    pub query: Option<String>,
    /// The value of the path's parameter, if it has one.
    pub parameter: Option<String>,
    /// The viewer.
    pub viewer: Arc<Viewer>,
}

impl Asked {
    /// The value of `name` in the query.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<String> {
        let mut fields = form_urlencoded::parse(self.query.as_deref()?.as_bytes());
        fields.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    /// The path with its query.
    #[must_use]
    pub fn here(&self) -> String {
        self.query.as_ref().map_or_else(|| self.path.clone(), |query| format!("{}?{query}", self.path))
    }
}

/// A rendered page without the surrounding document.
#[derive(Clone, Debug)]
pub struct Page {
    pub title: Cow<'static, str>,
    /// The content of its main region, as HTML.
    pub main: String,
    /// Whether it is a dashboard that a script keeps up to date.
    pub is_live: bool,
    /// Whether it loads one of our scripts.
    pub has_own_script: bool,
}

impl Page {
    /// The page called `title` with `view` in its main region.
    pub fn new(title: impl Into<Cow<'static, str>>, view: impl IntoView) -> Self {
        Self { title: title.into(), main: view.into_view().to_html(), is_live: false, has_own_script: false }
    }
}

/// A page, or the reason why there is none.
pub type Answer = Result<Page, AppError>;

/// The answer to a form.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A page with this status.
    Page(StatusCode, Page),
    /// A redirect of the browser to this path (303: RFC 9110, section 15.4.4).
    GoOn(String),
    /// A file to download.
    File {
        name: String,
        /// The value of `Content-Type`.
        kind: &'static str,
        body: String,
    },
}

impl From<Page> for Reply {
    fn from(page: Page) -> Self {
        Self::Page(StatusCode::OK, page)
    }
}

/// The answer to a form, or the reason why there is none.
pub type FormAnswer = Result<Reply, AppError>;

/// An independent reactive owner to render in.
///
/// Leptos makes a new root the current owner of the thread. This is reverted here: while one request waits, another one
/// on the same thread must not find the context of the first.
pub fn reactive_root() -> Owner {
    let before = Owner::current();
    let root = Owner::new_root(None);
    root.clone().unset();
    if let Some(before) = before {
        before.set();
    }
    root
}

#[cfg(test)]
mod tests {
    use leptos::prelude::*;

    use super::reactive_root;

    #[test]
    fn requests_do_not_see_each_others_context() {
        let first = reactive_root();
        first.with(|| provide_context("of the first"));
        assert_eq!(Owner::new().with(use_context::<&str>), None);
        assert_eq!(reactive_root().with(use_context::<&str>), None);
        assert_eq!(first.with(use_context::<&str>), Some("of the first"));
    }
}
