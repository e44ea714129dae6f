//! How many dashboards there may be, and how many of their versions are kept.

use super::*;

#[test]
fn limits_of_dashboards_are_numbers_within_reason() {
    let (config, _) = load(&[("ROLECALL_DASHBOARDS__MAX_PER_OWNER", "7")]).unwrap();
    assert_eq!((config.dashboards.keep_versions, config.dashboards.max_per_owner), (200, 7));
    let wrong = "[dashboards]\nkeep_versions = 1\nmax_per_owner = 0";
    assert_eq!(wrong_keys(load_file(wrong)), ["dashboards.keep_versions", "dashboards.max_per_owner"]);
}
