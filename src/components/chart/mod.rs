//! Charts: HTML and SVG that the server makes once for a version of the data, in a small island that answers pointer, touch and
//! keys.
//!
//! The island is sent nothing beside the markup: it reads the values from the table below the plot, and the positions of the dots
//! from the paths. `rolecall_panels::chart` says what stands where.

pub mod positions;
pub mod reader;
pub mod reading;
