//! Reading the documents of dashboards, and the messages for mistakes in them.

use rolecall_model::Role;
use rolecall_model::data::{ColumnType, DataColumn};
use rolecall_model::spec::DashboardSpec;

use super::read::STAND_INS;
use super::{Columns, Dashboard};

/// A dashboard with one panel, whose fields are `fields`: they begin at line 6.
fn with_panel(fields: &str) -> String {
    format!("format = 1\ntitle = \"Sales\"\n\n[[panels]]\nid = \"a\"\n{fields}\n")
}

/// Every mistake in `text`, as text; those against the data sets where there is no other.
fn mistakes(text: &str) -> Vec<String> {
    match Dashboard::read("sales", "sales.toml", text.to_owned()) {
        Err(mistaken) => mistaken.mistakes.iter().map(ToString::to_string).collect(),
        Ok(_) => all_mistakes(text),
    }
}

/// Every mistake in `text`, as text, also those against the data sets beside others.
fn all_mistakes(text: &str) -> Vec<String> {
    let columns = [("region", ColumnType::Text), ("amount", ColumnType::Decimal), ("day", ColumnType::Date)];
    let columns = columns.map(|(name, column_type)| DataColumn { name: name.to_owned(), column_type });
    let columns_of = |name: &str| match name {
        "sales" => Columns::Known(&columns),
        "later" => Columns::Unknown,
        _ => Columns::NoDataSet,
    };
    let found = match Dashboard::read("sales", "sales.toml", text.to_owned()) {
        Err(mistaken) => [mistaken.mistakes.clone(), mistaken.check_data(&columns_of)].concat(),
        Ok((dashboard, file)) => dashboard.check_data(&file, &columns_of),
    };
    found.iter().map(ToString::to_string).collect()
}

fn read(text: &str) -> Dashboard {
    Dashboard::read("sales", "sales.toml", text.to_owned()).unwrap().0
}

/// A valid line chart.
const LINE: &str = "title = \"Sales by month\"\nkind = \"line\"\ndataset = \"sales\"\n\
                    measures = [{ compute = \"sum\", of = \"amount\" }]\nby = { column = \"day\", step = \"month\" }";

#[test]
fn a_document_that_is_right_has_no_mistakes() {
    assert_eq!(mistakes(&with_panel(LINE)), Vec::<String>::new());
    assert_eq!(mistakes("format = 1\ntitle = \"Nothing yet\"\n"), Vec::<String>::new());
    assert_eq!(mistakes(&with_panel(&LINE.replace("\"sales\"\nm", "\"later\"\nm"))), Vec::<String>::new());
}

// Case: dashboards/file-mistakes
#[test]
fn a_mistake_is_told_with_its_line() {
    for (text, expected) in [
        ("format = 1\ntitle = ", "sales.toml:2: "),
        ("format = 1\n", "sales.toml:1: missing field `title`."),
        ("format = 2\ntitle = \"x\"", "sales.toml:1: format: This version of Rolecall reads the format 1."),
        ("format = 1\ntitle = \" \"", "sales.toml:2: title: Give the dashboard a title."),
        ("format = 1\ntitle = \"x\"\ncolour = \"red\"", "sales.toml:3: unknown field `colour`"),
        (
            "format = 1\ntitle = \"x\"\nzone = \"Mars/Olympus\"",
            "sales.toml:3: zone: There is no time zone `Mars/Olympus`.",
        ),
        ("format = 1\ntitle = \"x\"\nrole = \"owner\"", "sales.toml:3: unknown variant `owner`"),
    ] {
        let found = mistakes(text);
        assert!(found.len() == 1 && found[0].starts_with(expected), "{text}: {found:?}");
    }
}

