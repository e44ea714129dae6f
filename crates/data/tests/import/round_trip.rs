//! Cells written in any dialect read back unchanged.

use proptest::prelude::*;
use rolecall_data::import::{Given, GivenColumn};
use rolecall_model::data::ColumnType;

use crate::files::TestFile;

/// How a text is written.
#[derive(Clone, Copy, Debug)]
struct Style {
    delimiter: u8,
    quote: u8,
    quotes_all: bool,
    crlf: bool,
    encoding: &'static str,
}

fn style() -> impl Strategy<Value = Style> {
    let delimiter = prop::sample::select(b",;\t|:".to_vec());
    let quote = prop::sample::select(b"\"'".to_vec());
    let encoding = prop::sample::select(vec!["UTF-8", "UTF-16LE", "windows-1252", "GBK", "Shift_JIS"]);
    (delimiter, quote, any::<bool>(), any::<bool>(), encoding).prop_map(
        |(delimiter, quote, quotes_all, crlf, encoding)| Style { delimiter, quote, quotes_all, crlf, encoding },
    )
}

fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    let cell = prop_oneof!["[ -~\n\r\t]{0,12}", "[äéñ€一-三]{0,4}", "[\"';,|:\n]{0,6}"];
    (1_usize..5).prop_flat_map(move |width| prop::collection::vec(prop::collection::vec(cell.clone(), width), 1..8))
}

fn written(rows: &[Vec<String>], style: Style) -> Vec<u8> {
    let quoting = if style.quotes_all { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
    let terminator = if style.crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
    let mut writer = csv::WriterBuilder::new()
        .delimiter(style.delimiter)
        .quote(style.quote)
        .quote_style(quoting)
        .terminator(terminator)
        .from_writer(Vec::new());
    let header: Vec<String> = (0..rows[0].len()).map(|position| format!("column {position}")).collect();
    writer.write_record(&header).unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}

/// The text in an encoding, unless that lacks one of its characters.
fn encoded(text: &[u8], encoding: &str) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).unwrap();
    if encoding == "UTF-16LE" {
        return Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
    }
    let encoding = encoding_rs::Encoding::for_label(encoding.as_bytes()).unwrap();
    let (bytes, _, lacks) = encoding.encode(text);
    // Some encodings write a character in two ways, or an ASCII sign as another one.
    let reads_back = encoding.decode_without_bom_handling(&bytes).0 == text;
    (!lacks && reads_back).then(|| bytes.into_owned())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    // Case: import/round-trip
    #[test]
    fn cells_in_any_dialect_read_back_unchanged(rows in table(), style in style()) {
        let Some(bytes) = encoded(&written(&rows, style), style.encoding) else { return Ok(()) };
        let file = TestFile::new(bytes);
        let column = |position| GivenColumn { position, column_type: Some(ColumnType::Text), ..GivenColumn::default() };
        let given = Given {
            encoding: Some(style.encoding.to_owned()),
            delimiter: Some(char::from(style.delimiter)),
            quote: Some(char::from(style.quote)),
            header_row: Some(1),
            columns: (0..rows[0].len()).map(column).collect(),
            ..Given::default()
        };
        let reading = file.try_examine(&given).unwrap().reading;
        let shown = |cell: &String| if cell.is_empty() { "missing".to_owned() } else { cell.clone() };
        let expected: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(shown).collect()).collect();
        prop_assert_eq!(file.convert_as(&reading), expected);
    }

    #[test]
    fn any_file_is_either_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let file = TestFile::new(bytes);
        if let Ok(examined) = file.try_examine(&Given::default()) && examined.report.is_empty() {
            prop_assert_eq!(file.convert_as(&examined.reading).len() as u64, examined.rows);
        }
    }
}
