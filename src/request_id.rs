//! The id under which a request is found in the log.

use std::fmt;

/// The id of the request, told to the person on problem pages and in the answer's `x-request-id`. A request extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub String);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
