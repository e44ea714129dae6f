//! How large files may be, how many data sets and dashboards there may be, and how many of their versions are kept.

use super::*;

#[test]
fn limits_of_files_are_numbers_within_reason() {
    let (config, _) =
        load(&[("ROLECALL_DATASETS__MAX_BYTES", "1000"), ("ROLECALL_DATASETS__MAX_COLUMNS", "7")]).unwrap();
    let limits = config.datasets.limits;
    assert_eq!((limits.file_bytes, limits.rows, limits.columns), (1000, 10_000_000, 7));
    assert_eq!((config.datasets.keep_versions, config.datasets.max_per_owner), (5, 100));
    let wrong =
        "[datasets]\nmax_bytes = 0\nmax_rows = 2000000000\nmax_columns = 10001\nkeep_versions = 0\nmax_per_owner = 0";
    let keys = ["max_bytes", "max_rows", "max_columns", "keep_versions", "max_per_owner"];
    let keys = keys.map(|key| format!("datasets.{key}"));
    assert_eq!(wrong_keys(load_file(wrong)), keys);
}

#[test]
fn limits_of_dashboards_are_numbers_within_reason() {
    let (config, _) = load(&[("ROLECALL_DASHBOARDS__MAX_PER_OWNER", "7")]).unwrap();
    assert_eq!((config.dashboards.keep_versions, config.dashboards.max_per_owner), (200, 7));
    let wrong = "[dashboards]\nkeep_versions = 1\nmax_per_owner = 0";
    assert_eq!(wrong_keys(load_file(wrong)), ["dashboards.keep_versions", "dashboards.max_per_owner"]);
}
