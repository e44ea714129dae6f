//! A form that was rejected: it is shown again on its page, with the input and the mistakes.

use leptos::prelude::*;
use rolecall_core::dashboards::Typed;
use rolecall_model::AppError;

/// A form that was rejected. Its page finds it in the context.
#[derive(Clone, Debug)]
pub struct Returned {
    /// The page that contains it.
    page: String,
    /// The path that it was sent to.
    action: String,
    typed: Typed,
    /// The name of the invalid field, if the error is about one.
    field: Option<String>,
    message: String,
}

impl Returned {
    /// The form that was sent to `action` from `page`; `None` if `error` is not about the values in `typed`.
    #[must_use]
    pub fn of((page, action): (&str, &str), typed: Typed, error: &AppError) -> Option<Self> {
        let (field, message) = match error {
            AppError::InvalidField { field, message } => (Some(field.clone()), message.clone()),
            AppError::Invalid { message } | AppError::Conflict { message } => (None, message.clone()),
            _ => return None,
        };
        Some(Self { page: page.to_owned(), action: action.to_owned(), typed, field, message })
    }

    /// The returned form on this page.
    pub fn here() -> Option<Self> {
        use_context()
    }

    /// The same, if it was sent to `action`.
    pub fn to(action: &str) -> Option<Self> {
        Self::here().filter(|returned| returned.action == action)
    }

    /// The value of the field `name`.
    pub fn value(&self, name: &str) -> &str {
        self.typed.raw(name).unwrap_or_default()
    }
}

/// A form field, with its mistake.
pub struct Field {
    pub id: String,
    pub value: String,
    mistake: Option<String>,
}

impl Field {
    /// The field with this `id` on its page, and this `value`.
    pub fn new(id: &str, value: String, mistake: Option<String>) -> Self {
        Self { id: id.to_owned(), value, mistake }
    }

    /// The field `name` with its returned value, or with the `proposed` value if the form was not returned.
    pub fn of(returned: Option<&Returned>, name: &str, id: &str, proposed: &str) -> Self {
        let Some(returned) = returned else { return Self::new(id, proposed.to_owned(), None) };
        let is_wrong = returned.field.as_deref() == Some(name);
        Self::new(id, returned.value(name).to_owned(), is_wrong.then(|| returned.message.clone()))
    }

    /// For `aria-invalid`.
    pub fn invalid(&self) -> Option<&'static str> {
        self.mistake.is_some().then_some("true")
    }

    /// For `aria-describedby`: the id of the element with the mistake.
    pub fn described_by(&self) -> Option<String> {
        self.mistake.is_some().then(|| format!("{}-mistake", self.id))
    }

    /// The mistake, to be shown below the field.
    pub fn mistake_view(&self) -> Option<AnyView> {
        let (id, mistake) = (self.described_by()?, self.mistake.clone()?);
        let view = view! {
            <p class="bad mistake" id=id dir="auto">
                {mistake}
            </p>
        };
        Some(view.into_any())
    }
}

/// Shows at the top of the page why the form was rejected. The address is that of the form, so scripts find the address
/// of the page here.
#[component]
pub fn ReturnedNotice() -> impl IntoView {
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
