//! Panels as HTML and SVG, and their values as files.
//!
//! The HTML of a panel depends only on the version of its data, its query and the reader's role. So it is made once and
//! cached as a string that pages insert unchanged. Handling pointer, touch and keys is up to the page, which relies on
//! the markup described at [`chart()`].
//!
//! The crate uses the documents and results of `rolecall-model`. It does not know where data come from, who reads them,
//! or how they are sent. Every cell, name and title is text, and markup in it is escaped. Only the text panel may
//! contain markup, made from Markdown and sanitised.

mod change;
mod chart;
mod columns;
mod direction;
mod export;
mod figures;
pub mod format;
mod groups;
mod html;
mod links;
mod page;
mod picture;
mod table;
mod text;

pub use chart::{
    Chart, ChartData, Series, chart, chart_preview, chart_svg, chart_with_links, figure_preview, text_preview,
};
pub use chrono_tz::Tz;
pub use columns::ValueColumn;
pub use direction::isolated;
pub use export::{Values, csv, values_table, without_formulas, xlsx};
pub use figures::{Compared, figures};
pub use html::{shortened, with_whole_dates};
pub use links::{SORT_FIELDS, ValueLink, ValueLinks};
pub use page::Page;
pub use picture::{figures_svg, table_svg};
pub use table::{OTHER_FIELDS, Shown, Table, TableFields, table};
pub use text::text;
