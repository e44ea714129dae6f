//! Prints the JSON Schema of dashboards:
//! `cargo run -p rolecall-model --example dashboard_schema > public/dashboard.schema.json`.

use std::io::{Write as _, stdout};

use rolecall_model::spec::schema;

fn main() -> std::io::Result<()> {
    writeln!(stdout(), "{:#}", schema().as_value())
}
