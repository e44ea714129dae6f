//! Files of every kind, right and wrong, through the public face of the import.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod csv_dialects;
mod csv_files;
mod csv_mistakes;
mod files;
mod nearly;
mod other_formats;
mod round_trip;
mod templates;
mod workers;
