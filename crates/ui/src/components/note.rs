//! The note panel: a plain form without JavaScript, saved in place with it.
//!
//! The script never changes the text box, so text that somebody typed before hydration is not lost. Only the version in
//! the form changes, so that saving again after a conflict overwrites on purpose.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use rolecall_model::AppError;
use rolecall_model::panels::{NOTE_MAX_CHARS, Note};
use rolecall_routes as routes;

use super::note_text::{NoteProvenance, NoteQuote, textarea_html};
use super::number::grouped;
use super::server_html::ServerHtml;
use super::viewer::here_in_browser;
use crate::api::dashboards::save_note;

/// The result of the last attempt to save.
type Outcome = Option<Result<Note, AppError>>;

#[component]
pub fn NotePanel(
    /// The name of the dashboard in paths.
    slug: String,
    id: String,
    title: String,
    width: u8,
    note: Note,
) -> impl IntoView {
    let text = textarea_html(&note.body).into();
    let standing = Note { body: String::new(), ..note };
    let (anchor, labelled_by) = (id.clone(), format!("{id}-title"));

    view! {
        <section class=format!("panel span-{width}") id=anchor aria-labelledby=labelled_by>
            <NoteForm slug panel=id title standing text/>
        </section>
    }
}

/// The form, and the result of saving it.
#[island]
pub fn NoteForm(
    slug: String,
    /// The panel's id.
    panel: String,
    title: String,
    /// The note when the page was rendered, without its text.
    standing: Note,
    /// Its text as the content of the text box.
    text: ServerHtml,
) -> impl IntoView {
    let field = NodeRef::<html::Textarea>::new();
    let (outcome, pending, edited) = (RwSignal::new(None), RwSignal::new(false), RwSignal::new(false));
    let standing = Memo::new(move |before: Option<&Note>| {
        outcome.with(|outcome: &Outcome| standing_note(outcome.as_ref(), before.unwrap_or(&standing)))
    });
    let save = {
        let (slug, panel) = (slug.clone(), panel.clone());
        move |event: ev::SubmitEvent| {
            event.prevent_default();
            let (Some(field), false) = (field.get_untracked(), pending.get_untracked()) else { return };
            let (slug, panel, body) = (slug.clone(), panel.clone(), field.value());
            let version = standing.with_untracked(|note| note.version);
            pending.set(true);
            edited.set(false);
            spawn_local(async move {
                outcome.set(Some(save_note(slug, panel, body, version).await));
                pending.set(false);
            });
        }
    };

    view! {
        <div class="panel-head">
            <h2 id=format!("{panel}-title") dir="auto">
                {title}
            </h2>
            <span class="muted">{move || view! { <NoteProvenance note=standing.get()/> }}</span>
        </div>
        <form method="post" action=routes::API_SAVE_NOTE on:submit=save>
            <input type="hidden" name="slug" value=slug/>
            <input type="hidden" name="panel" value=panel.clone()/>
            <input type="hidden" name="version" autocomplete="off" value=move || standing.with(|note| note.version)/>
            <NoteText panel field text edited/>
            // Not disabled while saving: that would take the focus away.
            <button
                class="button button-primary"
                type="submit"
                aria-disabled=move || pending.get().then_some("true")
            >
                "Save note"
            </button>
            <div class="note-status" role="status">
                {move || status(pending.get(), edited.get(), outcome)}
            </div>
        </form>
        {move || conflict(outcome)}
    }
}

