//! NDJSON: one object per line.

use rolecall_data::import::Format;
use rolecall_model::data::ColumnType::{Boolean, Decimal, Text, Timestamp};

use crate::files::{TestFile, names, refusal, types};

// Case: import/ndjson
#[test]
fn objects_become_rows_and_their_fields_columns() {
    let file = TestFile::new(
        "{\"id\": 1, \"name\": \"007\", \"at\": \"2024-01-31T12:00:00Z\", \"ok\": true, \"x\": 1}\n\n\
         {\"name\": \"\", \"id\": 2, \"tags\": [1, \"a\"], \"x\": 1.5, \"at\": null}\r\n\
         {\"id\": 18446744073709551615, \"geo\": {\"lat\": 1}}",
    );
    let examined = file.examine();
    assert_eq!(examined.reading.format, Format::Ndjson);
    assert_eq!(names(&examined), ["id", "name", "at", "ok", "x", "tags", "geo"]);
    assert_eq!(types(&examined), [Text, Text, Timestamp, Boolean, Decimal, Text, Text]);
    assert_eq!(
        file.convert(),
        [
            ["1", "007", "2024-01-31T12:00:00Z", "true", "1.0", "missing", "missing"],
            ["2", "", "missing", "missing", "1.5", "[1,\"a\"]", "missing"],
            ["18446744073709551615", "missing", "missing", "missing", "missing", "missing", "{\"lat\":1}"],
        ]
    );
}

// Case: import/each-mistake, import/cut-off
#[test]
fn lines_that_are_not_objects_are_reported() {
    let file = TestFile::new("{\"a\": 1}\n[2]\n{\"a\": 3, \"a\": 4}\n{\"a\": \n");
    let reading = file.examine().reading;
    let (count, mistakes) = file.mistakes(&reading);
    let lines: Vec<u64> = mistakes.iter().map(|mistake| mistake.line).collect();
    assert_eq!((count, lines), (3, vec![2, 3, 4]));
    assert_eq!(mistakes[0].value.as_deref(), Some("[2]"));
    assert!(mistakes[0].reason.contains("expected an object"), "{mistakes:?}");
    assert!(mistakes[2].reason.starts_with("is not a JSON object: see character "), "{mistakes:?}");
    assert_eq!(mistakes[1].reason, "the object has the name \"a\" twice");
    assert!(refusal(&TestFile::new("[{\"a\": 1}]")).contains("NDJSON"));
}
