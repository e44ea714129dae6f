//! Spreadsheets: XLSX (ECMA-376), read as a stream of cells. Gaps are never filled with empty cells.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use calamine::{DataRef, ExcelDateTime, Reader as _, SheetType, SheetVisible, Xlsx, XlsxCellReader, XlsxError};

use super::batch::{Batch, Kind, OwnedCell, Rows};
use super::cells::decimal_text;
use super::error::ImportError;
use super::headers::letters;
use super::limits::{Limits, in_megabytes};
use super::report::{Mistake, shown};

/// How many times larger than the maximum file size its unpacked parts may be.
const UNPACKED: u64 = 4;
/// The maximum number of parts: each sheet, picture and chart consists of a few.
const MOST_PARTS: usize = 10_000;
/// The maximum bytes of shared texts, which are kept in memory and take about twice the size of their XML.
const SHARED_TEXTS: u64 = 200_000_000;
/// The maximum number of rows in a sheet.
const SHEET_ROWS: u64 = 1 << 20;

/// A workbook that was checked not to be a zip bomb.
pub(super) struct Workbook {
    workbook: Xlsx<BufReader<File>>,
    bytes: u64,
}

impl Workbook {
    /// # Errors
    /// If the file is not a workbook, or is too large when unpacked.
    pub fn open(file: &Path, limits: &Limits) -> Result<Self, ImportError> {
        check_unpacked(file, limits)?;
        let workbook = Xlsx::new(BufReader::new(File::open(file)?)).map_err(|error| match error {
            XlsxError::Password => {
                ImportError::refused("The spreadsheet is encrypted. Save it without a password first.")
            }
            _ => ImportError::refused("The file is no spreadsheet (XLSX) that can be read."),
        })?;
        Ok(Self { workbook, bytes: file.metadata()?.len() })
    }

    /// The names of the sheets, hidden ones last.
    pub fn sheets(&self) -> Vec<String> {
        let sheets = || self.workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
        let is_shown = |sheet: &&calamine::Sheet| sheet.visible == SheetVisible::Visible;
        let shown = sheets().filter(is_shown);
        shown.chain(sheets().filter(|sheet| !is_shown(sheet))).map(|sheet| sheet.name.clone()).collect()
    }

    /// Begins to read a sheet. Rows above `header_row` are skipped; the first row from there on that has cells is taken
    /// for the header.
    ///
    /// # Errors
    /// If there is no such sheet, or no such row.
    pub fn rows(&mut self, sheet: &str, header_row: u32, limits: Limits) -> Result<SheetRows<'_>, ImportError> {
        let no_sheet = |_| ImportError::refused(format!("There is no sheet {sheet}."));
        let cells = self.workbook.worksheet_cells_reader(sheet).map_err(no_sheet)?;
        let last_row = u64::from(cells.dimensions().end.0) + 1;
        let (bytes, header) = (self.bytes, Row::default());
        let mut rows = SheetRows {
            cells,
            limits,
            bytes,
            last_row,
            next: None,
            row: Row::default(),
            header,
            width: 0,
            is_waiting: false,
        };
        rows.next = rows.next_cell()?;
        while rows.read_row()? {
            if rows.row.number >= u64::from(header_row) {
                rows.header = std::mem::take(&mut rows.row);
                rows.width = rows.header.cells.len();
                return Ok(rows);
            }
        }
        Err(ImportError::refused(format!("The sheet {sheet} has no cells from row {} on.", header_row.max(1))))
    }
}

/// Rejects a file that unpacks to more than the limit, before any of it is kept.
fn check_unpacked(file: &Path, limits: &Limits) -> Result<(), ImportError> {
    let broken = |_| ImportError::refused("The file is no spreadsheet (XLSX): its parts cannot be unpacked.");
    let mut archive = zip::ZipArchive::new(BufReader::new(File::open(file)?)).map_err(broken)?;
    if archive.len() > MOST_PARTS {
        return Err(ImportError::refused(format!("The spreadsheet has more than {MOST_PARTS} parts.")));
    }
    let limit = limits.file_bytes.saturating_mul(UNPACKED);
    let mut unpacked = 0_u64;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(broken)?;
        let is_shared = part.name().is_ok_and(|name| name.to_ascii_lowercase().ends_with("sharedstrings.xml"));
        let most = if is_shared { SHARED_TEXTS } else { limit - unpacked };
        // The sizes in the archive may be wrong, so it is unpacked once and counted.
        let size = io::copy(&mut io::Read::take(part, most + 1), &mut io::sink())
            .map_err(|_| ImportError::refused("The file is no spreadsheet (XLSX): its parts cannot be unpacked."))?;
        unpacked += size;
        if size > most || unpacked > limit {
            let most = in_megabytes(most.min(limit));
            return Err(ImportError::refused(format!("The spreadsheet unpacks to more than {most}.")));
        }
    }
    Ok(())
}

/// The rows of a sheet that have cells.
pub(super) struct SheetRows<'a> {
    cells: XlsxCellReader<'a, BufReader<File>>,
    limits: Limits,
    /// The size of the file.
    bytes: u64,
    /// The last row according to the sheet.
    last_row: u64,
    /// The first cell of the next row.
    next: Option<SheetCell>,
    row: Row,
    header: Row,
    /// The number of columns found so far.
    width: usize,
    /// Whether `row` waits for a batch that is wide enough.
    is_waiting: bool,
}

