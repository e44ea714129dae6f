use super::*;
use crate::dashboards::making::{from_toml, typed_panel};
use crate::dashboards::spec::Columns;

fn columns() -> Vec<DataColumn> {
    let columns = [
        ("region", ColumnType::Text),
        ("amount", ColumnType::Decimal),
        ("n", ColumnType::Integer),
        ("day", ColumnType::Date),
        ("paid", ColumnType::Boolean),
    ];
    columns.map(|(name, column_type)| DataColumn { name: name.to_owned(), column_type }).to_vec()
}

fn panels(text: &str) -> Vec<PanelSpec> {
    from_toml(format!("format = 1\ntitle = \"x\"\n{text}"), &|_| Columns::Unknown).unwrap().panels
}

#[test]
fn every_field_of_a_document_survives_the_form() {
    let text = r#"
[[panels]]
id = "a"
title = "A"
kind = "figure"
dataset = "sales"
role = "write"
width = 4
measures = [{ compute = "maximum", of = "amount", title = "Most", unit = "€", decimals = 2, show = ["region", "day"] }]
[[panels]]
id = "b"
title = "B"
kind = "figure"
dataset = "sales"
compare = true
by = { column = "day", step = "month" }
measures = [{ compute = "count" }]
unit = "pieces"
[[panels]]
id = "c"
title = "C"
kind = "area"
dataset = "sales"
measures = [{ compute = "sum", of = "amount" }]
by = { column = "day", step = "week" }
split = { column = "region", top = 3 }
filters = [{ column = "region", is = ["North", "South, or so"] }, { column = "n", more_than = 3 },
  { column = "amount", at_most = 2.5 }, { column = "paid", is_not = [true] }, { column = "day", missing = false },
  { column = "region", contains = "o" }, { column = "day", at_least = "2026-01-01" },
  { column = "day", less_than = "2027-01-01" }, { column = "region", missing = true }]
stacked = true
missing = "zero"
[[panels]]
id = "d"
title = "D"
kind = "bar"
dataset = "sales"
measures = [{ compute = "sum", of = "amount" }]
by = { column = "n" }
sort = { by = "hand", values = [3, 1] }
limit = 7
horizontal = true
scale = "log"
[[panels]]
id = "e"
title = "E"
kind = "table"
dataset = "sales"
measures = [{ compute = "share", of = "amount" }, { compute = "distinct", of = "region" }]
by = { column = "region" }
sort = { by = "value", order = "descending" }
totals = true
rows_per_page = 50
[[panels]]
id = "f"
title = "F"
kind = "table"
dataset = "sales"
columns = [{ column = "day", title = "Day" }, { column = "amount", unit = "€", decimals = 1 }]
order = [{ column = "day", order = "descending" }, { column = "n" }]
[[panels]]
id = "g"
title = "G"
kind = "text"
text = """
# Title

  Text
"""
[[panels]]
id = "h"
title = "H"
kind = "note"
[[panels]]
id = "i"
title = "I"
kind = "line"
dataset = "sales"
measures = [{ compute = "median", of = "amount" }]
by = { column = "region" }
sort = { by = "name", order = "descending" }
missing = "connect"
scale = "linear"
"#;
    for panel in panels(text) {
        let read = read_panel(&typed_panel(&panel).compact(), &columns());
        assert!(read.mistakes.is_empty(), "{:?}", read.mistakes);
        assert_eq!(read.spec, panel);
    }
}

#[test]
fn several_conditions_on_one_column_become_separate_conditions() {
    let text = "[[panels]]\nid = \"a\"\ntitle = \"A\"\nkind = \"figure\"\ndataset = \"sales\"\n\
                measures = [{ compute = \"count\" }]\nfilters = [{ column = \"n\", at_least = 1, less_than = 5 }]";
    let read = read_panel(&typed_panel(&panels(text)[0]), &columns()).spec;
    let n = || Filter { column: "n".to_owned(), ..Filter::default() };
    let expected =
        [Filter { at_least: Some(Scalar::Integer(1)), ..n() }, Filter { less_than: Some(Scalar::Integer(5)), ..n() }];
    assert_eq!(read.filters, expected);
}

#[test]
fn fields_of_other_kinds_are_left_out_and_unreadable_ones_are_reported_at_the_field() {
    let form =
        b"kind=figure&title=x&dataset=sales&measures[0].compute=sum&measures[0].of=amount&measures[0].decimals=x\
                 &by.column=day&split.column=region&limit=3&stacked=on&width=wide&filters[0].column=n\
                 &filters[0].how=is&filters[0].value=+&filters[1].column=n&filters[1].how=like&filters[1].value=1";
    let read = read_panel(&Typed::of_form(form).compact(), &columns());
    assert!(read.spec.by.is_none() && read.spec.split.is_none() && read.spec.limit.is_none() && !read.spec.stacked);
    let at: Vec<_> = read.mistakes.iter().map(|mistake| mistake.at.as_str()).collect();
    assert_eq!(at, ["measures[0].decimals", "width", "filters[0].value", "filters[1].how"]);
}
