//! One page of a table as a picture.

use std::fmt::Write as _;
use std::ops::RangeInclusive;

use chrono_tz::Tz;
use rolecall_model::data::Cell;
use rolecall_model::spec::PanelSpec;

use super::frame::{Frame, MARGIN, TOP, WIDTH};
use super::texts::{CHARACTER, LINE, fitting, lines_of, push_lines, push_text, width_of};
use crate::columns::{Column, columns};
use crate::format::grouped;
use crate::html::{ESTIMATES, escaped};
use crate::table::{Shown, caption};

/// The height of a row and the space between two columns, in pixels.
const ROW: usize = 26;
const GAP: usize = 24;
/// The width up to which a picture grows before its texts are cut much.
const WIDEST: usize = 2 * WIDTH;
/// How many characters fit on a line; how many of each text are shown before the picture grows; and how many are shown
/// however many columns there are.
const MOST: usize = (WIDTH - 2 * MARGIN) / CHARACTER;
const ENOUGH: usize = 24;
const LEAST: usize = 12;
const STYLE: &str =
    ".num{text-anchor:end;font-variant-numeric:tabular-nums}.strong{font-weight:600}.note{font-size:14px}";

/// A row of texts.
struct Row {
    texts: Vec<Text>,
    /// Whether it is bold: the headings and the totals.
    is_strong: bool,
}

/// The content of a cell.
struct Text {
    text: String,
    /// Whether it may be cut. A number or a time may not: it would become a different one.
    may_be_cut: bool,
}

impl Text {
    /// Its width in characters. Bold text is about a fifth wider.
    fn width(&self, is_strong: bool) -> usize {
        let width = width_of(&self.text);
        if is_strong { (width * 6).div_ceil(5) } else { width }
    }
}

/// The picture of the table of `panel` with what is `shown` of its data. Times are shown in `zone`.
///
/// It is wide enough for its numbers. Texts are cut to the space left for their columns. It names the `filters` in
/// force.
#[must_use]
pub fn table_svg(panel: &PanelSpec, shown: &Shown<'_>, zone: Tz, filters: &str) -> String {
    let columns = columns(panel, shown.result, zone);
    let rows = rows(&columns, shown);
    let widths = widths(&rows, columns.len());
    let width = WIDTH.max(pixels(&widths) + 2 * MARGIN);
    let places = places(&widths, width);
    let (caption, room) = (caption(panel, shown.result), (MARGIN, width - MARGIN));

    let (mut svg, mut y) = (String::new(), TOP);
    push_text(&mut svg, "note", room, TOP - LINE / 4, &caption);
    for Row { texts, is_strong } in &rows {
        y += ROW;
        for (at, (text, column)) in texts.iter().zip(&columns).enumerate() {
            let (Some(place), Some(most)) = (places.get(at), widths.get(at)) else { continue };
            let text = fitting(&text.text, if *is_strong { most * 5 / 6 } else { *most });
            push_cell(&mut svg, (column.is_number, *is_strong), *place, y - ROW / 3, &text);
        }
        let class = if *is_strong { "grid grid-zero" } else { "grid" };
        _ = write!(svg, "<path class=\"{class}\" d=\"M{MARGIN} {y}H{}\"/>", width - MARGIN);
    }
    for note in notes(panel, shown) {
        let lines = lines_of(&note, (width - 2 * MARGIN) / CHARACTER);
        y = push_lines(&mut svg, "note", room, (y + LINE / 4, LINE), &lines);
    }
    let (title, height) = (&panel.title, y + MARGIN);
    Frame { title, filters, description: &caption, width, height, style: STYLE }.around(&svg)
}

