//! Charts: drawn by the server as SVG, with a small island around the drawing that answers pointer, touch and keys.
//!
//! The island gets the texts and the heights of the points as its data, and draws nothing but the cursor. Scales, paths and the
//! table of values stay on the server. All of a chart is made once for a version of its data.

pub mod bands;
pub mod drawing;
pub mod geometry;
pub mod number;
pub mod panel;
pub mod reader;
pub mod readings;
pub mod scale;
pub mod values;
