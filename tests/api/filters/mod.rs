//! Filters of a whole dashboard: kept in the address, applied to every panel, and limited to the rows that each person
//! may see.

mod days;
mod edited;
mod links;
mod rows;

use std::fmt::Write as _;

use html_escape::decode_html_entities;

use crate::support::{Answer, Browser, SALES_PAGE as PAGE, TestApp, sales_by_day, until};

/// A value with quotes, a comma, and characters that must be escaped in addresses and patterns; and a text from right
/// to left.
const MARKED: &str = "He said \"hi\", <b>50%</b> & a_b+c";
const RIGHT_TO_LEFT: &str = "שלום עולם";
/// Each amount is a power of two, so that a sum tells which rows are in it. The third value is the role that may see
/// the row.
const ROWS: [(&str, &str, &str, u32); 9] = [
    ("2026-01-02", "North", "read", 1),
    ("2026-01-15", "North", "read", 2),
    ("2026-02-05", "South", "read", 4),
    ("2026-02-06", MARKED, "read", 8),
    ("2026-02-07", RIGHT_TO_LEFT, "read", 16),
    ("2026-02-08", "", "read", 32),
    ("2026-02-09", "East", "write", 64),
    ("2026-02-10", "West", "write", 128),
    ("2026-02-11", "North", "write", 256),
];
/// What the dashboard has beside a filter by day.
const PARTS: &str = r#"
[[filters]]
id = "region"
kind = "values"
column = "region"
except = ["all"]
[[panels]]
id = "total"
title = "Total"
kind = "figure"
dataset = "sales"
measures = [{ title = "Sum", compute = "sum", of = "amount" }]
[[panels]]
id = "by-region"
title = "By region"
kind = "bar"
dataset = "sales"
measures = [{ title = "Sum", compute = "sum", of = "amount" }]
by = { column = "region" }
[[panels]]
id = "by-month"
title = "By month and region"
kind = "bar"
dataset = "sales"
measures = [{ title = "Sum", compute = "sum", of = "amount" }]
by = { column = "day", step = "month" }
split = { column = "region" }
[[panels]]
id = "rows"
title = "Rows"
kind = "table"
dataset = "sales"
columns = [{ column = "day" }, { column = "region" }, { column = "amount" }]
order = [{ column = "day" }]
rows_per_page = 2
[[panels]]
id = "groups"
title = "Groups"
kind = "table"
dataset = "sales"
measures = [{ title = "Sum", compute = "sum", of = "amount" }]
by = { column = "region" }
"#;

fn long() -> String {
    "x".repeat(200)
}

/// The region of a row. An empty text stands for a region of 200 characters.
fn region(of: &str) -> String {
    if of.is_empty() { long() } else { of.to_owned() }
}

/// An application with the sales, in which each role sees its own rows, and the browsers of Reed and Wren.
async fn start() -> (TestApp, Browser, Browser) {
    let mut csv = String::from("day,region,who,amount\n");
    for (day, of, who, amount) in ROWS {
        writeln!(csv, "{day},\"{}\",{who},{amount}", region(of).replace('"', "\"\"")).unwrap();
    }
    let app = TestApp::with_sales(sales_by_day(PARTS), &csv).await;
    app.part_rows_by_role("sales").await;
    let (mut reed, mut wren) = (app.browser(), app.browser());
    reed.sign_in_as("reed").await;
    wren.sign_in_as("wren").await;
    until("the rule is in force", async || sum(&reed.get(PAGE).await) == "63").await;
    (app, reed, wren)
}

/// The first figure of a page.
fn sum(page: &Answer) -> String {
    page.texts_of("figure-value").first().cloned().unwrap_or_default()
}

/// The values that the filter `id` has check boxes for, and whether each is ticked.
fn boxes(page: &Answer, id: &str) -> Vec<(String, bool)> {
    let begin = format!("type=\"checkbox\" name=\"{id}\" value=\"");
    let read = |rest: &str| {
        let (value, rest) = rest.split_once('"').unwrap();
        (decode_html_entities(value).into_owned(), rest.split('>').next().unwrap().contains("checked"))
    };
    page.body.split(&begin).skip(1).map(read).collect()
}

/// The targets of the links with the name `name`, from the query on.
fn links(page: &Answer, name: &str) -> Vec<String> {
    let tags = page.body.split("<a ").skip(1).map(|rest| rest.split('>').next().unwrap());
    let attribute = |tag: &str, of: &str| {
        let value = tag.split(&format!("{of}=\"")).nth(1)?.split('"').next()?;
        Some(decode_html_entities(value).into_owned())
    };
    let named = tags.filter(|tag| attribute(tag, "aria-label").as_deref() == Some(name));
    named.filter_map(|tag| attribute(tag, "href")).collect()
}
