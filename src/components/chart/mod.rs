//! Charts: drawn by the server as SVG, and interactive by pointer and keyboard once the browser has hydrated them.
//!
//! The geometry uses no transcendental functions, so that server and browser draw exactly the same. A chart is one path for each
//! series, with its values as a table below.

pub mod geometry;
pub mod number;
pub mod panel;
pub mod plot;
pub mod readout;
pub mod scale;
pub mod values;
