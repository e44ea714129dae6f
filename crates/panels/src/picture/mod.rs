//! Panels as pictures: standalone SVG documents for programs, e-mails and slides. Charts are at
//! [`chart_svg`](crate::chart_svg).

mod figures;
mod frame;
mod table;
mod texts;

pub use figures::figures_svg;
pub(crate) use frame::{Frame, MARGIN, TOP, WIDTH, document_of, push_drawing};
pub use table::table_svg;
pub(crate) use texts::{CHARACTER, fitting, fitting_from, fitting_within, width_of};