// Case: dashboards/file-mistakes
#[test]
fn a_mistake_of_a_panel_is_told_with_its_field_and_line() {
    let line = |from: &str, to: &str| LINE.replace(from, to);
    for (fields, expected) in [
        (line("\"line\"", "\"pie\""), "sales.toml:7: unknown variant `pie`"),
        (line("dataset = \"sales\"\n", ""), "sales.toml:4: panels[0].dataset: A `line` panel needs `dataset`. Add it."),
        (
            line("\"line\"", "\"area\"\ntext = \"x\""),
            "sales.toml:8: panels[0].text: An `area` panel has no `text`. Remove it.",
        ),
        (line("title = \"Sales by month\"", "title = \"\""), "sales.toml:6: panels[0].title: Give the panel a title."),
        (format!("{LINE}\nwidth = 13"), "sales.toml:11: panels[0].width: The page has 12 columns."),
        (line("\"sales\"", "\"sale\""), "sales.toml:8: panels[0].dataset: There is no data set `sale`."),
        (line("\"amount\"", "\"amuont\""), "sales.toml:9: panels[0].measures[0].of: "),
        (line("\"amount\"", "\"region\""), "sales.toml:9: panels[0].measures[0]"),
        (line("\"day\"", "\"region\""), "sales.toml:10: panels[0].by.step: "),
        (
            format!("{LINE}\nfilters = [{{ column = \"region\", at_most = 3 }}]"),
            "sales.toml:11: panels[0].filters[0].at_most: ",
        ),
        (
            line("\"line\"", "\"bar\"\nstacked = true\nscale = \"log\""),
            "sales.toml:9: panels[0].scale: A `bar` panel that is `stacked` has no `scale`. Remove it.",
        ),
        (
            format!("{LINE}\nsort = {{ by = \"hand\", values = [\"2026-01-01\", \"north\"] }}"),
            "sales.toml:11: panels[0].sort.values[1]: ",
        ),
        (
            "title = \"x\"\nkind = \"table\"\ndataset = \"sales\"\ncolumns = [{ column = \"day\" }]\n\
             order = [{ column = \"dya\" }]"
                .to_owned(),
            "sales.toml:10: panels[0].order[0].column: ",
        ),
        (
            "title = \"x\"\nkind = \"text\"\ntext = \"x\"\nscale = \"log\"".to_owned(),
            "sales.toml:9: panels[0].scale: A `text` panel has no `scale`. Remove it.",
        ),
        (
            "title = \"x\"\nkind = \"figure\"\ndataset = \"sales\"\nmeasures = [{ compute = \"count\" }]\n\
             by = { column = \"day\" }\ncompare = true"
                .to_owned(),
            "sales.toml:10: panels[0].by: To compare with the period before, `by` needs a `step`",
        ),
        (
            line("compute = \"sum\"", "compute = \"sum\", show = [\"day\"]"),
            "sales.toml:9: panels[0].measures[0].show: Only a `figure`",
        ),
    ] {
        let found = mistakes(&with_panel(&fields));
        assert!(found.len() == 1 && found[0].starts_with(expected), "{fields}\n{found:?}");
    }
}

