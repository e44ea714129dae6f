//! The dashboards of an application under test, and its data sets in files.

use std::path::Path;

/// The weather dashboard, as it ships.
const WEATHER: &str = include_str!("../../../config/dashboards/weather.toml");

/// A dashboard whose table is for everybody with a role: the days of the weather.
pub const DAYS: &str = r#"
format = 1
title = "Days"
[[panels]]
id = "days"
title = "Days"
kind = "table"
dataset = "weather"
columns = [{ column = "date" }, { column = "location" }]
order = [{ column = "date", order = "descending" }]
"#;

/// Writes the weather dashboard and `more`, each with its name in paths, into the folder of the configuration.
pub fn write_dashboards(config_dir: &Path, more: &[(&'static str, String)]) {
    let folder = config_dir.join("dashboards");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("weather.toml"), WEATHER).unwrap();
    for (name, text) in more {
        std::fs::write(folder.join(format!("{name}.toml")), text).unwrap();
    }
}

/// Writes the file with `text`, which defines the queried data set `name`, into the folder of the configuration.
pub fn write_dataset_file(config_dir: &Path, name: &str, text: &str) {
    let folder = config_dir.join("datasets");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{name}.toml")), text).unwrap();
}
