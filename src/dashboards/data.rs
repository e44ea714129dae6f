//! The data of a panel, as one person sees them.

use std::ops::Range;
use std::sync::Arc;

use rolecall_model::data::QueryResult;
use rolecall_model::panels::{Note, SignInFigures};

/// The data of a panel.
#[derive(Clone, Debug)]
pub enum PanelData {
    /// A figure for each measure: one row, or a row a step of time.
    Figures(Arc<QueryResult>),
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
    /// There is no data set of that name.
    NoDataSet(String),
    /// The query does not fit the columns of the data set, for example because one was renamed; whole sentences say how.
    Unfit(Vec<String>),
}

/// A page of a table.
#[derive(Clone, Debug)]
pub struct TablePage {
    /// Its rows; of groups, those of all pages.
    pub result: Arc<QueryResult>,
    /// Which of these rows are on this page.
    pub rows: Range<usize>,
    /// The measures of all rows, where the table shows them.
    pub totals: Option<Arc<QueryResult>>,
    /// This page, from 1.
    pub page: u32,
    /// How many pages there are, at least 1.
    pub pages: u32,
}