// Case: dashboards/file-mistakes
#[test]
fn what_is_too_much_is_told_with_its_field_and_line() {
    let line = |from: &str, to: &str| LINE.replace(from, to);
    let more = |field: &str| format!("{LINE}\n{field}");
    let long = "x".repeat(201);
    let table = "title = \"x\"\nkind = \"table\"\ndataset = \"sales\"\ncolumns = [{ column = \"day\" }]";
    for (fields, expected) in [
        (line("Sales by month", &long), "sales.toml:6: panels[0].title: A title has at most 200 characters."),
        (
            format!("title = \"x\"\nkind = \"text\"\ntext = \"{}\"", "x".repeat(20_001)),
            "sales.toml:8: panels[0].text: A text has at most 20,000 characters.",
        ),
        (
            format!("{table}\nrows_per_page = 0"),
            "sales.toml:10: panels[0].rows_per_page: A page of a table has 1 to 500",
        ),
        (
            format!("{table}\nrows_per_page = 501"),
            "sales.toml:10: panels[0].rows_per_page: A page of a table has 1 to 500",
        ),
        (
            line("{ compute = \"sum\", of = \"amount\" }", &"{ compute = \"count\" }, ".repeat(21)),
            "sales.toml:9: panels[0].measures: These are 21 measures; there may be 20.",
        ),
        (
            more(&format!("filters = [{{ column = \"region\", is = [{}] }}]", "\"x\", ".repeat(1_001))),
            "sales.toml:11: panels[0].filters[0].is: These are 1001 values; there may be 1000.",
        ),
        (
            more(&format!("sort = {{ by = \"hand\", values = [{}] }}", "\"2026-01-01\", ".repeat(1_001))),
            "sales.toml:11: panels[0].sort.values: These are 1001 values; there may be 1000.",
        ),
        (
            more("split = { column = \"region\", top = 51 }"),
            "sales.toml:11: panels[0].split.top: These are 51 series; there may be 50.",
        ),
        (
            more("split = { column = \"region\", top = 0 }"),
            "sales.toml:11: panels[0].split.top: At least 1 series must be kept.",
        ),
        (more("limit = 10001"), "sales.toml:11: panels[0].limit: These are 10001 groups; there may be 10000."),
    ] {
        let found = mistakes(&with_panel(&fields));
        assert!(found.len() == 1 && found[0].starts_with(expected), "{expected}\n{found:?}");
    }
    let head = "format = 1\ntitle = \"Sales\"\n";
    let panel = |number: u32| format!("[[panels]]\nid = \"p{number}\"\ntitle = \"x\"\nkind = \"note\"\n");
    let filter = |number: u32| format!("[[filters]]\nid = \"f{number}\"\nkind = \"values\"\ncolumn = \"region\"\n");
    for (text, expected) in [
        (head.to_owned() + &(0..61).map(panel).collect::<String>(), "panels: A dashboard has at most 60 panels."),
        (head.to_owned() + &(0..11).map(filter).collect::<String>(), "filters: A dashboard has at most 10 filters."),
        // Nothing else is checked then.
        (
            head.replace("Sales", "") + &(0..61).map(panel).collect::<String>(),
            "panels: A dashboard has at most 60 panels.",
        ),
        (head.replace("Sales", &long), "sales.toml:2: title: A title has at most 200 characters."),
    ] {
        let found = mistakes(&text);
        let is_told = found.len() == 1 && found[0].starts_with("sales.toml:") && found[0].contains(expected);
        assert!(is_told, "{expected}\n{found:?}");
    }
}

// Case: dashboards/file-mistakes
#[test]
fn every_mistake_is_told_at_once() {
    let text = with_panel("title = \"\"\nkind = \"text\"\nlimit = 3")
        + "[[panels]]\nid = \"a\"\ntitle = \"b\"\nkind = \"note\"\n";
    assert_eq!(
        mistakes(&text),
        [
            "sales.toml:8: panels[0].limit: A `text` panel has no `limit`. Remove it.",
            "sales.toml:4: panels[0].text: A `text` panel needs `text`. Add it.",
            "sales.toml:6: panels[0].title: Give the panel a title.",
            "sales.toml:10: panels[1].id: Panel 1 is called `a` too. Give each panel an id of its own.",
        ]
    );
}

/// Fails unless `found` begin like `expected`, in this order, and are no more.
fn assert_begin(found: &[String], expected: &[&str]) {
    let is_told = found.iter().zip(expected).all(|(found, expected)| found.starts_with(*expected));
    assert!(found.len() == expected.len() && is_told, "{found:#?}");
}

