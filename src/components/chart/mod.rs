//! Charts: drawn by the server as SVG, answering to pointer and keyboard once the browser has hydrated them.
//!
//! The geometry is pure arithmetic without transcendental functions, so that server and browser draw the same to the
//! bit. A chart costs one path a series; its values stand below it as a table.

pub mod geometry;
pub mod number;
pub mod panel;
pub mod plot;
pub mod readout;
pub mod scale;
pub mod values;