/// The headings, the rows of the page and the totals.
fn rows(columns: &[Column], shown: &Shown<'_>) -> Vec<Row> {
    let heading = |column: &Column| Text { text: column.heading.clone(), may_be_cut: true };
    let cell = |column: &Column, cell: &Cell| Text {
        text: column.text(cell, MOST),
        may_be_cut: matches!(cell, Cell::Text(_)),
    };
    let mut rows = vec![Row { texts: columns.iter().map(heading).collect(), is_strong: true }];
    for cells in shown.cells_by_row() {
        let texts = columns.iter().filter_map(|column| Some(cell(column, cells.get(column.at)?)));
        rows.push(Row { texts: texts.collect(), is_strong: false });
    }
    if let Some(totals) = shown.last_row() {
        let mut totals = totals.iter();
        let texts = columns.iter().enumerate().map(|(at, column)| {
            let total = if column.is_number { totals.next() } else { None };
            // The label is in the first column, unless that one is a number.
            let words = if at == 0 && !column.is_number { "Total" } else { "" };
            let without = || Text { text: words.to_owned(), may_be_cut: true };
            total.map_or_else(without, |total| cell(column, total))
        });
        rows.push(Row { texts: texts.collect(), is_strong: true });
    }
    rows
}

/// The width of each column in characters: that of its longest text, or less where not all fit.
fn widths(rows: &[Row], columns: usize) -> Vec<usize> {
    let longest = |at: usize, may_be_cut: bool| {
        let texts = rows.iter().filter_map(|row| Some((row.texts.get(at)?, row.is_strong)));
        let texts = texts.filter(|(text, _)| text.may_be_cut == may_be_cut);
        texts.map(|(text, is_strong)| text.width(is_strong)).max().unwrap_or(0)
    };
    let needs: Vec<(usize, usize)> = (0..columns).map(|at| (longest(at, false), longest(at, true))).collect();
    let cut_to =
        |most: usize| -> Vec<usize> { needs.iter().map(|(number, text)| (*number).max((*text).min(most))).collect() };
    let widest = |cuts: RangeInclusive<usize>, width: usize| {
        cuts.rev().map(cut_to).find(|widths| pixels(widths) <= width - 2 * MARGIN)
    };
    widest(ENOUGH..=MOST, WIDTH).or_else(|| widest(LEAST..=ENOUGH, WIDEST)).unwrap_or_else(|| cut_to(LEAST))
}

/// The width of columns of these many characters together, in pixels.
fn pixels(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() * CHARACTER + widths.len().saturating_sub(1) * GAP
}

/// The left and right edge of each column in a picture of this `width`. Free space is shared equally.
fn places(widths: &[usize], width: usize) -> Vec<(usize, usize)> {
    let free = (width - 2 * MARGIN - pixels(widths)) / widths.len().max(1);
    let mut left = MARGIN;
    let place = |characters: &usize| {
        let right = left + characters * CHARACTER + free;
        (std::mem::replace(&mut left, right + GAP), right)
    };
    widths.iter().map(place).collect()
}

/// Appends `text` on the line at `y`; a number is aligned at the end of its column.
fn push_cell(svg: &mut String, (is_number, is_strong): (bool, bool), place: (usize, usize), y: usize, text: &str) {
    let class = if is_strong { "label strong" } else { "label" };
    if is_number {
        _ = write!(svg, "<text class=\"{class} num\" x=\"{}\" y=\"{y}\">{}</text>", place.1, escaped(text));
    } else {
        push_text(svg, class, place, y, text);
    }
}

/// The notes below the rows: those of the page, and the range of rows shown.
fn notes(panel: &PanelSpec, shown: &Shown<'_>) -> Vec<String> {
    let estimates = shown.result.approximate.then(|| ESTIMATES.to_owned());
    let note = shown.note.map(ToOwned::to_owned);
    let all = if panel.measures.is_empty() { shown.result.total } else { shown.result.rows.len() as u64 };
    let (rows, is_cut) = (&shown.page.rows, shown.page.pages > 1);
    let of_all = || format!("Rows {} to {} of {}", grouped(rows.start + 1), grouped(rows.end), grouped(all));
    estimates.into_iter().chain(note).chain(is_cut.then(of_all)).collect()
}
