//! The JSON Schema of dashboards, with which editors complete and check their files.

use schemars::Schema;
use schemars::generate::SchemaSettings;

use super::DashboardSpec;

/// The schema of [`DashboardSpec`], in draft 7, which editors of TOML support. `public/dashboard.schema.json` contains
/// it.
#[must_use]
pub fn schema() -> Schema {
    SchemaSettings::draft07().into_generator().into_root_schema_for::<DashboardSpec>()
}

#[cfg(test)]
mod tests {
    use super::schema;

    #[test]
    fn the_public_file_is_the_schema_of_the_types() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../public/dashboard.schema.json");
        let public: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let command = "cargo run -p rolecall-model --example dashboard_schema > public/dashboard.schema.json";
        assert!(public == *schema().as_value(), "a field changed; run `{command}`");
    }
}