// Case: dashboards/file-mistakes
#[test]
fn fields_that_are_unknown_missing_or_of_the_wrong_type_are_told_beside_every_other_mistake() {
    let text = r#"format = 1
title = "Sales"
zone = 5
note = "x"

[[filters]]
id = "period"
kind = "date_range"
column = "dya"

[[panels]]
id = "a"
kind = "line"
dataset = "sales"
measures = [{ compute = "sum", of = "amount" }]
by = { column = "day", step = "month" }

[[panels]]
id = "b"
title = ""
kind = "text"
note = "x"
text = "x"

[[panels]]
id = "c"
title = "C"
kind = "figure"
dataset = "sales"
note = "x"
measures = [{ compute = "sum", of = "amuont" }]
"#;
    assert_begin(
        &all_mistakes(text),
        &[
            "sales.toml:3: invalid type: integer `5`, expected a string.",
            "sales.toml:4: unknown field `note`, expected one of `format`, ",
            "sales.toml:11: missing field `title`.",
            "sales.toml:22: unknown field `note`, expected one of `id`, ",
            "sales.toml:30: unknown field `note`, expected one of `id`, ",
            "sales.toml:20: panels[1].title: Give the panel a title.",
            "sales.toml:31: panels[2].measures[0].of: The data set has no column “amuont”.",
            "sales.toml:9: filters[0].column: No panel that this filter is about has a data set with the column “dya”.",
        ],
    );
}

// Case: dashboards/file-mistakes
#[test]
fn what_may_only_follow_from_a_wrong_field_is_not_told() {
    // The ids of panels are not known, so the filter may be right; nor is what the misspelt fields hold.
    let text = r#"format = 1
title = "Sales"

[[filters]]
id = "n"
kind = "values"
column = "product"
except = ["a"]

[[panels]]
id = 5
title = "A"
kind = "pie"
dataset = "sales"

[[panels]]
id = "b"
title = "B"
kind = "table"
datset = "sales"
measures = [{ compute = "summ" }]
by = { column = 3 }

[[panels]]
id = "c"
titel = "C"
kind = "note"
"#;
    assert_begin(
        &all_mistakes(text),
        &[
            "sales.toml:11: invalid type: integer `5`, expected a string.",
            "sales.toml:13: unknown variant `pie`, expected one of ",
            "sales.toml:20: unknown field `datset`, expected one of ",
            "sales.toml:21: unknown variant `summ`, expected one of ",
            "sales.toml:22: invalid type: integer `3`, expected a string.",
            "sales.toml:26: unknown field `titel`, expected one of ",
        ],
    );
    // The numbers of panels are not known once one of them is no panel.
    let text = "format = 2\ntitle = \"Sales\"\npanels = [5, { id = \"A b\", title = \"\", kind = \"note\" }]\n";
    assert_begin(&all_mistakes(text), &["sales.toml:3: invalid type: integer `5`", "sales.toml:1: format: "]);
}

// Case: dashboards/file-mistakes
#[test]
fn a_filter_may_name_a_panel_whose_header_is_misspelt() {
    let text = r#"format = 1
title = "Sales"

[[filters]]
id = "n"
kind = "values"
column = "product"
except = ["p1"]

[[panel]]
id = "p1"
title = "One"
kind = "note"

[[panels]]
id = "p2"
title = ""
kind = "note"
"#;
    let expected =
        ["sales.toml:10: unknown field `panel`, ", "sales.toml:17: panels[0].title: Give the panel a title."];
    assert_begin(&all_mistakes(text), &expected);
}

// Case: dashboards/file-mistakes
#[test]
fn which_fields_a_panel_needs_is_not_told_beside_an_unknown_one() {
    let fields = "title = \"\"\nkind = \"line\"\ndataset = \"sales\"\nmetrics = [{ compute = \"count\" }]\n\
                  group_by = { column = \"day\" }";
    let expected = [
        "sales.toml:9: unknown field `metrics`, ",
        "sales.toml:10: unknown field `group_by`, ",
        "sales.toml:6: panels[0].title: Give the panel a title.",
    ];
    assert_begin(&all_mistakes(&with_panel(fields)), &expected);
    // With measures, the table would have `by`, and no `columns`.
    let fields = "title = \"x\"\nkind = \"table\"\ndataset = \"sales\"\nwidth = 13\n\
                  aggregates = [{ compute = \"count\" }]\nby = { column = \"day\" }";
    let expected =
        ["sales.toml:10: unknown field `aggregates`, ", "sales.toml:9: panels[0].width: The page has 12 columns."];
    assert_begin(&all_mistakes(&with_panel(fields)), &expected);
}

