//! The policy in force. What is not in it is closed.

use std::collections::HashMap;
use std::sync::Arc;

use rolecall_routes as routes;

use super::access::{Access, RouteKind, RouteRule, SignedOut};
use super::limits::request_sizes::BodyLimit;

/// What is said of every route. Clones share it.
#[derive(Clone, Debug)]
pub struct Policy(Arc<Rules>);

#[derive(Debug)]
struct Rules {
    all: Vec<RouteRule>,
    by_path: HashMap<&'static str, RouteRule>,
}

impl Policy {
    /// The policy that consists of the rules `all`.
    #[must_use]
    pub fn new(all: Vec<RouteRule>) -> Self {
        let by_path = all.iter().map(|rule| (rule.path, *rule)).collect();
        Self(Arc::new(Rules { all, by_path }))
    }

    /// Its rules, in their order.
    #[must_use]
    pub fn rules(&self) -> &[RouteRule] {
        &self.0.all
    }

    /// The paths of the routes of this `kind`.
    pub fn paths_of(&self, kind: RouteKind) -> impl Iterator<Item = &'static str> {
        self.0.all.iter().filter(move |rule| rule.kind == kind).map(|rule| rule.path)
    }

    /// Whether `path` is that of a single page, without parameters.
    #[must_use]
    pub fn is_page(&self, path: &str) -> bool {
        self.rule(path).is_some() && !path.contains('{') && !path.starts_with(routes::API_PREFIX)
    }

    /// The body limit for the route `path`.
    #[must_use]
    pub fn body_limit(&self, path: &str) -> BodyLimit {
        // A directory may send many members of a group in one request.
        let others = if routes::is_scim(path) { BodyLimit::LongForm } else { BodyLimit::Form };
        self.rule(path).map_or(others, |rule| rule.body)
    }

    /// Who may use the route `path`; `None` if the policy does not have it.
    #[must_use]
    pub fn access(&self, path: &str) -> Option<Access> {
        self.rule(path).map(|rule| rule.access)
    }

    /// What the route `path` shows to people who are not signed in.
    #[must_use]
    pub fn found_signed_out(&self, path: &str) -> SignedOut {
        self.rule(path).map_or(SignedOut::GoesToSignIn, |rule| rule.signed_out)
    }

    fn rule(&self, path: &str) -> Option<&RouteRule> {
        self.0.by_path.get(path)
    }
}
