//! Panels as HTML and SVG, and their values as files.
//!
//! A panel changes with the version of its data, its query and the role that sees it, and with nothing else. So it is made
//! once, as a string that is kept and put into pages as it is. What answers pointer, touch and keys is the page's business: it
//! finds what it needs in the markup of [`chart()`].
//!
//! The crate knows the documents and results of `rolecall-model`. It does not know where data come from, who looks at them, or
//! how they are sent. Whatever a cell, a name or a title holds is text: markup in it is escaped. The text panel alone may hold
//! markup, made of Markdown and sanitised.

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
