//! How Leptos' server functions carry an [`AppError`] to the browser.

use server_fn::codec::JsonEncoding;
use server_fn::error::{FromServerFnError, ServerFnErrorErr};

use crate::AppError;

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::Invalid {
                message: "This request is incomplete or cannot be read. Reload the page and try again.".into(),
            },
            _ => Self::Unreachable,
        }
    }
}