struct SheetCell {
    row: u64,
    column: usize,
    kind: Kind,
    text: String,
}

#[derive(Default)]
struct Row {
    /// Counted from 1, as in spreadsheets.
    number: u64,
    cells: Vec<Option<(Kind, String)>>,
}

impl SheetRows<'_> {
    /// The cells of the row that was taken for the header.
    pub fn header(&self) -> Vec<OwnedCell> {
        let cell = |cell: &Option<(Kind, String)>| match cell {
            Some((kind, text)) => OwnedCell { kind: *kind, text: text.clone().into_bytes() },
            None => OwnedCell { kind: Kind::Missing, text: Vec::new() },
        };
        self.header.cells.iter().map(cell).collect()
    }

    /// The number of the header row, from 1.
    pub fn header_row(&self) -> u64 {
        self.header.number
    }

    /// Returns the header again as the first row.
    pub fn unread_header(&mut self) {
        self.row = std::mem::take(&mut self.header);
        self.is_waiting = true;
    }

    /// Makes rows at least this wide.
    pub fn widen(&mut self, width: usize) {
        self.width = self.width.max(width);
    }

    /// Reads the next row that has cells.
    fn read_row(&mut self) -> Result<bool, ImportError> {
        let Some(first) = self.next.take() else { return Ok(false) };
        self.row.number = first.row;
        self.row.cells.clear();
        let mut next = Some(first);
        while let Some(cell) = next.take_if(|cell| cell.row == self.row.number) {
            if cell.column >= self.limits.columns {
                return Err(ImportError::too_many_columns(&self.limits));
            }
            if cell.text.len() > self.limits.cell_bytes {
                let column = letters(cell.column);
                return Err(ImportError::cell_of_column_too_large(cell.row, &column, &self.limits));
            }
            if self.row.cells.len() <= cell.column {
                self.row.cells.resize(cell.column + 1, None);
            }
            self.row.cells[cell.column] = Some((cell.kind, cell.text));
            next = self.next_cell()?;
        }
        if let Some(next) = &next
            && (next.row < self.row.number || next.row > SHEET_ROWS)
        {
            return Err(ImportError::refused("The rows of the spreadsheet are out of order."));
        }
        self.next = next;
        Ok(true)
    }

    /// The next cell that is not empty.
    fn next_cell(&mut self) -> Result<Option<SheetCell>, ImportError> {
        loop {
            let line = self.row.number + 1;
            let cell = self.cells.next_cell().map_err(|error| {
                let value = Some(shown(error.to_string().as_bytes()));
                let reason = "the spreadsheet cannot be read from here on".to_owned();
                ImportError::mistake(Mistake { line, column: None, value, reason })
            })?;
            let Some(cell) = cell else { return Ok(None) };
            let (row, column) = cell.get_position();
            let (kind, text) = match cell.get_value() {
                DataRef::Empty => continue,
                DataRef::Int(value) => (Kind::Number, value.to_string()),
                DataRef::Float(value) => (Kind::Number, decimal_text(*value)),
                DataRef::Bool(value) => (Kind::Boolean, value.to_string()),
                DataRef::DateTime(moment) => of_moment(moment),
                DataRef::DateTimeIso(text) => (Kind::Time, text.clone()),
                DataRef::String(text) | DataRef::DurationIso(text) => (Kind::Text, text.clone()),
                DataRef::SharedString(text) => (Kind::Text, (*text).to_owned()),
                DataRef::Error(error) => (Kind::Text, error.to_string()),
            };
            return Ok(Some(SheetCell { row: u64::from(row) + 1, column: column as usize, kind, text }));
        }
    }

    fn append_row(&self, batch: &mut Batch) {
        for position in 0..batch.width {
            match self.row.cells.get(position).and_then(Option::as_ref) {
                Some((kind, text)) => batch.push_cell(*kind, text.as_bytes()),
                None => batch.push_cell(Kind::Missing, &[]),
            }
        }
        batch.end_row(self.row.number);
    }
}

impl Rows for SheetRows<'_> {
    fn fill(&mut self, batch: &mut Batch) -> Result<(), ImportError> {
        batch.width = self.width;
        while !batch.is_full() {
            if !std::mem::take(&mut self.is_waiting) && !self.read_row()? {
                break;
            }
            self.width = self.width.max(self.row.cells.len());
            if self.width > batch.width {
                if batch.rows() > 0 {
                    self.is_waiting = true;
                    break;
                }
                batch.width = self.width;
            }
            self.append_row(batch);
        }
        // The file is already unpacked, so only rows show the progress.
        batch.bytes_read = self.bytes * self.row.number.min(self.last_row) / self.last_row.max(1);
        Ok(())
    }
}

/// A date, a timestamp, or a time of day, which becomes text.
fn of_moment(moment: &ExcelDateTime) -> (Kind, String) {
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let seconds = if milli == 0 { format!("{second:02}") } else { format!("{second:02}.{milli:03}") };
    if moment.is_duration() || (0.0..1.0).contains(&moment.as_f64()) {
        let hours = (moment.as_f64().max(0.0) * 24.0 + 1e-9).floor();
        return (Kind::Text, format!("{hours:02.0}:{minute:02}:{seconds}"));
    }
    if (hour, minute, second, milli) == (0, 0, 0, 0) {
        return (Kind::Time, format!("{year:04}-{month:02}-{day:02}"));
    }
    (Kind::Time, format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{seconds}"))
}
