//! XLSX: typed cells, sheets, and zip bombs.

use std::fs::File;
use std::io::{Cursor, Read as _, Write as _};

use rolecall_data::import::{DateOrder, Given, GivenColumn, ImportError, Limits, Question};
use rolecall_model::data::Cell;
use rolecall_model::data::ColumnType::{Boolean, Date, Decimal, Integer, Text};
use rust_xlsxwriter::{ExcelDateTime, Format as CellStyle, Workbook};

use super::{of_type, spreadsheet};
use crate::files::{TestFile, names, refusal, types};

// Case: import/xlsx
#[test]
fn cells_of_a_spreadsheet_keep_their_types() {
    let day = CellStyle::new().set_num_format("yyyy-mm-dd");
    let file = spreadsheet(|sheet| {
        for (column, name) in ["name", "count", "price", "open", "day", "zip"].into_iter().enumerate() {
            sheet.write(0, u16::try_from(column).unwrap(), name).unwrap();
        }
        sheet.write(1, 0, "Zoë").unwrap().write(1, 1, 3).unwrap().write(1, 2, 2.5).unwrap().write(1, 3, true).unwrap();
        sheet.write_with_format(1, 4, ExcelDateTime::from_ymd(2024, 2, 29).unwrap(), &day).unwrap();
        sheet.write(1, 5, "01067").unwrap().write(2, 1, 4).unwrap();
    });
    let examined = file.examine();
    assert_eq!((examined.reading.header_row, examined.sheets.len()), (1, 1));
    assert_eq!(types(&examined), [Text, Integer, Decimal, Boolean, Date, Text]);
    let missing = "missing";
    assert_eq!(
        file.convert(),
        [["Zoë", "3", "2.5", "true", "2024-02-29", "01067"], [missing, "4", missing, missing, missing, missing]]
    );
}

#[test]
fn a_distant_cell_creates_no_empty_cells_and_one_too_far_is_refused() {
    let file = spreadsheet(|sheet| {
        sheet.write(0, 1, "n").unwrap().write(1, 1, 1).unwrap().write(1_048_575, 1, 2).unwrap();
    });
    let examined = file.examine();
    assert_eq!((examined.rows, examined.reading.columns[0].taken), (2, false));
    assert_eq!(file.convert(), [["1"], ["2"]]);
    let wide = spreadsheet(|sheet| {
        sheet.write(0, 0, "n").unwrap().write(5, 16_383, 2).unwrap();
    });
    assert!(refusal(&wide).contains("more than 500 columns"));
}

// Case: import/zip-bomb
#[test]
fn a_zip_bomb_is_refused_before_it_is_unpacked() {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("xl/worksheets/sheet1.xml", zip::write::SimpleFileOptions::default()).unwrap();
    for _ in 0..64 {
        archive.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    let mut file = TestFile::new(archive.finish().unwrap().into_inner());
    file.limits = Limits { file_bytes: 1_000_000, ..Limits::default() };
    assert_eq!(refusal(&file), "The spreadsheet unpacks to more than 4 MB.");
}

// Case: import/zip-bomb
#[test]
fn a_spreadsheet_with_too_many_parts_is_refused() {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..10_001 {
        archive.start_file(format!("xl/{number}.xml"), zip::write::SimpleFileOptions::default()).unwrap();
    }
    let file = TestFile::new(archive.finish().unwrap().into_inner());
    assert_eq!(refusal(&file), "The spreadsheet has more than 10000 parts.");
}

// Case: import/each-mistake, import/cut-off
#[test]
fn a_sheet_that_ends_in_the_middle_is_reported_with_its_row() {
    let whole = spreadsheet(|sheet| {
        sheet.write(0, 0, "n").unwrap().write(1, 0, 1).unwrap();
    });
    let mut parts = zip::ZipArchive::new(File::open(whole.path()).unwrap()).unwrap();
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..parts.len() {
        let mut part = parts.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut content = String::new();
        part.read_to_string(&mut content).unwrap();
        if let Some(end) = content.find("</sheetData>") {
            content.truncate(end);
        }
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    let cut = TestFile::new(archive.finish().unwrap().into_inner());
    let Err(ImportError::Mistakes(report)) = cut.try_examine(&Given::default()) else { panic!("it is read") };
    let mistake = &report.mistakes[0];
    let told = (mistake.line, mistake.reason.as_str());
    assert_eq!((report.count, told), (1, (3, "the spreadsheet cannot be read from here on")));
}

// Case: import/date-order
#[test]
fn dates_written_as_text_among_typed_dates_are_asked_about() {
    let day = CellStyle::new().set_num_format("yyyy-mm-dd");
    let file = spreadsheet(|sheet| {
        sheet.write(0, 0, "day").unwrap().write(2, 0, "01/02/2026").unwrap();
        sheet.write_with_format(1, 0, ExcelDateTime::from_ymd(2026, 3, 31).unwrap(), &day).unwrap();
    });
    assert_eq!(types(&file.examine()), [Text]);
    let mut given = of_type(Date);
    assert_eq!(file.try_examine(&given).unwrap().questions, [Question::DateOrder { position: 0 }]);
    given.date_order = Some(DateOrder::MonthDayYear);
    let examined = file.try_examine(&given).unwrap();
    assert_eq!(
        (examined.questions.len(), file.convert_as(&examined.reading)),
        (0, vec![vec!["2026-03-31".to_owned()], vec!["2026-01-02".to_owned()]])
    );
}

// Case: import/date-order
#[test]
fn typed_dates_do_not_decide_the_order_of_dates_written_as_text() {
    let day = CellStyle::new().set_num_format("yyyy-mm-dd");
    let file = |written: &str| {
        spreadsheet(|sheet| {
            for (column, name) in ["known", "mixed", "written", "open"].into_iter().enumerate() {
                sheet.write(0, u16::try_from(column).unwrap(), name).unwrap();
            }
            sheet.write_with_format(1, 0, ExcelDateTime::from_ymd(2026, 3, 31).unwrap(), &day).unwrap();
            sheet.write(1, 1, written).unwrap().write(2, 1, "unknown").unwrap();
            sheet.write(1, 2, written).unwrap().write(1, 3, "01/02/2026").unwrap();
        })
    };
    let mixed = GivenColumn { position: 1, column_type: Some(Date), ..GivenColumn::default() };
    let given = Given { columns: vec![mixed], ..Given::default() };
    for (written, order) in [("31/01/2026", DateOrder::DayMonthYear), ("01/31/2026", DateOrder::MonthDayYear)] {
        let examined = file(written).try_examine(&given).unwrap();
        assert_eq!(types(&examined), [Date, Date, Date, Date]);
        let orders: Vec<DateOrder> = examined.reading.columns[1..].iter().map(|column| column.date_order).collect();
        assert_eq!(orders, [order, order, order]);
        assert_eq!(examined.questions, [Question::DateOrder { position: 3 }]);
        assert_eq!(examined.preview[0][0], Cell::Date(chrono::NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()));
    }
}

#[test]
fn a_sheet_can_be_chosen() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("one").unwrap().write(0, 0, "a").unwrap();
    workbook.add_worksheet().set_name("two").unwrap().write(2, 0, "b").unwrap().write(3, 0, 1).unwrap();
    let file = TestFile::new(workbook.save_to_buffer().unwrap());
    assert_eq!(file.examine().sheets, ["one", "two"]);
    let second = file.try_examine(&Given { sheet: Some("two".into()), ..Given::default() }).unwrap();
    assert_eq!((names(&second), second.reading.header_row), (vec!["b"], 3));
    assert_eq!(file.convert_as(&second.reading), [["1"]]);
}
