//! Valid and invalid files of every kind, through the public interface of the import.

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
