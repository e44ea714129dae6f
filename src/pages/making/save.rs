//! Saves a change of a dashboard, based on the version that the person saw.

use rolecall_core::dashboards::{ClosedPanels, Columns, Dashboard, DashboardChange, New, Origin, StoreError, Typed};
use rolecall_core::datasets::Catalogue;
use rolecall_core::spec_files::FieldMistake;
use rolecall_model::spec::DashboardSpec;
use rolecall_model::{AppError, Role};
use rolecall_ui::caller::{self, Changing};

/// The result of saving a change.
pub(super) enum SaveOutcome {
    /// Saved as this version.
    Saved(i64),
    /// It has mistakes.
    Mistakes(Vec<FieldMistake>),
    /// Another person saved a version first.
    Conflict,
}

/// The version that a form started from.
///
/// # Errors
/// [`AppError::Invalid`] if the form has none.
pub(super) fn version_of(typed: &Typed) -> Result<i64, AppError> {
    let unreadable = |_| AppError::Invalid { message: "This form cannot be read. Load the page again.".to_owned() };
    typed.get("version").parse().map_err(unreadable)
}

/// Refuses to change the panel `id`, or to show its document, if it is closed to the caller: an owner can have fewer
/// rights than a person who added a panel to the dashboard.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::StepUp`] if signing in again opens it.
pub(super) async fn refuse_closed(changing: &Changing, id: &str) -> Result<(), AppError> {
    match closed_in(changing, &[]).await?.needs(id) {
        None => Ok(()),
        Some(needed) => Err(closed_to(changing, needed)),
    }
}

/// The panels that are closed to the caller, in the current document and in `others`, which are other documents of the
/// dashboard.
///
/// # Errors
/// If the data sets cannot be read.
pub(super) async fn closed_in(changing: &Changing, others: &[&DashboardSpec]) -> Result<ClosedPanels, AppError> {
    let documents: Vec<&DashboardSpec> = others.iter().copied().chain([&changing.stored.spec]).collect();
    let closed = caller::dashboards()?.closed_panels(&documents, changing.role).await;
    closed.map_err(|error| error.for_browser(caller::internal))
}

/// The error for something that is closed to the caller and needs the role `needed`: not found, or, if they have that
/// role, they must sign in again.
pub(super) fn closed_to(changing: &Changing, needed: Role) -> AppError {
    let is_held = changing.sign_in.user.has(needed);
    is_held.then(|| caller::require(needed).err()).flatten().unwrap_or(AppError::NotFound)
}

/// Saves `change` to the dashboard of `changing`, if `from` is still its current version.
///
/// # Errors
/// [`AppError::NotFound`] where the panel is gone, or closed to who changes it.
pub(super) async fn save(changing: &Changing, from: i64, change: &DashboardChange) -> Result<SaveOutcome, AppError> {
    if let Some(id) = change.panel() {
        refuse_closed(changing, id).await?;
    }
    if from != changing.stored.edition.version {
        return Ok(SaveOutcome::Conflict);
    }
    let spec = change.of(&changing.stored.spec).map_err(|_| AppError::NotFound)?;
    store(changing, &spec, &change.words(&changing.stored.spec), None).await
}

/// Saves `spec` as the next version of `changing`.
///
/// # Errors
/// [`AppError::Invalid`] if a panel would change that is closed to the caller, [`AppError::StepUp`] if signing in again
/// opens it; errors on our side.
pub(super) async fn store(
    changing: &Changing,
    spec: &DashboardSpec,
    words: &str,
    restored_from: Option<i64>,
) -> Result<SaveOutcome, AppError> {
    let new = New { spec, change: words, restored_from };
    match caller::dashboards()?.save(&changing.stored, new, changing.editor()?).await {
        Ok(version) => Ok(SaveOutcome::Saved(version)),
        Err(StoreError::Mistakes(mistakes)) => Ok(SaveOutcome::Mistakes(mistakes)),
        Err(StoreError::Changed) => Ok(SaveOutcome::Conflict),
        Err(error @ StoreError::Closed(needed)) => Err(match closed_to(changing, needed) {
            AppError::NotFound => error.for_browser(caller::internal),
            step_up => step_up,
        }),
        Err(error) => Err(error.for_browser(caller::internal)),
    }
}

/// The columns of data sets for a person with `role`: a data set that is closed to them counts as missing.
pub(super) fn open_columns<'a>(catalogue: &'a Catalogue, role: Option<Role>) -> impl Fn(&str) -> Columns<'a> {
    move |name| match catalogue.get(name).filter(|dataset| dataset.is_open_to(role)) {
        Some(dataset) => Columns::Known(&dataset.data.columns),
        None => Columns::NoDataSet,
    }
}

/// The mistakes of the panel at `at` of `spec`, by form field: those that any document is checked for, and those
/// against its data set, which must be open to the caller.
///
/// # Errors
/// If the data sets cannot be read.
pub(super) async fn panel_mistakes(spec: &DashboardSpec, at: usize) -> Result<Vec<FieldMistake>, AppError> {
    let found = match Dashboard::of("", spec.clone(), Origin::Draft) {
        Err(mistakes) => mistakes,
        Ok(dashboard) => {
            let catalogue = caller::dashboards()?.datasets().catalogue().await;
            let catalogue = catalogue.map_err(|error| caller::internal(&error))?;
            dashboard.data_mistakes(&open_columns(&catalogue, caller::open_role()))
        }
    };
    let within = format!("panels[{at}].");
    let id = spec.panels.get(at).map(|panel| &panel.id);
    let of_same_id = || spec.panels.iter().enumerate().filter(|(_, panel)| Some(&panel.id) == id);
    // The check reports a duplicate id at the later of two panels, by its position, but some panels may be closed to
    // the caller.
    let is_doubled = of_same_id().count() > 1;
    let places: Vec<String> = of_same_id().map(|(place, _)| format!("panels[{place}].id")).collect();
    let doubled = is_doubled.then(|| FieldMistake {
        at: "id".to_owned(),
        what: format!("Another panel is called “{}”. Give each panel an id of its own.", id.map_or("", String::as_str)),
    });
    let of_panel = |mistake: FieldMistake| {
        if is_doubled && places.contains(&mistake.at) {
            return None;
        }
        if let Some(field) = mistake.at.strip_prefix(&within) {
            return Some(FieldMistake { at: field.to_owned(), what: mistake.what });
        }
        // Existing mistakes in other panels and in filters must not prevent saving this one.
        let is_of_others = ["panels[", "filters["].into_iter().any(|others| mistake.at.starts_with(others));
        (!is_of_others).then_some(mistake)
    };
    Ok(doubled.into_iter().chain(found.into_iter().filter_map(of_panel)).collect())
}
