//! A dashboard, read from its document.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use chrono_tz::Tz;
use rolecall_data::query::{QueryMistake, check};
use rolecall_model::spec::{DashboardFilter, DashboardSpec, FORMAT};

use super::content::{Content, MAX_TITLE, Panel};
use super::filters::{self, Columns};
use crate::spec_files::{FieldMistake, SpecFile, SpecMistake};

/// How many panels a dashboard may have.
const MAX_PANELS: usize = 60;

/// Where the document of a dashboard stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In a file, which only changes with a start of Rolecall.
    File,
    /// In the database.
    Stored(Edition),
    /// Nowhere yet: somebody is about to change it.
    Draft,
}

/// Whose a stored dashboard is, and which of its versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edition {
    /// The user who owns it.
    pub owner: Option<i64>,
    /// The version, from 1.
    pub version: i64,
    /// When its first version came to be, Unix milliseconds (UTC).
    pub created_at_ms: i64,
}

/// A dashboard: its document, and its panels as they are asked for.
#[derive(Clone, Debug)]
pub struct Dashboard {
    /// Where its document stands.
    pub origin: Origin,
    /// Its name in paths.
    pub slug: String,
    pub spec: DashboardSpec,
    /// Its panels, in the order of the page.
    pub panels: Vec<Panel>,
    /// Tells its document from another one.
    pub digest: u64,
    /// When its document became what it is, Unix milliseconds (UTC); not known of files.
    pub changed_at_ms: Option<i64>,
}

impl Dashboard {
    /// The dashboard `slug` in a file called `file` with `text`.
    ///
    /// # Errors
    /// Every mistake that can be found without its data sets.
    pub fn read(slug: &str, file: &str, text: String) -> Result<(Self, SpecFile), Vec<SpecMistake>> {
        let (file, spec) = SpecFile::parse(file, text).map_err(|mistake| vec![mistake])?;
        match Self::of(slug, spec, Origin::File) {
            Ok(dashboard) => Ok((dashboard, file)),
            Err(mistakes) => Err(mistakes.into_iter().map(|mistake| file.locate(mistake)).collect()),
        }
    }

    /// The dashboard `slug` with the document `spec`.
    ///
    /// # Errors
    /// Every mistake that can be found without its data sets.
    pub fn of(slug: &str, spec: DashboardSpec, origin: Origin) -> Result<Self, Vec<FieldMistake>> {
        let panels = panels(&spec)?;
        let digest = digest(&spec);
        Ok(Self { origin, slug: slug.to_owned(), spec, panels, digest, changed_at_ms: None })
    }

    /// A name for what it shows: another one whenever its document is another one. `None` where that is not known.
    #[must_use]
    pub fn key(&self) -> Option<String> {
        match self.origin {
            Origin::File => Some(self.slug.clone()),
            Origin::Stored(Edition { version, created_at_ms, .. }) => {
                Some(format!("{}.{created_at_ms}.{version}", self.slug))
            }
            Origin::Draft => None,
        }
    }

    /// Who owns it, and which version it is, where it is stored.
    #[must_use]
    pub const fn edition(&self) -> Option<Edition> {
        match self.origin {
            Origin::Stored(edition) => Some(edition),
            Origin::File | Origin::Draft => None,
        }
    }

    /// The zone in which its moments are named and its steps of time cut.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.spec.zone.as_deref().and_then(|zone| zone.parse().ok()).unwrap_or(Tz::UTC)
    }

    /// The panel called `id`.
    #[must_use]
    pub fn panel(&self, id: &str) -> Option<&Panel> {
        self.panels.iter().find(|panel| panel.spec.id == id)
    }

    /// The panels that `filter` is about, as far as their documents say.
    pub fn panels_of<'a>(&'a self, filter: &'a DashboardFilter) -> impl Iterator<Item = &'a Panel> {
        self.panels.iter().filter(move |panel| filters::is_about(filter, &panel.spec))
    }

    /// What does not fit the data sets. `file` is where the dashboard was read from.
    pub fn check_data<'a>(&self, file: &SpecFile, columns_of: &impl Fn(&str) -> Columns<'a>) -> Vec<SpecMistake> {
        self.data_mistakes(columns_of).into_iter().map(|mistake| file.locate(mistake)).collect()
    }

    /// What does not fit the data sets, by field.
    pub fn data_mistakes<'a>(&self, columns_of: &impl Fn(&str) -> Columns<'a>) -> Vec<FieldMistake> {
        let panels = self.panels.iter().enumerate();
        let mut mistakes: Vec<FieldMistake> =
            panels.flat_map(|(index, panel)| data_mistakes_of(panel, index, columns_of)).collect();
        mistakes.extend(filters::data_mistakes(&self.spec, columns_of));
        mistakes.dedup();
        mistakes
    }
}

