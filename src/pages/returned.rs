//! A form that could not be taken: it comes back on its page, with what was typed and what is wrong with it.

use leptos::prelude::*;
use rolecall_core::dashboards::Typed;
use rolecall_model::AppError;

/// A form that could not be taken. The page on which it stands finds it in its context.
#[derive(Clone, Debug)]
pub struct Returned {
    /// The page on which it stands.
    page: String,
    /// The path that it was sent to.
    action: String,
    typed: Typed,
    /// The name of the field that is wrong, where it is about one.
    field: Option<String>,
    message: String,
}

impl Returned {
    /// The form that was sent to `action` from `page`; `None` where `error` says nothing of what was `typed` into it.
    #[must_use]
    pub fn of((page, action): (&str, &str), typed: Typed, error: &AppError) -> Option<Self> {
        let (field, message) = match error {
            AppError::InvalidField { field, message } => (Some(field.clone()), message.clone()),
            AppError::Invalid { message } | AppError::Conflict { message } => (None, message.clone()),
            _ => return None,
        };
        Some(Self { page: page.to_owned(), action: action.to_owned(), typed, field, message })
    }

    /// The form that comes back on this page.
    pub(super) fn here() -> Option<Self> {
        use_context()
    }

    /// The same where it was sent to `action`.
    pub(super) fn to(action: &str) -> Option<Self> {
        Self::here().filter(|returned| returned.action == action)
    }

    /// What was typed into the field `name`.
    pub(super) fn value(&self, name: &str) -> &str {
        self.typed.raw(name).unwrap_or_default()
    }
}

/// A field of a form, with what is wrong with it.
pub(super) struct Field {
    pub(super) id: String,
    pub(super) value: String,
    mistake: Option<String>,
}

impl Field {
    /// The field that has this `id` on its page, and holds `value`.
    pub(super) fn new(id: &str, value: String, mistake: Option<String>) -> Self {
        Self { id: id.to_owned(), value, mistake }
    }

    /// The field `name` as it comes back; in a form that does not, it holds what is `proposed`.
    pub(super) fn of(returned: Option<&Returned>, name: &str, id: &str, proposed: &str) -> Self {
        let Some(returned) = returned else { return Self::new(id, proposed.to_owned(), None) };
        let is_wrong = returned.field.as_deref() == Some(name);
        Self::new(id, returned.value(name).to_owned(), is_wrong.then(|| returned.message.clone()))
    }

    /// For `aria-invalid`.
    pub(super) fn invalid(&self) -> Option<&'static str> {
        self.mistake.is_some().then_some("true")
    }

    /// For `aria-describedby`: the element that says what is wrong.
    pub(super) fn described_by(&self) -> Option<String> {
        self.mistake.is_some().then(|| format!("{}-mistake", self.id))
    }

    /// What is wrong, to stand below the field.
    pub(super) fn mistake_view(&self) -> Option<AnyView> {
        let (id, mistake) = (self.described_by()?, self.mistake.clone()?);
        let view = view! {
            <p class="bad mistake" id=id dir="auto">
                {mistake}
            </p>
        };
        Some(view.into_any())
    }
}

/// Says above the page why the form was not taken. The address is that of the form, so scripts find that of the page here.
#[component]
pub(super) fn ReturnedNotice() -> impl IntoView {
    Returned::here().map(|returned| {
        view! {
            <section
                class="notice notice-bad"
                role="alert"
                aria-labelledby="returned"
                data-page=returned.page
                data-form=returned.action
            >
                <h2 id="returned">"Nothing was saved"</h2>
                <p dir="auto">{returned.message}</p>
            </section>
        }
    })
}
