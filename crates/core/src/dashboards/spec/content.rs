//! A panel, validated: its document in the form of its kind.

use rolecall_model::data::{GroupQuery, Query, RowQuery, Select};
use rolecall_model::spec::{DashboardSpec, PanelKind, PanelSpec};
use rolecall_model::{Role, is_name};

use super::fields::{self, is_rows};
use crate::spec_files::FieldMistake;

/// The default time zone of a dashboard.
const UTC: &str = "UTC";
/// How many rows a page of a table has.
const ROWS_PER_PAGE: u32 = 20;
/// How many rows a page of a table may have.
const MAX_ROWS_PER_PAGE: u32 = 500;
/// The longest title of a dashboard or a panel, in characters.
pub(super) const MAX_TITLE: usize = 200;
/// The longest text of a panel, in characters.
const MAX_TEXT: usize = 20_000;
/// How many columns the page's grid has.
const PAGE_COLUMNS: u8 = 12;

/// A panel of a dashboard.
#[derive(Clone, Debug)]
pub struct Panel {
    pub spec: PanelSpec,
    /// The lowest role that may see it, by dashboard and panel. Its data set may need a higher one.
    pub role: Role,
    /// Its content.
    pub content: Content,
}

/// The content of a panel.
#[derive(Clone, Debug)]
pub enum Content {
    /// A figure for each measure.
    Figures(Query),
    /// A chart of groups.
    Chart(Query),
    /// A table of rows, read page by page.
    Rows(Query),
    /// A table with a row for each group, shown page by page.
    Groups(Query),
    /// A text in Markdown.
    Text(String),
    /// A note that writers edit.
    Note,
    /// Live figures about sign-ins.
    SignIns,
}

impl Content {
    /// Whether it shows values of a data set; then it can be exported as a file or picture.
    #[must_use]
    pub const fn has_values(&self) -> bool {
        !matches!(self, Self::Text(_) | Self::Note | Self::SignIns)
    }
}

impl Panel {
    /// The panel of `spec` on `dashboard`.
    pub(super) fn of(spec: &PanelSpec, dashboard: &DashboardSpec) -> Result<Self, Vec<FieldMistake>> {
        let mut mistakes = fields::mistakes(spec);
        mistakes.extend(values(spec));
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let content = content(spec, dashboard.zone.as_deref().unwrap_or(UTC));
        Ok(Self { spec: spec.clone(), role: role_of(spec, dashboard), content })
    }

    /// Its width, in twelfths of the page.
    #[must_use]
    pub fn width(&self) -> u8 {
        self.spec.width.unwrap_or(PAGE_COLUMNS)
    }

    /// How many rows are on a page, if it is a table.
    #[must_use]
    pub fn rows_per_page(&self) -> u32 {
        rows_per_page(&self.spec)
    }

    #[must_use]
    pub const fn query(&self) -> Option<&Query> {
        match &self.content {
            Content::Figures(query) | Content::Chart(query) | Content::Rows(query) | Content::Groups(query) => {
                Some(query)
            }
            Content::Text(_) | Content::Note | Content::SignIns => None,
        }
    }
}

/// The lowest role that may see the panel `spec`, by itself and its `dashboard`.
#[must_use]
pub fn role_of(spec: &PanelSpec, dashboard: &DashboardSpec) -> Role {
    match spec.kind {
        PanelKind::SignIns => Role::Admin,
        _ => spec.role.unwrap_or(dashboard.role).max(dashboard.role),
    }
}

/// How many rows are on a page of the table `spec`.
fn rows_per_page(spec: &PanelSpec) -> u32 {
    spec.rows_per_page.unwrap_or(ROWS_PER_PAGE)
}

/// Mistakes in single values.
fn values(spec: &PanelSpec) -> Vec<FieldMistake> {
    let mut mistakes = Vec::new();
    if !is_name(&spec.id) {
        mistakes.push(FieldMistake::new("id", "Give 1 to 64 small letters, digits and hyphens, such as by-month."));
    }
    if spec.title.trim().is_empty() {
        mistakes.push(FieldMistake::new("title", "Give the panel a title."));
    }
    if spec.title.chars().count() > MAX_TITLE {
        mistakes.push(FieldMistake::new("title", format!("A title has at most {MAX_TITLE} characters. Shorten it.")));
    }
    if spec.text.as_ref().is_some_and(|text| text.chars().count() > MAX_TEXT) {
        let what = "A text has at most 20,000 characters. Put the rest into another panel.";
        mistakes.push(FieldMistake::new("text", what));
    }
    if spec.width.is_some_and(|width| !(1..=PAGE_COLUMNS).contains(&width)) {
        mistakes.push(FieldMistake::new("width", "The page has 12 columns. Give a width from 1 to 12."));
    }
    if spec.rows_per_page.is_some_and(|rows| !(1..=MAX_ROWS_PER_PAGE).contains(&rows)) {
        let what = format!("A page of a table has 1 to {MAX_ROWS_PER_PAGE} rows. Give a number in between.");
        mistakes.push(FieldMistake::new("rows_per_page", what));
    }
    if spec.compare && spec.by.as_ref().is_some_and(|by| by.step.is_none()) {
        let what = "To compare with the period before, `by` needs a `step`, for example `step = \"month\"`.";
        mistakes.push(FieldMistake::new("by", what));
    }
    for (index, measure) in spec.measures.iter().enumerate() {
        if !measure.show.is_empty() && spec.kind != PanelKind::Figure {
            let what = "Only a `figure` panel has `show`. Remove it.";
            mistakes.push(FieldMistake::new(format!("measures[{index}].show"), what));
        }
    }
    mistakes
}

fn content(spec: &PanelSpec, zone: &str) -> Content {
    let query = |select| Query { filters: spec.filters.clone(), zone: zone.to_owned(), select };
    let groups = || {
        query(Select::Groups(GroupQuery {
            measures: spec.measures.clone(),
            by: spec.by.clone(),
            split: spec.split.clone(),
            order: spec.sort.clone(),
            limit: spec.limit,
        }))
    };
    match spec.kind {
        PanelKind::Figure => Content::Figures(groups()),
        PanelKind::Line | PanelKind::Area | PanelKind::Bar => Content::Chart(groups()),
        PanelKind::Table if is_rows(spec) => Content::Rows(query(Select::Rows(RowQuery {
            columns: spec.columns.iter().map(|column| column.column.clone()).collect(),
            order: spec.order.clone(),
            offset: 0,
            limit: rows_per_page(spec),
        }))),
        PanelKind::Table => Content::Groups(groups()),
        PanelKind::Text => Content::Text(spec.text.clone().unwrap_or_default()),
        PanelKind::Note => Content::Note,
        PanelKind::SignIns => Content::SignIns,
    }
}