/// What of the panels of `spec` that are right by themselves does not fit the data sets, by field: for a document that has other
/// mistakes, so that all are told at once.
pub(in crate::dashboards) fn data_mistakes_beside_others<'a>(
    spec: &DashboardSpec,
    columns_of: &impl Fn(&str) -> Columns<'a>,
) -> Vec<FieldMistake> {
    let panels = spec.panels.iter().enumerate();
    let right = panels.filter_map(|(index, panel)| Some((index, Panel::of(panel, spec).ok()?)));
    let mut mistakes: Vec<FieldMistake> =
        right.flat_map(|(index, panel)| data_mistakes_of(&panel, index, columns_of)).collect();
    // A zone that there is not is one of the others.
    mistakes.retain(|mistake| mistake.at != "zone");
    mistakes
}

/// What of the panel of the number `index` does not fit its data set, by field.
fn data_mistakes_of<'a>(panel: &Panel, index: usize, columns_of: &impl Fn(&str) -> Columns<'a>) -> Vec<FieldMistake> {
    let Some(name) = &panel.spec.dataset else { return Vec::new() };
    match columns_of(name) {
        Columns::Unknown => Vec::new(),
        Columns::NoDataSet => {
            let what = format!("There is no data set `{name}`. Import it, or correct the name.");
            vec![FieldMistake::new(format!("panels[{index}].dataset"), what)]
        }
        Columns::Known(columns) => {
            let found = panel.query().and_then(|query| check(query, columns).err()).unwrap_or_default();
            let located =
                |mistake: QueryMistake| FieldMistake::new(field_of(panel, index, &mistake.at), mistake.problem);
            found.into_iter().map(located).collect()
        }
    }
}

/// The field that the place `at` of the query of the panel `index` was made of.
fn field_of(panel: &Panel, index: usize, at: &str) -> String {
    match (at, &panel.content) {
        ("zone", _) => at.to_owned(),
        (_, Content::Rows(_)) if at.starts_with("columns[") => format!("panels[{index}].{at}.column"),
        (_, Content::Rows(_)) => format!("panels[{index}].{at}"),
        // Of groups, the order is that of `sort`.
        _ => match at.strip_prefix("order") {
            Some(rest) => format!("panels[{index}].sort{rest}"),
            None => format!("panels[{index}].{at}"),
        },
    }
}

fn panels(spec: &DashboardSpec) -> Result<Vec<Panel>, Vec<FieldMistake>> {
    let mut mistakes = Vec::new();
    if spec.format != FORMAT {
        let what = format!("This version of Rolecall reads the format {FORMAT}. Write `format = {FORMAT}`.");
        mistakes.push(FieldMistake::new("format", what));
    }
    if spec.title.trim().is_empty() {
        mistakes.push(FieldMistake::new("title", "Give the dashboard a title."));
    }
    if spec.title.chars().count() > MAX_TITLE {
        mistakes.push(FieldMistake::new("title", format!("A title has at most {MAX_TITLE} characters. Shorten it.")));
    }
    if let Some(zone) = spec.zone.as_deref().filter(|zone| zone.parse::<Tz>().is_err()) {
        let what = format!("There is no time zone `{zone}`. Give a name such as `Europe/Zurich`.");
        mistakes.push(FieldMistake::new("zone", what));
    }
    if spec.panels.len() > MAX_PANELS {
        let what = format!("A dashboard has at most {MAX_PANELS} panels. Make two dashboards.");
        mistakes.push(FieldMistake::new("panels", what));
    }
    mistakes.extend(filters::mistakes(spec));
    let mut panels = Vec::new();
    for (index, panel) in spec.panels.iter().enumerate() {
        if let Some(first) = spec.panels.iter().take(index).position(|other| other.id == panel.id) {
            let what = format!("Panel {} is called `{}` too. Give each panel an id of its own.", first + 1, panel.id);
            mistakes.push(FieldMistake::new(format!("panels[{index}].id"), what));
        }
        match Panel::of(panel, spec) {
            Ok(panel) => panels.push(panel),
            Err(found) => mistakes.extend(
                found
                    .into_iter()
                    .map(|FieldMistake { at, what }| FieldMistake::new(format!("panels[{index}].{at}"), what)),
            ),
        }
    }
    if mistakes.is_empty() { Ok(panels) } else { Err(mistakes) }
}

/// The same for equal documents in every process of this version of Rolecall.
fn digest(spec: &DashboardSpec) -> u64 {
    let mut hasher = DefaultHasher::new();
    format!("{spec:?}").hash(&mut hasher);
    hasher.finish()
}
