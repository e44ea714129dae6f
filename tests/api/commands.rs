//! The commands for dashboards and data sets, as an operator runs them.

use rolecall_config::Sources;
use serde_json::Value;
use tempfile::TempDir;

use crate::doctor::program;
use crate::support::{TestApp, write_dataset_file};

/// The configuration of an operator with a dashboard about sales, and the folder that it is in.
fn operator(settings: &[(&str, &str)]) -> (Sources, TempDir) {
    let folder = TempDir::new().unwrap();
    let mut sources = TestApp::setup().sources(&folder);
    let dashboards = sources.config_dir.join("dashboards");
    std::fs::create_dir_all(&dashboards).unwrap();
    let panel =
        "id = \"all\"\ntitle = \"All\"\nkind = \"figure\"\ndataset = \"sales\"\nmeasures = [{ compute = \"count\" }]";
    let text = format!("format = 1\ntitle = \"Sales\"\n[[panels]]\n{panel}\n");
    std::fs::write(dashboards.join("sales.toml"), text).unwrap();
    let config_dir = sources.config_dir.display().to_string();
    sources.environment.insert("ROLECALL_CONFIG_DIR".to_owned(), config_dir);
    let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    sources.environment.extend(settings);
    (sources, folder)
}

#[test]
fn dashboards_that_could_not_be_compared_with_their_data_are_not_said_to_be_right() {
    let (sources, _folder) = operator(&[("ROLECALL_DATABASE_URL", "postgres://rolecall:hunter2@127.0.0.1:1/rolecall")]);
    let (status, out, err) = program(&sources, &["check-dashboards"]);
    assert_eq!(status, 1, "{out}{err}");
    assert!(out.contains("Not checked: whether they fit their data sets") && !out.contains("right"), "{out}");
    assert!(!out.contains("hunter2"), "{out}");

    // Before the first start there is no database to compare the dashboards with.
    let (sources, _folder) = operator(&[]);
    let (status, out, err) = program(&sources, &["check-dashboards"]);
    assert_eq!(status, 0, "{out}{err}");
    assert!(out.contains("1 dashboard is right") && out.contains("no database yet"), "{out}");
}