// Case: dashboards/file-mistakes
#[test]
fn which_fields_a_part_of_a_panel_needs_is_not_told_beside_an_unknown_one() {
    // `column` is meant as `of`, and `every` as `step`.
    let fields = "title = \"x\"\nkind = \"figure\"\ndataset = \"sales\"\nmeasures = [{ compute = \"sum\", column = \"amount\" }]";
    assert_begin(&all_mistakes(&with_panel(fields)), &["sales.toml:9: unknown field `column`, "]);
    let fields = "title = \"x\"\nkind = \"figure\"\ndataset = \"sales\"\nmeasures = [{ compute = \"count\" }]\n\
                  compare = true\nby = { column = \"day\", every = \"month\" }";
    assert_begin(&all_mistakes(&with_panel(fields)), &["sales.toml:11: unknown field `every`, "]);
}

// Case: dashboards/file-mistakes
#[test]
fn a_file_with_very_many_mistakes_tells_that_there_are_more() {
    const TITLE: &str = "sales.toml:2: title: Give the dashboard a title.";
    const MORE: &str = "sales.toml: There are more mistakes. Correct these, then check again.";
    let note = |number: usize| format!("note{number} = 1\n");
    let with_unknown = |count: usize| {
        let unknown: String = (0..count).map(note).collect();
        format!("format = 1\ntitle = \"\"\n{unknown}")
    };
    let long = "#".repeat(200_000);
    for (text, unknown, last) in [
        (with_unknown(30), 30, TITLE),
        (with_unknown(31), 31, TITLE),
        (with_unknown(99), 99, TITLE),
        (with_unknown(100), 100, MORE),
        (with_unknown(101), 100, MORE),
        (with_unknown(300), 100, MORE),
        (with_unknown(30) + &long, 30, TITLE),
        (with_unknown(31) + &long, 30, MORE),
    ] {
        let found = all_mistakes(&text);
        assert_eq!(found.iter().filter(|found| found.contains(": unknown field `note")).count(), unknown);
        assert_eq!((found.len(), found.last().map(String::as_str)), (unknown + 1, Some(last)));
    }
    // Once, although there are mistakes against the data sets, too.
    let found =
        all_mistakes(&(with_unknown(100) + "[[panels]]\nid = \"a\"\n" + &LINE.replace("\"sales\"", "\"sale\"")));
    assert_eq!((found.len(), found.iter().filter(|found| *found == MORE).count()), (101, 1));
    // Of other mistakes, too.
    let filter = "id = \"n\"\nkind = \"values\"\ncolumn = \"region\"";
    let id = |number: usize| format!("\"p{number}\", ");
    let ids: String = (0..150).map(id).collect();
    let found = all_mistakes(&with_filter(&format!("{filter}\nexcept = [{ids}]")));
    assert!(found.len() == 101 && found[99].starts_with("sales.toml:8: filters[0].except[99]: "), "{found:#?}");
    assert_eq!(found[100], MORE);
}

// Case: dashboards/file-mistakes
#[test]
fn a_hundred_misspelt_required_fields_are_told_at_once() {
    let panel = |number: usize| format!("[[panels]]\nid = \"p{number}\"\ntitel = \"x\"\nknid = \"note\"\n");
    let panels: String = (0..50).map(panel).collect();
    let found = all_mistakes(&format!("format = 1\ntitle = \"Sales\"\n{panels}"));
    let are_all_unknown = found.iter().all(|found| found.contains(": unknown field `"));
    assert!(found.len() == 100 && are_all_unknown, "{found:#?}");
}

