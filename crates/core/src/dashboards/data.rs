//! The data of a panel, as one person sees them.

use std::sync::Arc;

use rolecall_model::data::{Cell, QueryResult};
use rolecall_model::panels::{Note, SignInFigures};
use rolecall_panels::{Compared, Page};

use super::sorting::Sorting;
use super::unavailable::Unavailable;

/// The data of a panel.
#[derive(Clone, Debug)]
pub enum PanelData {
    /// A figure for each measure: one row, or a row a step of time; and what they are compared with.
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
    /// It cannot be shown, at least not now. The rest of its dashboard can.
    Unavailable(Unavailable),
}

/// What is asked of a table. Other panels have one page and no order of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRequest {
    /// Which page, from 1; beyond the last it is the last.
    pub page: u32,
    /// By which column it is to be sorted, as [`TableSort`](rolecall_model::panels::TableSort) writes it.
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
    /// Its rows; of groups, those of all pages.
    pub result: Arc<QueryResult>,
    /// Which of these rows are on this page, in their order.
    pub rows: Vec<usize>,
    /// The measures of all rows, where the table shows them.
    pub totals: Option<Arc<QueryResult>>,
    /// Which page it is.
    pub page: Page,
    /// By which column it is sorted.
    pub sort: Sorting,
}

impl TablePage {
    /// The rows of this page.
    pub fn rows(&self) -> impl Iterator<Item = &Vec<Cell>> {
        self.rows.iter().filter_map(|at| self.result.rows.get(*at))
    }
}