// Case: dashboards/file-mistakes
#[test]
fn mistakes_in_files_of_dashboards_are_told_with_file_and_line_here_and_by_the_doctor() {
    let (sources, _folder) = operator(&[]);
    let sales = sources.config_dir.join("dashboards/sales.toml");
    let text = std::fs::read_to_string(&sales).unwrap();
    std::fs::write(&sales, text.replace("\"figure\"", "\"pie\"")).unwrap();
    let panel = "[[panels]]\nid = \"note\"\ntitle = \"\"\nkind = \"note\"\nlimit = 3\n";
    let stock = format!("format = 1\ntitle = \"Stock\"\n{panel}");
    std::fs::write(sales.with_file_name("stock.toml"), stock).unwrap();
    let expected = [
        "sales.toml:6: unknown variant `pie`",
        "stock.toml:5: panels[0].title: Give the panel a title.",
        "stock.toml:7: panels[0].limit: A `note` panel has no `limit`.",
    ];
    let (status, out, err) = program(&sources, &["check-dashboards"]);
    assert!(status == 1 && expected.iter().all(|mistake| out.contains(mistake)), "{out}{err}");
    let (_, out, err) = program(&sources, &["doctor", "--json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    let of_dashboards = findings.filter(|finding| finding["check"] == "dashboards");
    let told: Vec<&str> = of_dashboards.map(|finding| finding["what"].as_str().unwrap()).collect();
    let is_told = |mistake: &&str| told.iter().any(|told| told.contains(*mistake));
    assert!(expected.iter().all(is_told), "{told:?}{err}");
}

// Case: dashboards/file-mistakes
#[test]
fn what_does_not_fit_the_data_is_told_beside_what_is_wrong_by_itself() {
    let (sources, folder) = operator(&[]);
    let rows = folder.path().join("sales.csv");
    std::fs::write(&rows, "day,amount\n2026-01-02,1\n").unwrap();
    let (status, out, err) = program(&sources, &["import", rows.to_str().unwrap(), "--name", "sales"]);
    assert_eq!(status, 0, "{out}{err}");
    let sales = sources.config_dir.join("dashboards/sales.toml");
    let text = std::fs::read_to_string(&sales).unwrap().replace("\"count\"", "\"sum\", of = \"amuont\"");
    let filter = "[[filters]]\nid = \"region\"\nkind = \"values\"\ncolumn = \"region\"\nshape = 1\n";
    std::fs::write(&sales, text + "[[panels]]\nid = \"note\"\ntitle = \"\"\nkind = \"note\"\n" + filter).unwrap();
    let (status, out, err) = program(&sources, &["check-dashboards"]);
    assert_eq!(status, 1, "{out}{err}");
    for mistake in [
        "sales.toml:11: panels[1].title: Give the panel a title.",
        "sales.toml:8: panels[0].measures[0].of: The data set has no column “amuont”. Did you mean “amount”?",
        "sales.toml:16: filters[0].column: No panel that this filter is about has a data set with the column “region”.",
        "sales.toml:17: unknown field `shape`",
    ] {
        assert!(out.contains(mistake), "{out}{err}");
    }
    assert_eq!(out.lines().count(), 4, "{out}");
}

// Case: queried/file-mistakes
#[test]
fn mistakes_in_files_of_data_sets_are_told_with_file_and_line() {
    let (mut sources, folder) = operator(&[]);
    let url = format!("sqlite:{}?mode=ro", folder.path().join("crm.sqlite3").display());
    sources.environment.insert("ROLECALL_CONNECTIONS__CRM__URL".to_owned(), url);
    let check = |role: &str, connection: &str| {
        let text = format!("format = 1\ntitle = \"Sales\"\nrole = \"{role}\"\nconnection = \"{connection}\"\n");
        let text = text + "keep = \"15min\"\nquery = \"SELECT day FROM sales\"\n";
        write_dataset_file(&sources.config_dir, "sales", &text);
        program(&sources, &["check-dashboards"])
    };
    let (status, out, err) = check("boss", "crm");
    assert!(status == 1 && out.contains("sales.toml:3: ") && out.contains("boss"), "{out}{err}");
    let (status, out, err) = check("read", "erp");
    assert!(status == 1 && out.contains("sales.toml:4: connection: There is no connection “erp”"), "{out}{err}");
    let (status, out, err) = check("read", "crm");
    assert!(status == 0 && out.contains("The file of 1 data set is correct"), "{out}{err}");
}

// Case: datasets/command-asks
#[test]
fn an_import_of_a_file_that_can_be_read_in_two_ways_asks_for_the_option_that_decides() {
    let (sources, folder) = operator(&[]);
    let file = folder.path().join("sales.csv");
    let path = file.to_str().unwrap();
    let import = |more: &[&str]| program(&sources, &[&["import", path, "--name", "sales"], more].concat());
    std::fs::write(&file, "day;amount\n02/01/2026;1,500\n03/04/2026;2,250\n").unwrap();
    let (status, out, err) = import(&[]);
    assert_eq!(status, 1, "{out}{err}");
    assert!(err.contains("“day”") && err.contains("--date-order day-month-year"), "{err}");
    assert!(err.contains("--decimal-mark comma") && err.contains("Nothing was imported"), "{err}");
    let (status, _, err) = import(&["--decimal-mark", "comma"]);
    assert!(status == 1 && !err.contains("decimal-mark") && err.contains("--date-order"), "{err}");
    let (status, out, err) = import(&["--decimal-mark", "comma", "--date-order", "day-month-year"]);
    assert!(status == 0 && out.contains("decimal") && out.contains("date"), "{out}{err}");

    std::fs::write(&file, b"name\nCaf\xe9\n").unwrap();
    let (status, _, err) = import(&["--replace", "--new-columns"]);
    assert!(status == 1 && err.contains("--encoding windows-1252"), "{err}");
    assert_eq!(import(&["--replace", "--new-columns", "--encoding", "windows-1252"]).0, 0);
}

#[test]
fn an_import_names_the_file_that_is_missing_and_says_how_to_change_columns() {
    let (sources, folder) = operator(&[]);
    let file = folder.path().join("sales.csv");
    let file = file.to_str().unwrap();
    let import = |more: &[&str]| program(&sources, &[&["import", file, "--name", "sales"], more].concat());
    let (status, _, err) = import(&[]);
    assert!(status != 0 && err.contains(file), "{err}");

    std::fs::write(file, "day,amount\n2026-01-02,1\n").unwrap();
    let (status, out, err) = import(&["--role", "write"]);
    assert_eq!(status, 0, "{out}{err}");
    // The same file is added again only with `--again`.
    let (status, _, err) = import(&["--append"]);
    assert!(status == 1 && err.contains("--again") && err.contains("already"), "{err}");
    let (status, out, err) = import(&["--append", "--again"]);
    assert_eq!(status, 0, "{out}{err}");
    std::fs::write(file, "when\n2026-01-03\n").unwrap();
    let (status, out, _) = import(&["--replace"]);
    assert!(status == 1 && out.contains("no such column") && out.contains("--new-columns"), "{out}");
    std::fs::write(file, "day,amount\n").unwrap();
    let (status, _, err) = import(&["--replace"]);
    assert!(status == 1 && err.contains("--empty"), "{err}");
    assert_eq!(import(&["--replace", "--empty"]).0, 0);
    std::fs::write(file, "when\n2026-01-03\n").unwrap();
    assert_eq!(import(&["--replace", "--new-columns"]).0, 0);
    // The dashboard only counts rows, so any columns fit.
    let (status, out, _) = program(&sources, &["check-dashboards"]);
    assert!(status == 0 && out.contains("1 dashboard is right") && !out.contains("not compared"), "{out}");
}
