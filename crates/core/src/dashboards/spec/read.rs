//! A dashboard, read from its document.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use chrono_tz::Tz;
use rolecall_model::spec::{DashboardFilter, DashboardSpec, FORMAT};

use super::content::{MAX_TITLE, Panel};
use super::filters::{self, Columns, MAX_FILTERS};
use super::mistaken::{MistakenDashboard, in_panel};
use super::panel_data::data_mistakes_of;
use crate::spec_files::{FieldMistake, Reading, SpecFile, SpecMistake};

/// How many panels a dashboard may have.
const MAX_PANELS: usize = 60;

/// A valid dashboard with all required fields, of which those of a file that cannot be read are taken.
pub(super) const STAND_INS: &str = r#"
format = 1
title = "(unknown)"

[[filters]]
id = "(unknown)"
kind = "values"
column = "(unknown)"

[[panels]]
id = "(unknown)"
title = "(unknown)"
kind = "note"
"#;

/// The place of a dashboard's document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In a file, which is read only when Rolecall starts.
    File,
    /// In the database.
    Stored(Edition),
    /// Not stored: a preview of a change.
    Draft,
}

/// The owner and version of a stored dashboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edition {
    /// The user who owns it.
    pub owner: Option<i64>,
    /// The version, from 1.
    pub version: i64,
    /// When its first version was made, Unix milliseconds (UTC).
    pub created_at_ms: i64,
}

/// A dashboard: its document, and its validated panels.
#[derive(Clone, Debug)]
pub struct Dashboard {
    /// The place of its document.
    pub origin: Origin,
    /// Its name in paths.
    pub slug: String,
    pub spec: DashboardSpec,
    /// Its panels, in page order.
    pub panels: Vec<Panel>,
    /// The hash of its document.
    pub digest: u64,
    /// When its document was last changed, Unix milliseconds (UTC); `None` for files.
    pub changed_at_ms: Option<i64>,
}

impl Dashboard {
    /// The dashboard `slug` from a file called `file` with `text`.
    ///
    /// # Errors
    /// Every mistake that can be found without its data sets.
    pub fn read(slug: &str, file: &str, text: String) -> Result<(Self, SpecFile), Box<MistakenDashboard>> {
        let file = SpecFile::parse(file, text).map_err(|mistake| MistakenDashboard::unreadable(vec![mistake]))?;
        let too_many = too_many(file.count("panels"), file.count("filters"));
        if !too_many.is_empty() {
            return Err(MistakenDashboard::unreadable(file.locate_all(too_many, 0)));
        }
        let reading: Reading<DashboardSpec> = file.read(STAND_INS).map_err(MistakenDashboard::unreadable)?;
        let found = match panels(&reading.spec) {
            Ok(panels) if reading.mistakes.is_empty() => {
                return Ok((Self::made_of(slug, reading.spec, panels, Origin::File), reading.file));
            }
            Ok(_) => Vec::new(),
            Err(found) => found,
        };
        Err(MistakenDashboard::new(reading, found))
    }

    /// The dashboard `slug` with the document `spec`.
    ///
    /// # Errors
    /// Every mistake that can be found without its data sets.
    pub fn of(slug: &str, spec: DashboardSpec, origin: Origin) -> Result<Self, Vec<FieldMistake>> {
        let panels = panels(&spec)?;
        Ok(Self::made_of(slug, spec, panels, origin))
    }

    fn made_of(slug: &str, spec: DashboardSpec, panels: Vec<Panel>, origin: Origin) -> Self {
        let digest = digest(&spec);
        Self { origin, slug: slug.to_owned(), spec, panels, digest, changed_at_ms: None }
    }

    /// A cache key for its content, which changes with its document. `None` if that is not known.
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

    /// The owner and version, if it is stored.
    #[must_use]
    pub const fn edition(&self) -> Option<Edition> {
        match self.origin {
            Origin::Stored(edition) => Some(edition),
            Origin::File | Origin::Draft => None,
        }
    }

    /// The time zone for its times and steps of time.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.spec.zone.as_deref().and_then(|zone| zone.parse().ok()).unwrap_or(Tz::UTC)
    }

    /// The panel called `id`.
    #[must_use]
    pub fn panel(&self, id: &str) -> Option<&Panel> {
        self.panels.iter().find(|panel| panel.spec.id == id)
    }

    /// The panels that `filter` applies to, by their documents.
    pub fn panels_of<'a>(&'a self, filter: &'a DashboardFilter) -> impl Iterator<Item = &'a Panel> {
        self.panels.iter().filter(move |panel| filters::is_about(filter, &panel.spec))
    }

    /// Mistakes against the data sets. `file` is the file that the dashboard came from.
    pub fn check_data<'a>(&self, file: &SpecFile, columns_of: &impl Fn(&str) -> Columns<'a>) -> Vec<SpecMistake> {
        file.locate_all(self.data_mistakes(columns_of), 0)
    }

    /// Mistakes against the data sets, by field.
    pub fn data_mistakes<'a>(&self, columns_of: &impl Fn(&str) -> Columns<'a>) -> Vec<FieldMistake> {
        let panels = self.panels.iter().enumerate();
        let mut mistakes: Vec<FieldMistake> =
            panels.flat_map(|(index, panel)| data_mistakes_of(panel, index, columns_of)).collect();
        mistakes.extend(filters::data_mistakes(&self.spec, columns_of));
        mistakes.dedup();
        mistakes
    }
}

/// The mistakes if there are too many panels or filters. Nothing else is checked then: it would take too long.
fn too_many(panels: usize, filters: usize) -> Vec<FieldMistake> {
    let mut mistakes = Vec::new();
    if filters > MAX_FILTERS {
        let what = format!("A dashboard has at most {MAX_FILTERS} filters. Leave some out.");
        mistakes.push(FieldMistake::new("filters", what));
    }
    if panels > MAX_PANELS {
        let what = format!("A dashboard has at most {MAX_PANELS} panels. Make two dashboards.");
        mistakes.push(FieldMistake::new("panels", what));
    }
    mistakes
}

fn panels(spec: &DashboardSpec) -> Result<Vec<Panel>, Vec<FieldMistake>> {
    let mut mistakes = too_many(spec.panels.len(), spec.filters.len());
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
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
    mistakes.extend(filters::mistakes(spec));
    let mut panels = Vec::new();
    for (index, panel) in spec.panels.iter().enumerate() {
        if let Some(first) = spec.panels.iter().take(index).position(|other| other.id == panel.id) {
            let what = format!("Panel {} is called `{}` too. Give each panel an id of its own.", first + 1, panel.id);
            mistakes.push(FieldMistake::new(format!("panels[{index}].id"), what));
        }
        match Panel::of(panel, spec) {
            Ok(panel) => panels.push(panel),
            Err(found) => mistakes.extend(found.into_iter().map(|mistake| in_panel(index, mistake))),
        }
    }
    if mistakes.is_empty() { Ok(panels) } else { Err(mistakes) }
}

/// The hash of the document: the same for equal documents in every process of this version of Rolecall.
fn digest(spec: &DashboardSpec) -> u64 {
    let mut hasher = DefaultHasher::new();
    format!("{spec:?}").hash(&mut hasher);
    hasher.finish()
}
