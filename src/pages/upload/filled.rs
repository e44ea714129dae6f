//! The form as it was sent: the typed value of every field, with its mistakes.

use std::sync::Arc;

use leptos::prelude::*;
use rolecall_core::uploads::decisions::{Fields, another_is_called, doubled, fields};
use rolecall_core::uploads::{FormMistakes, Notice, Upload};
use rolecall_data::import::{ColumnReading, Examined, Question};

/// The form that was sent and has mistakes; empty if it was not sent yet.
#[derive(Clone, Debug)]
pub(super) struct Filled {
    /// The typed values.
    sent: Option<Fields>,
    mistakes: FormMistakes,
    /// Whether the page begins with what is wrong: it is the answer to what was sent.
    is_answer: bool,
}

/// The form, shared by its fields.
pub(super) type SharedFilled = Arc<Filled>;

/// The attributes of a field, and its mistake.
pub(super) struct Beside {
    /// For `aria-invalid`.
    pub(super) invalid: Option<&'static str>,
    /// For `aria-describedby`.
    pub(super) described: Option<String>,
    /// The mistake.
    pub(super) mistake: AnyView,
}

impl Filled {
    /// The form as `sent`, with its `mistakes`.
    pub(super) const fn again(sent: Fields, mistakes: FormMistakes) -> Self {
        Self { sent: Some(sent), mistakes, is_answer: true }
    }

    /// The form of an upload when it was not just sent: with the values and mistakes from when the file could not be
    /// read with them.
    pub(super) fn kept(upload: &Upload, examined: Option<&Examined>) -> Self {
        let mut mistakes = FormMistakes::default();
        if let Some(Notice::Field { at, what }) = &upload.notice {
            let asks_encoding = examined.is_some_and(|examined| examined.questions.contains(&Question::Encoding));
            let is_asked = asks_encoding && at.as_str() == fields::ENCODING;
            mistakes.add(if is_asked { fields::ANSWER_ENCODING } else { at.as_str() }, what.as_str());
        }
        Self { sent: upload.typed.clone(), is_answer: !mistakes.is_empty(), mistakes }
    }

    /// The same with one more mistake, unless the field has one already.
    pub(super) fn with(mut self, field: &str, what: impl Into<String>) -> Self {
        if self.mistakes.at(field).is_none() {
            self.mistakes.add(field, what);
        }
        self
    }

    /// The same with a mistake for each duplicate name in `columns`.
    pub(super) fn with_doubled_names(self, columns: &[ColumnReading]) -> Self {
        let taken = columns.iter().filter(|column| self.is_taken(column.position, column.taken));
        let named = taken.map(|column| {
            let field = fields::column(column.position, "name");
            let name = self.value(&field, column.name.as_str());
            (field, name)
        });
        let named = doubled(named.collect());
        named.into_iter().fold(self, |filled, (field, name)| filled.with(&field, another_is_called(&name)))
    }

    /// The value of the field `name`: the typed one, or otherwise `shown`.
    pub(super) fn value(&self, name: &str, shown: impl Into<String>) -> String {
        let sent = self.sent.as_ref().and_then(|sent| sent.get(name));
        sent.map_or_else(|| shown.into(), ToOwned::to_owned)
    }

    /// Whether the column at `position` is ticked. Browsers do not send unticked boxes.
    pub(super) fn is_taken(&self, position: usize, shown: bool) -> bool {
        let has = |of: &str| self.sent.as_ref().is_some_and(|sent| sent.get(&fields::column(position, of)).is_some());
        if has("name") { has("taken") } else { shown }
    }

    /// Whether `value` is selected in the field `name`.
    pub(super) fn is_chosen(&self, name: &str, value: &str) -> bool {
        self.sent.as_ref().is_some_and(|sent| sent.get(name) == Some(value))
    }

    /// The attributes and the mistake of the field `name`.
    pub(super) fn beside(&self, name: &str) -> Beside {
        let id = format!("{name}-mistake");
        match self.mistakes.at(name).map(ToOwned::to_owned) {
            None => Beside { invalid: None, described: None, mistake: ().into_any() },
            Some(what) => Beside {
                invalid: Some("true"),
                described: Some(id.clone()),
                mistake: view! {
                    <p class="bad mistake" id=id dir="auto">
                        {what}
                    </p>
                }
                .into_any(),
            },
        }
    }

    /// All mistakes, with links to their fields; empty if the form was not sent yet.
    pub(super) fn summary(&self) -> AnyView {
        if !self.is_answer || self.mistakes.is_empty() {
            return ().into_any();
        }
        let corrections = self.mistakes.all().map(|mistake| {
            let what = mistake.what.clone();
            if mistake.at.is_empty() {
                return view! { <li dir="auto">{what}</li> }.into_any();
            }
            let to = format!("#{}", mistake.at);
            view! {
                <li>
                    <a href=to dir="auto">
                        {what}
                    </a>
                </li>
            }
            .into_any()
        });
        view! {
            <section class="notice notice-bad" role="alert" aria-labelledby="corrections">
                <h2 id="corrections">"Please correct this first"</h2>
                <ul>{corrections.collect_view()}</ul>
            </section>
        }
        .into_any()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_field_is_told_once() {
        let mut mistakes = FormMistakes::default();
        mistakes.add(fields::NAME, "taken");
        let filled =
            Filled::again(Fields::of(b"name=sales"), mistakes).with(fields::NAME, "taken").with(fields::TITLE, "none");
        let wrong_fields: Vec<&str> = filled.mistakes.all().map(|mistake| mistake.at.as_str()).collect();
        assert_eq!(wrong_fields, [fields::NAME, fields::TITLE]);
    }
}
