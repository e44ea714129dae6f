//! The data of a panel, as one person may see them.

use std::sync::Arc;

use rolecall_model::data::{Cell, QueryResult};
use rolecall_model::panels::{Note, SignInFigures};
use rolecall_panels::{Compared, Page};

use super::sorting::Sorting;
use super::unavailable::Unavailable;

/// The data of a panel.
#[derive(Clone, Debug)]
pub enum PanelData {
    /// A figure for each measure: one row, or a row for each step of time; and the figures to compare with.
    Figures(Arc<QueryResult>, Compared),
    /// The groups of a chart.
    Chart(Arc<QueryResult>),
    /// A page of a table.
    Table(TablePage),
    /// A text in Markdown.
    Text(String),
    /// A note that people edit.
    Note(Note),
    /// Live figures about sign-ins.
    SignIns(SignInFigures),
    /// It cannot be shown now, or at all. The rest of its dashboard can be.
    Unavailable(Unavailable),
}

/// The requested page and order of a table. Other panels have one page and no order of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRequest {
    /// The page, from 1; beyond the last page it is the last.
    pub page: u32,
    /// The column to sort by, as [`TableSort`](rolecall_model::panels::TableSort) writes it.
    pub sort: Option<String>,
}

impl Default for TableRequest {
    fn default() -> Self {
        Self { page: 1, sort: None }
    }
}

/// A page of a table.
#[derive(Clone, Debug)]
pub struct TablePage {
    /// Its rows; if grouped, those of all pages.
    pub result: Arc<QueryResult>,
    /// Which of these rows are on this page, in order.
    pub rows: Vec<usize>,
    /// The measures over all rows, if the table shows them.
    pub totals: Option<Arc<QueryResult>>,
    /// Which page it is.
    pub page: Page,
    /// The column that it is sorted by.
    pub sort: Sorting,
}

impl TablePage {
    /// The rows of this page.
    pub fn rows(&self) -> impl Iterator<Item = &Vec<Cell>> {
        self.rows.iter().filter_map(|at| self.result.rows.get(*at))
    }
}
