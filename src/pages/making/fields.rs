//! Form fields with their typed values, and the mistakes beside them.

use leptos::prelude::*;
use rolecall_core::dashboards::Typed;
use rolecall_core::spec_files::FieldMistake;
use rolecall_ui::components::note_text::textarea_html;

use super::field_ids::{field_of, id_of};

/// The typed values of a form, and their mistakes.
pub(super) struct Form<'a> {
    pub(super) typed: &'a Typed,
    pub(super) mistakes: &'a [FieldMistake],
}

/// An option of a field: value and label.
pub(super) type Choice = (String, String);

impl Form<'_> {
    /// The mistakes of the field `name`.
    fn mistakes_at<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.mistakes.iter().filter(move |mistake| field_of(&mistake.at) == name).map(|mistake| mistake.what.as_str())
    }

    /// The id of the element with the mistakes of the field `name`, if there are any.
    fn described_by(&self, name: &str) -> Option<String> {
        self.mistakes_at(name).next().map(|_| format!("{}-mistake", id_of(name)))
    }

    /// The mistakes of the field or group `name`; an empty element if there are none, which a script can fill.
    pub(super) fn mistake(&self, name: &str) -> AnyView {
        let texts: Vec<String> = self.mistakes_at(name).map(ToOwned::to_owned).collect();
        view! {
            <p class="bad mistake" id=format!("{}-mistake", id_of(name)) dir="auto">
                {(!texts.is_empty()).then(|| texts.join(" "))}
            </p>
        }
        .into_any()
    }

    /// A line of text.
    pub(super) fn text(&self, name: &str, label: &'static str, max_length: Option<u16>) -> AnyView {
        let (id, value) = (id_of(name), self.typed.raw(name).unwrap_or_default().to_owned());
        let described = self.described_by(name);
        let invalid = described.is_some().then_some("true");
        view! {
            <div>
                <label for=id.clone()>{label}</label>
                <input
                    id=id
                    name=name.to_owned()
                    value=value
                    maxlength=max_length
                    dir="auto"
                    autocomplete="off"
                    aria-invalid=invalid
                    aria-describedby=described
                />
                {self.mistake(name)}
            </div>
        }
        .into_any()
    }

    /// A whole number, possibly empty.
    pub(super) fn number(&self, name: &str, label: &'static str, (least, most): (u32, u32)) -> AnyView {
        let (id, value) = (id_of(name), self.typed.raw(name).unwrap_or_default().to_owned());
        let described = self.described_by(name);
        let invalid = described.is_some().then_some("true");
        view! {
            <div>
                <label for=id.clone()>{label}</label>
                <input
                    id=id
                    name=name.to_owned()
                    value=value
                    type="number"
                    min=least
                    max=most
                    aria-invalid=invalid
                    aria-describedby=described
                />
                {self.mistake(name)}
            </div>
        }
        .into_any()
    }

    /// A multi-line text.
    pub(super) fn lines(&self, name: &str, label: &'static str, rows: u8) -> AnyView {
        let (id, value) = (id_of(name), textarea_html(self.typed.raw(name).unwrap_or_default()));
        let described = self.described_by(name);
        let invalid = described.is_some().then_some("true");
        view! {
            <div>
                <label for=id.clone()>{label}</label>
                <textarea
                    id=id
                    name=name.to_owned()
                    rows=rows
                    dir="auto"
                    aria-invalid=invalid
                    aria-describedby=described
                    inner_html=value
                ></textarea>
                {self.mistake(name)}
            </div>
        }
        .into_any()
    }

    /// One of `choices`, or a typed value that is not among them. A field with `shows` decides which other fields are
    /// shown.
    pub(super) fn choice(&self, name: &str, label: &'static str, choices: Vec<Choice>, shows: bool) -> AnyView {
        let (id, chosen) = (id_of(name), self.typed.get(name).to_owned());
        let described = self.described_by(name);
        let invalid = described.is_some().then_some("true");
        view! {
            <div>
                <label for=id.clone()>{label}</label>
                <select
                    id=id
                    name=name.to_owned()
                    data-shows=shows.then_some("")
                    aria-invalid=invalid
                    aria-describedby=described
                >
                    {options(choices, &[chosen])}
                </select>
                {self.mistake(name)}
            </div>
        }
        .into_any()
    }

    /// Any number of `choices`.
    pub(super) fn several(&self, name: &str, label: &'static str, choices: Vec<Choice>) -> AnyView {
        let (id, chosen) = (id_of(name), self.typed.all(name).map(ToOwned::to_owned).collect::<Vec<_>>());
        let described = self.described_by(name);
        let invalid = described.is_some().then_some("true");
        view! {
            <div>
                <label for=id.clone()>{label}</label>
                <select id=id name=name.to_owned() multiple size="4" aria-invalid=invalid aria-describedby=described>
                    {options(choices, &chosen)}
                </select>
                {self.mistake(name)}
            </div>
        }
        .into_any()
    }

    /// A checkbox. One with `shows` decides which other fields are shown.
    pub(super) fn tick(&self, name: &str, label: &'static str, shows: bool) -> AnyView {
        let id = id_of(name);
        let is_ticked = self.typed.has(name);
        view! {
            <label class="choice" for=id.clone()>
                <input
                    type="checkbox"
                    id=id.clone()
                    name=name.to_owned()
                    checked=is_ticked
                    data-shows=shows.then_some("")
                />
                <span>{label}</span>
            </label>
            {self.mistake(name)}
        }
        .into_any()
    }

    /// All mistakes, with links to their fields.
    pub(super) fn summary(&self) -> AnyView {
        if self.mistakes.is_empty() {
            return ().into_any();
        }
        view! {
            <section class="notice notice-bad" role="alert" aria-labelledby="mistakes">
                <h2 id="mistakes">"Nothing was saved yet"</h2>
                {mistake_links(self.mistakes)}
            </section>
        }
        .into_any()
    }
}

/// `mistakes` as links to their fields; plain text if they belong to no field.
pub(super) fn mistake_links(mistakes: &[FieldMistake]) -> impl IntoView + use<> {
    let links = mistakes.iter().map(|mistake| {
        if mistake.at.is_empty() {
            return view! { <li dir="auto">{mistake.what.clone()}</li> }.into_any();
        }
        let to = format!("#{}", id_of(&field_of(&mistake.at)));
        view! {
            <li>
                <a href=to dir="auto">
                    {mistake.what.clone()}
                </a>
            </li>
        }
        .into_any()
    });
    view! { <ul>{links.collect_view()}</ul> }
}

/// `choices` as options. A chosen value that is not among them is added, so that it is not lost.
pub(super) fn options(mut choices: Vec<Choice>, chosen: &[String]) -> impl IntoView + use<> {
    for value in chosen {
        if !value.is_empty() && !choices.iter().any(|(known, _)| known == value) {
            choices.push((value.clone(), value.clone()));
        }
    }
    let option = |(value, text): Choice| {
        let is_chosen = chosen.contains(&value);
        view! {
            <option value=value selected=is_chosen>
                {text}
            </option>
        }
    };
    choices.into_iter().map(option).collect_view()
}

/// A hidden field.
pub(super) fn hidden(name: &str, value: impl ToString) -> AnyView {
    view! { <input type="hidden" name=name.to_owned() value=value.to_string()/> }.into_any()
}