// Case: dashboards/file-mistakes
#[test]
fn mistakes_are_told_with_their_lines_however_the_tables_are_written() {
    let head = "format = 1\ntitle = \"\"\n\n";
    let title = "sales.toml:2: title: Give the dashboard a title.";
    let note = "id = \"a\"\ntitle = \"\"\nkind = \"note\"\n";
    // One table instead of a list of tables.
    let text = format!("{head}[panels]\n{note}");
    assert_begin(&all_mistakes(&text), &["sales.toml:4: invalid type: map, expected a sequence.", title]);
    // A list of tables instead of one; its panel begins at line 4.
    let by = "id = \"a\"\ntitle = \"x\"\nkind = \"line\"\ndataset = \"sales\"\nmeasures = [{ compute = \"count\" }]\n";
    let text = format!("{head}[[panels]]\n{by}[[panels.by]]\ncolumn = \"day\"\n");
    assert_begin(&all_mistakes(&text), &["sales.toml:10: ", title]);
    // A table of its own.
    let text = format!("{head}[[panels]]\n{by}[panels.by]\ncolumn = 3\n\n[[panels]]\n{note}");
    let expected = [
        "sales.toml:11: invalid type: integer `3`, expected a string.",
        title,
        "sales.toml:14: panels[1].id: Panel 1 is called `a` too.",
        "sales.toml:15: panels[1].title: Give the panel a title.",
    ];
    assert_begin(&all_mistakes(&text), &expected);
    // No field before the first header, and none at all.
    let missing = ["sales.toml:1: missing field `format`.", "sales.toml:1: missing field `title`."];
    assert_begin(&all_mistakes(""), &missing);
    let text = format!("[[panels]]\n{note}");
    let expected = [missing[0], missing[1], "sales.toml:3: panels[0].title: Give the panel a title."];
    assert_begin(&all_mistakes(&text), &expected);
}

#[test]
fn the_stand_ins_are_a_valid_document() {
    let spec: DashboardSpec = toml_edit::de::from_str(STAND_INS).unwrap();
    assert_eq!((spec.filters.len(), spec.panels.len()), (1, 1));
}

// Case: dashboards/file-mistakes
#[test]
fn an_unknown_field_of_a_sort_and_a_misspelt_one_of_dotted_keys_are_told_with_their_lines() {
    let sorted = format!("{LINE}\nsort = {{ by = \"hand\", values = [\"2026-01-01\"], note = 1 }}\nwidth = 13");
    let expected = ["sales.toml:11: unknown field `note`", "sales.toml:12: panels[0].width: The page has 12 columns."];
    assert_begin(&all_mistakes(&with_panel(&sorted)), &expected);
    let dotted = LINE.replace("by = { column = \"day\", step = \"month\" }", "by.step = \"month\"\nby.colum = \"day\"");
    assert_begin(&all_mistakes(&with_panel(&dotted)), &["sales.toml:11: unknown field `colum`"]);
}

// Case: dashboards/file-mistakes
#[test]
fn a_filter_is_compared_with_the_data_beside_other_mistakes_unless_it_may_follow_from_them() {
    let right = "id = \"n\"\nkind = \"date_range\"\ncolumn = \"region\"";
    let titled = with_filter(right).replacen("\"Sales\"", "\"\"", 1);
    let expected = ["sales.toml:2: title: ", "sales.toml:7: filters[0].column: The column “region” holds no days"];
    assert_begin(&all_mistakes(&titled), &expected);
    let without_data = with_filter(right).replace("dataset = \"sales\"\n", "");
    assert_begin(&all_mistakes(&without_data), &["sales.toml:8: panels[0].dataset: A `line` panel needs `dataset`."]);
    let nameless = with_filter(&right.replace("\"region\"", "\"\""));
    assert_begin(&all_mistakes(&nameless), &["sales.toml:7: filters[0].column: Name the column"]);
}

