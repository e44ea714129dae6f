//! Sends a form and reports progress, which `fetch` cannot do. In the browser only.

use leptos::prelude::*;
use leptos::server_fn::Bytes;
use leptos::wasm_bindgen::closure::Closure;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::js_sys::Function;
use leptos::web_sys::{FormData, HtmlFormElement, ProgressEvent, XmlHttpRequest};
use rolecall_model::AppError;

/// How much of a form has been sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The bytes sent so far.
    pub done: u64,
    /// The bytes to send.
    pub all: u64,
    /// The time of this report, in milliseconds since the page was loaded.
    pub at_ms: i64,
}

/// The result of sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransmissionOutcome {
    /// It arrived; the address of what it became.
    Created(String),
    /// It was cancelled.
    Cancelled,
    /// The server rejected it, or could not be reached.
    Failed(AppError),
}

/// A form that is being sent.
#[derive(Clone)]
pub struct Transmission(XmlHttpRequest);

impl Transmission {
    /// Sends `form` to its action. Calls `progress` while sending, and `end` with the result.
    ///
    /// # Errors
    /// If the browser does not start it.
    pub fn begin(
        form: &HtmlFormElement,
        progress: impl Fn(Sent) + 'static,
        end: impl Fn(TransmissionOutcome) + 'static,
    ) -> Result<Self, JsValue> {
        let (request, data) = (XmlHttpRequest::new()?, FormData::new_with_form(form)?);
        request.open("POST", &form.action())?;
        request.set_request_header("Accept", "application/json")?;
        let tell = move |event: ProgressEvent| progress(Sent::of(&event));
        request.upload()?.set_onprogress(Some(&function(Closure::<dyn Fn(ProgressEvent)>::new(tell))));
        let ended = {
            let request = request.clone();
            move |event: ProgressEvent| {
                let is_cancelled = event.type_() == "abort";
                end(if is_cancelled { TransmissionOutcome::Cancelled } else { outcome(&request) });
            }
        };
        // However it ended: loaded, failed or aborted.
        let ended = function(Closure::<dyn Fn(ProgressEvent)>::new(ended));
        request.set_onload(Some(&ended));
        request.set_onerror(Some(&ended));
        request.set_onabort(Some(&ended));
        request.send_with_opt_form_data(Some(&data))?;
        Ok(Self(request))
    }

    /// Cancels it.
    pub fn cancel(&self) {
        // Aborting fails only if it has ended.
        _ = self.0.abort();
    }
}

impl Sent {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole numbers, far below 2^53")]
    fn of(event: &ProgressEvent) -> Self {
        Self { done: event.loaded() as u64, all: event.total() as u64, at_ms: event.time_stamp() as i64 }
    }
}

/// The result from the server's answer.
fn outcome(request: &XmlHttpRequest) -> TransmissionOutcome {
    let status = request.status().unwrap_or_default();
    let created = request.get_response_header("Location").ok().flatten().filter(|_| status == 201);
    if let Some(address) = created {
        return TransmissionOutcome::Created(address);
    }
    let answer = request.response_text().ok().flatten().unwrap_or_default();
    TransmissionOutcome::Failed(match (status, AppError::de(Bytes::from(answer))) {
        // Not from us: a proxy in front has its own limit.
        (413, AppError::Unreachable) => AppError::TooLarge,
        (_, error) => error,
    })
}

/// A function for the browser, which frees it when it is no longer needed.
fn function(closure: Closure<dyn Fn(ProgressEvent)>) -> Function {
    closure.into_js_value().unchecked_into()
}
