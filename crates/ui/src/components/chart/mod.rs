//! Charts: HTML and SVG that the server makes once for each version of the data, inside a small island that handles
//! pointer, touch and keys.
//!
//! The island receives only this markup: it reads the values from the table below the plot, and the positions of the
//! dots from the paths. `rolecall_panels::chart` documents the markup.

pub mod positions;
pub mod reader;
pub mod reading;
