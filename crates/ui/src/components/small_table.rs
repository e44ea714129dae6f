//! A table of facts: a few columns with headings. It scrolls where there is not enough space.

use leptos::prelude::*;

/// The heading of a column.
#[derive(Clone, Debug)]
pub struct Heading {
    text: String,
    is_number: bool,
}

impl Heading {
    /// A heading over texts.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_number: false }
    }

    /// A heading over numbers.
    #[must_use]
    pub fn number(text: impl Into<String>) -> Self {
        Self { is_number: true, ..Self::text(text) }
    }
}

#[component]
pub fn SmallTable(
    /// Its name for assistive technology.
    #[prop(into)]
    label: String,
    headings: Vec<Heading>,
    #[prop(optional, into)] caption: Option<String>,
    /// Whether it scrolls on its own once it takes a large part of the window.
    #[prop(optional)]
    is_tall: bool,
    #[prop(optional)] class: Option<&'static str>,
    /// Its rows.
    children: Children,
) -> impl IntoView {
    let heading = |Heading { text, is_number }: Heading| {
        view! {
            <th scope="col" class=is_number.then_some("num") dir="auto">
                {text}
            </th>
        }
    };
    let headings = headings.into_iter().map(heading).collect_view();
    let frame = if is_tall { "scroll scroll-tall" } else { "scroll" };

    view! {
        <div class=frame role="region" tabindex="0" aria-label=label>
            <table class=class>
                {caption.map(|caption| view! { <caption>{caption}</caption> })}
                <thead>
                    <tr>{headings}</tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}
