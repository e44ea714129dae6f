//! Charts: lines, areas and bars as SVG, with a legend and all values as a table.
//!
//! The steps of drawing: [`data`] turns a result into series over points; [`stack`] finds where each value starts and
//! ends; [`scale`] and [`positions`] place values and points between 0 and 1; [`path`] makes paths with no more points
//! than can be seen ([`sample`]); [`drawing`] adds gridlines and labels. The picture is stretched to the available
//! width, while texts, lines and dots keep their size.

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
