//! The text of a note in a page, and who saved it.

use html_escape::encode_text;
use leptos::prelude::*;
use rolecall_model::panels::Note;

use super::time::Moment;

/// Who saved a note last, and when.
#[component]
pub fn NoteProvenance(note: Note) -> impl IntoView {
    let Note { edited_by, edited_at_ms, .. } = note;
    let by = edited_by.map(|name| view! { " by " <bdi>{name}</bdi> });
    let at = edited_at_ms.map(|ms| view! { ", " <Moment ms/> });

    if by.is_none() && at.is_none() {
        return view! { "No note yet." }.into_any();
    }
    view! { "Saved" {by} {at} }.into_any()
}

/// The note as a panel for people who may not edit it.
#[component]
pub fn NoteToRead(
    /// The id of the panel on the page.
    id: String,
    title: String,
    /// Its width, in twelfths of the page.
    width: u8,
    note: Note,
) -> impl IntoView {
    let heading = format!("{id}-title");
    let labelled_by = heading.clone();
    let note = if note.body.is_empty() {
        view! {
            <p class="muted note-none">
                <NoteProvenance note/>
            </p>
        }
        .into_any()
    } else {
        view! { <NoteQuote note/> }.into_any()
    };

    view! {
        <section class=format!("panel span-{width}") id=id aria-labelledby=labelled_by>
            <h2 id=heading dir="auto">
                {title}
            </h2>
            {note}
        </section>
    }
}

/// The text of a note for reading, with its line breaks.
#[component]
pub fn NoteQuote(note: Note) -> impl IntoView {
    view! {
        <blockquote class="note-text" dir="auto">
            {note.body.clone()}
        </blockquote>
        <p class="muted">
            <NoteProvenance note/>
        </p>
    }
}

/// `text` as the HTML inside a `<textarea>`.
///
/// Leptos does not escape the children of that element, so this function does. The HTML parser drops a line break right
/// after the opening tag (HTML, section 13.2.6.4.7), so such a text gets one more in front.
#[must_use]
pub fn textarea_html(text: &str) -> String {
    let html = encode_text(text).into_owned();
    if text.starts_with('\n') { format!("\n{html}") } else { html }
}

#[cfg(test)]
mod tests {
    use super::textarea_html;

    #[test]
    fn a_note_cannot_break_out_of_its_text_box() {
        assert_eq!(textarea_html("</textarea><b>&amp;"), "&lt;/textarea&gt;&lt;b&gt;&amp;amp;");
    }

    #[test]
    fn line_breaks_stay() {
        assert_eq!(textarea_html("a\n\nb"), "a\n\nb");
        assert_eq!(textarea_html("\na"), "\n\na");
    }
}
