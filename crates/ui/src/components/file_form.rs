//! The form that sends a file.
//!
//! Without JavaScript the browser sends it. With JavaScript, files can be dropped on it, progress is shown while
//! sending, and errors of the server are shown in place, while the field keeps the file.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use rolecall_model::AppError;
use rolecall_routes as routes;

use super::drop_area::{DropArea, bytes, file_in};
use super::number::{percent, size, time_left};
use super::transmission::{Sent, Transmission, TransmissionOutcome};
use super::viewer::here_in_browser;

/// The state of an upload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Sending {
    /// It has not started, or was cancelled.
    #[default]
    Not,
    /// It is being sent: the first progress report, which gives the start time, and the latest one.
    On(Option<(Sent, Sent)>),
    /// It was rejected.
    Failed(AppError),
}

/// A file field with a description of the accepted files.
#[island]
pub fn FileForm(
    /// The path it is sent to.
    action: String,
    /// The size limit, in a sentence.
    limits: String,
    /// The size limit in bytes.
    max_bytes: u64,
) -> impl IntoView {
    let (form, field) = (NodeRef::<html::Form>::new(), NodeRef::<html::Input>::new());
    let (sending, note) = (RwSignal::new(Sending::Not), RwSignal::new(String::new()));
    let transmission = StoredValue::new_local(None::<Transmission>);
    let is_on = move || sending.with(|sending| matches!(sending, Sending::On(_)));
    let progress = move |sent: Sent| {
        sending.update(|sending| {
            if let Sending::On(progress) = sending {
                *progress = Some((progress.map_or(sent, |(first, _)| first), sent));
            }
        });
    };
    let end = move |outcome: TransmissionOutcome| match outcome {
        TransmissionOutcome::Created(address) => {
            note.set("The file was sent.".to_owned());
            _ = location().set_href(&address);
        }
        TransmissionOutcome::Cancelled => {
            sending.set(Sending::Not);
            note.set("Cancelled. Nothing of the file was kept.".to_owned());
            // The focused button is gone.
            if let Some(field) = field.get_untracked() {
                _ = field.focus();
            }
        }
        TransmissionOutcome::Failed(error) => sending.set(Sending::Failed(error)),
    };
    let send = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let (Some(form), false) = (form.get_untracked(), is_on()) else { return };
        let bytes = file_in(field).map_or(0, |file| bytes(&file));
        if bytes > max_bytes {
            sending.set(Sending::Failed(AppError::FileTooLarge { limit: size(max_bytes) }));
            return;
        }
        note.set(String::new());
        sending.set(Sending::On(None));
        match Transmission::begin(&form, progress, end) {
            Ok(begun) => transmission.set_value(Some(begun)),
            Err(_) => sending.set(Sending::Failed(AppError::Unreachable)),
        }
    };
    let cancel = move |_| {
        transmission.with_value(|transmission| transmission.iter().for_each(Transmission::cancel));
    };

    view! {
        <form
            class="fields"
            method="post"
            action=action
            enctype="multipart/form-data"
            node_ref=form
            on:submit=send
        >
            <DropArea field limits chosen=move || sending.set(Sending::Not)/>
            // Not disabled while sending: that would take the focus away.
            <button class="button button-primary" type="submit" aria-disabled=move || is_on().then_some("true")>
                "Upload"
            </button>
            {move || match sending.get() {
                Sending::Not => ().into_any(),
                Sending::On(progress) => view! { <ProgressOfSending progress cancel/> }.into_any(),
                Sending::Failed(error) => view! { <Refusal error/> }.into_any(),
            }}
            <p class="visually-hidden" role="status">
                {move || announced(&sending.get(), &note.get())}
            </p>
        </form>
    }
}

/// The progress, and a button to cancel.
#[component]
fn ProgressOfSending(
    /// The first and the latest report.
    progress: Option<(Sent, Sent)>,
    cancel: impl Fn(ev::MouseEvent) + 'static,
) -> impl IntoView {
    let (done, all) = progress.map_or((0, 1), |(_, sent)| (sent.done, sent.all.max(1)));
    let left = progress.and_then(|(first, sent)| {
        time_left(sent.at_ms - first.at_ms, sent.done.saturating_sub(first.done), sent.all.saturating_sub(first.done))
    });
    let text = match progress {
        None => "Sending…".to_owned(),
        Some((_, sent)) if sent.done == sent.all => "Sent. The server is reading it…".to_owned(),
        Some(_) => {
            format!("{} of {}", size(done), size(all)) + &left.map_or(String::new(), |left| format!(", {left} left"))
        }
    };

    view! {
        <div>
            <progress aria-label="Sending the file" max=all.to_string() value=done.to_string()></progress>
            <p>{text}</p>
            <button class="button" type="button" on:click=cancel>
                "Cancel"
            </button>
        </div>
    }
}

/// Why the file was rejected, and what to do. Signing in again happens in another tab, so that the file stays chosen.
#[component]
fn Refusal(error: AppError) -> impl IntoView {
    let sign_in = match &error {
        AppError::SignedOut => Some(routes::sign_in_for(Some(&here_in_browser()))),
        AppError::StepUp { provider, .. } => Some(routes::sign_in_again(provider, &here_in_browser())),
        _ => None,
    };
    let advice = sign_in.is_none().then(|| error.advice());
    let link = sign_in.map(|href| {
        view! {
            <p>
                <a href=href target="_blank" rel="noopener">
                    "Sign in (opens a new tab)"
                </a>
                ", then choose “Upload” again. The file stays chosen."
            </p>
        }
    });
    let advice = advice.into_iter().flatten().map(|advice| view! { <p>{advice}</p> }).collect_view();

    view! {
        <div class="notice notice-bad" role="alert">
            <p dir="auto">{error.to_string()}</p>
            {link}
            {advice}
        </div>
    }
}

/// The text announced to assistive technology: every quarter, not every progress event.
fn announced(sending: &Sending, note: &str) -> String {
    match sending {
        Sending::On(Some((_, sent))) => match percent(sent.done, sent.all) / 25 * 25 {
            100 => "The file was sent.".to_owned(),
            0 => "The file is being sent.".to_owned(),
            quarters => format!("{quarters} % of the file are sent."),
        },
        Sending::On(None) => "The file is being sent.".to_owned(),
        Sending::Not | Sending::Failed(_) => note.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_quarter_is_announced_and_nothing_in_between() {
        let at = |done| {
            let sent = Sent { done, all: 1000, at_ms: 0 };
            announced(&Sending::On(Some((sent, sent))), "")
        };
        assert_eq!(at(10), at(240));
        assert_eq!((at(250).as_str(), at(499).as_str()), ("25 % of the file are sent.", "25 % of the file are sent."));
        assert_eq!(at(1000), "The file was sent.");
        assert_eq!(announced(&Sending::Not, "Cancelled."), "Cancelled.");
    }
}
