//! Charts: lines, areas and bars as SVG, with a legend and all values as a table.
//!
//! The way of a chart: [`data`] turns a result into series over points; [`stack`] says from where to where each value reaches;
//! [`scale`] and [`positions`] place them between 0 and 1; [`path`] makes paths of that, with as many points as can be seen
//! ([`sample`]); [`drawing`] puts them together with gridlines and labels. The picture is stretched to the width that there is,
//! while texts, lines and dots keep their size.

mod body;
mod calendar;
mod data;
mod drawing;
mod labels;
mod links;
mod path;
mod plot;
mod positions;
mod preview;
mod sample;
mod scale;
mod spark;
mod stack;
mod standalone;
mod style;
mod values;

pub use body::{Chart, chart, chart_with_links};
pub use data::{ChartData, Series};
pub use preview::{chart_preview, figure_preview, text_preview};
pub(crate) use spark::line_of;
pub use standalone::chart_svg;
pub(crate) use style::drawing_style;
