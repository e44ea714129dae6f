//! What a page is made from, and what becomes of it.

use std::borrow::Cow;
use std::sync::Arc;

use axum::http::StatusCode;
use leptos::prelude::*;
use rolecall_model::{AppError, Viewer};
use url::form_urlencoded;

/// What the server knows when somebody asks for a page.
#[derive(Clone, Debug)]
pub struct Asked {
    pub path: String,
    /// The query, as it stands in the address.
    pub query: Option<String>,
    /// What stands in the path for its parameter, where it has one.
    pub parameter: Option<String>,
    /// Who asks.
    pub viewer: Arc<Viewer>,
}

impl Asked {
    /// The value of `name` in the query.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<String> {
        let mut fields = form_urlencoded::parse(self.query.as_deref()?.as_bytes());
        fields.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    /// Path and query.
    #[must_use]
    pub fn here(&self) -> String {
        self.query.as_ref().map_or_else(|| self.path.clone(), |query| format!("{}?{query}", self.path))
    }
}

/// A page, rendered, without the document around it.
#[derive(Clone, Debug)]
pub struct Page {
    pub title: Cow<'static, str>,
    /// What stands in its main region, as HTML.
    pub main: String,
    /// Whether it is a dashboard, which a script keeps up to date.
    pub is_live: bool,
    /// Whether it loads a script of its own, from a file of ours.
    pub has_own_script: bool,
}

impl Page {
    /// The page called `title` with `view` in its main region.
    pub fn new(title: impl Into<Cow<'static, str>>, view: impl IntoView) -> Self {
        Self { title: title.into(), main: view.into_view().to_html(), is_live: false, has_own_script: false }
    }
}

/// A page, or why there is none.
pub type Answer = Result<Page, AppError>;

/// What a form is answered.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A page with this status.
    Page(StatusCode, Page),
    /// The browser goes on to this path (303: RFC 9110, section 15.4.4).
    GoOn(String),
    /// A file to download.
    File {
        name: String,
        /// What is in it, as `Content-Type` says.
        kind: &'static str,
        body: String,
    },
}

impl From<Page> for Reply {
    fn from(page: Page) -> Self {
        Self::Page(StatusCode::OK, page)
    }
}

/// What a form is answered, or why it is not.
pub type FormAnswer = Result<Reply, AppError>;

/// A reactive owner to render in that has nothing to do with any other.
///
/// Leptos makes a new root the current owner of the thread. That is taken back here: while one request waits, another one on the
/// same thread must not find in its context what was provided for the first.
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
    fn what_one_request_provides_no_other_finds() {
        let first = reactive_root();
        first.with(|| provide_context("of the first"));
        assert_eq!(Owner::new().with(use_context::<&str>), None);
        assert_eq!(reactive_root().with(use_context::<&str>), None);
        assert_eq!(first.with(use_context::<&str>), Some("of the first"));
    }
}