#[test]
fn a_panel_is_never_more_open_than_its_dashboard() {
    let panel = |role: &str, panel: &str| {
        let text = with_panel(&format!("{LINE}\n{panel}")).replace("\n\n[[", &format!("\n{role}\n[["));
        read(&text).panels[0].role
    };
    assert_eq!(panel("", ""), Role::Read);
    assert_eq!(panel("role = \"write\"", ""), Role::Write);
    assert_eq!(panel("role = \"write\"", "role = \"read\""), Role::Write);
    assert_eq!(panel("", "role = \"admin\""), Role::Admin);
    let sign_ins = with_panel("title = \"x\"\nkind = \"sign_ins\"\nrole = \"read\"");
    assert_eq!(read(&sign_ins).panels[0].role, Role::Admin);
}

/// A dashboard with one filter, whose fields are `fields`: they begin at line 5.
fn with_filter(fields: &str) -> String {
    let panel = format!("[[panels]]\nid = \"a\"\n{LINE}\n");
    format!("format = 1\ntitle = \"Sales\"\n\n[[filters]]\n{fields}\n{panel}")
}

// Case: dashboards/file-mistakes
#[test]
fn a_mistake_of_a_filter_is_told_with_its_field_and_line() {
    let right = "id = \"period\"\nkind = \"date_range\"\ncolumn = \"day\"";
    let changed = |from: &str, to: &str| right.replace(from, to);
    assert_eq!(mistakes(&with_filter(right)), Vec::<String>::new());
    let all =
        format!("{right}\ntitle = \"When\"\ndefault = \"last_30_days\"\nlast_day = \"newest\"\ndataset = \"sales\"");
    assert_eq!(mistakes(&with_filter(&all)), Vec::<String>::new());
    for (fields, expected) in [
        (changed("\"period\"", "\"The period\""), "sales.toml:5: filters[0].id: Give 1 to 64 small letters"),
        (changed("\"period\"", "\"page\""), "sales.toml:5: filters[0].id: In addresses, `page` means something else."),
        (changed("\"date_range\"", "\"slider\""), "sales.toml:6: unknown variant `slider`"),
        (changed("\"day\"", "\"\""), "sales.toml:7: filters[0].column: Name the column"),
        (changed("\"day\"", "\"dya\""), "sales.toml:7: filters[0].column: No panel that this filter is about"),
        (changed("\"day\"", "\"region\""), "sales.toml:7: filters[0].column: The column “region” holds no days"),
        (format!("{right}\ndataset = \"other\""), "sales.toml:7: filters[0].column: No panel"),
        (format!("{right}\nexcept = [\"b\"]"), "sales.toml:8: filters[0].except[0]: There is no panel `b`."),
        (format!("{right}\nexcept = [\"a\"]"), "sales.toml:7: filters[0].column: No panel"),
        (format!("{right}\ndefault = \"yesterday\""), "sales.toml:8: unknown variant `yesterday`"),
        (
            format!("{}\ndefault = \"today\"", changed("\"date_range\"", "\"values\"")),
            "sales.toml:8: filters[0].default: Only a `date_range` filter has this.",
        ),
        (
            format!("{}\nlast_day = \"newest\"", changed("\"date_range\"", "\"values\"")),
            "sales.toml:8: filters[0].last_day: Only a `date_range` filter has this.",
        ),
        (
            format!("{right}\ntitle = \"{}\"", "x".repeat(201)),
            "sales.toml:8: filters[0].title: A title has at most 200 characters.",
        ),
        (format!("{right}\n[[filters]]\n{right}"), "sales.toml:9: filters[1].id: Filter 1 is called `period` too."),
    ] {
        let found = mistakes(&with_filter(&fields));
        assert!(found.len() == 1 && found[0].starts_with(expected), "{fields}\n{found:?}");
    }
}