/// The text box with its counter. It counts characters, as the server does; `maxlength` would count UTF-16 code units.
#[component]
fn NoteText(
    /// The panel's id.
    panel: String,
    field: NodeRef<html::Textarea>,
    text: ServerHtml,
    /// Set as soon as the person types.
    edited: RwSignal<bool>,
) -> impl IntoView {
    let (body, counter) = (format!("{panel}-body"), format!("{panel}-count"));
    let used = RwSignal::new(None::<usize>);
    // Counted in the browser, because its text may differ from the server's before this runs.
    Effect::new(move |_| used.set(field.get().map(|field| field.value().chars().count())));
    let too_long = Memo::new(move |_| used.get().is_some_and(|used| used > NOTE_MAX_CHARS));
    let most = grouped(NOTE_MAX_CHARS as u64);
    let count = move || match used.get() {
        Some(used) => format!("{} of {most} characters", grouped(used as u64)),
        None => format!("At most {most} characters"),
    };

    view! {
        <label for=body.clone()>"Text"</label>
        <textarea
            id=body
            name="body"
            rows="6"
            dir="auto"
            autocomplete="off"
            // Style sheets use it to detect an empty text box.
            placeholder=" "
            aria-describedby=counter.clone()
            aria-invalid=move || too_long.get().then_some("true")
            node_ref=field
            on:input=move |event| {
                used.set(Some(event_target_value(&event).chars().count()));
                edited.set(true);
            }
            inner_html=text.html()
        ></textarea>
        <p class=move || if too_long.get() { "bad note-count" } else { "muted note-count" } id=counter>
            {count}
        </p>
    }
}

/// The latest note known from the server.
fn standing_note(outcome: Option<&Result<Note, AppError>>, before: &Note) -> Note {
    match outcome {
        Some(Ok(saved)) => saved.clone(),
        Some(Err(AppError::NoteConflict { current, .. })) => (**current).clone(),
        _ => before.clone(),
    }
}

fn status(pending: bool, edited: bool, outcome: RwSignal<Outcome>) -> AnyView {
    if pending {
        return view! { <p>"Saving…"</p> }.into_any();
    }
    match outcome.get() {
        None | Some(Ok(_)) if edited => view! { <p class="muted">"Not saved yet"</p> }.into_any(),
        None => ().into_any(),
        Some(Ok(note)) => view! {
            <p class="good">
                <NoteProvenance note/>
            </p>
        }
        .into_any(),
        Some(Err(AppError::SignedOut)) => view! {
            <p class="bad">
                "You are signed out, so the note was not saved. Your text stays here: "
                <a href=routes::sign_in_for(Some(&here_in_browser())) target="_blank" rel="noopener">
                    "sign in (opens a new tab)"
                </a>
                ", then save again."
            </p>
        }
        .into_any(),
        Some(Err(AppError::StepUp { provider, .. })) => view! {
            <p class="bad">
                "Sign in again before you save: your last sign-in was too long ago. Your text stays here: "
                <a href=routes::sign_in_again(&provider, &here_in_browser()) target="_blank" rel="noopener">
                    "sign in again (opens a new tab)"
                </a>
                ", then save again."
            </p>
        }
        .into_any(),
        Some(Err(error)) => view! {
            <p class="bad" dir="auto">
                {error.to_string()}
            </p>
        }
        .into_any(),
    }
}

/// The other person's text, when two saved at the same time.
fn conflict(outcome: RwSignal<Outcome>) -> Option<impl IntoView> {
    let Some(Err(AppError::NoteConflict { current, .. })) = outcome.get() else { return None };

    Some(view! {
        <div class="notice notice-warn">
            <h3>"The saved text"</h3>
            <NoteQuote note=*current/>
            <p>"Your text is in the box above. Copy what you need into it, then save. Saving replaces this text."</p>
        </div>
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(body: &str, version: i64) -> Note {
        Note { body: body.into(), version, edited_by: None, edited_at_ms: None }
    }

    #[test]
    fn after_a_conflict_the_version_moves_on() {
        let outcome = Err(AppError::NoteConflict {
            slug: "weather".into(),
            panel: "note".into(),
            current: Box::new(note("theirs", 2)),
            draft: "mine".into(),
        });
        assert_eq!(standing_note(Some(&outcome), &note("old", 1)), note("theirs", 2));
    }

    #[test]
    fn another_failure_changes_nothing() {
        let outcome = Err(AppError::Unreachable);
        assert_eq!(standing_note(Some(&outcome), &note("old", 1)), note("old", 1));
    }
}
