//! HTML in an island that only the server makes.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// HTML for `inner_html` inside an island. It is in the page only once: the island's data do not repeat it.
///
/// In the browser it is empty, and hydration leaves the existing HTML unchanged. So use it only on an element that the
/// island never creates itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerHtml(Arc<str>);

impl ServerHtml {
    /// The HTML; empty in the browser.
    #[must_use]
    pub fn html(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }
}

impl From<String> for ServerHtml {
    fn from(html: String) -> Self {
        Self(html.into())
    }
}

impl From<Arc<str>> for ServerHtml {
    fn from(html: Arc<str>) -> Self {
        Self(html)
    }
}

impl Serialize for ServerHtml {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de> Deserialize<'de> for ServerHtml {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <()>::deserialize(deserializer).map(|()| Self::default())
    }
}
