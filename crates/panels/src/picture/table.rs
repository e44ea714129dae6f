//! A page of a table as a picture.

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

/// The height of a row, and what is free between two columns, in pixels.
const ROW: usize = 26;
const GAP: usize = 24;
/// The width that a picture can have so that texts are not cut much.
const WIDEST: usize = 2 * WIDTH;
/// How many characters have room beside each other. How many of each text are shown before the picture grows, and how many
/// however many columns there are.
const MOST: usize = (WIDTH - 2 * MARGIN) / CHARACTER;
const ENOUGH: usize = 24;
const LEAST: usize = 12;
const STYLE: &str =
    ".num{text-anchor:end;font-variant-numeric:tabular-nums}.strong{font-weight:600}.note{font-size:14px}";

/// A row of texts.
struct Row {
    texts: Vec<Text>,
    /// Whether it is about all others: the headings, and the totals.
    is_strong: bool,
}

/// What stands in a cell.
struct Text {
    text: String,
    /// Whether some of it may be left out. Of a number or a time that would be another one.
    may_be_cut: bool,
}

impl Text {
    /// How many characters wide it is: about a fifth more where it is strong.
    fn width(&self, is_strong: bool) -> usize {
        let width = width_of(&self.text);
        if is_strong { (width * 6).div_ceil(5) } else { width }
    }
}

/// The picture of the table of `panel` with what is `shown` of its data. Moments are read in `zone`.
///
/// It is as wide as its numbers need. Texts are cut to what is left for their columns. It says which `filters` are in force.
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
            // Names come before numbers.
            let words = if at == 0 && !column.is_number { "Total" } else { "" };
            let without = || Text { text: words.to_owned(), may_be_cut: true };
            total.map_or_else(without, |total| cell(column, total))
        });
        rows.push(Row { texts: texts.collect(), is_strong: true });
    }
    rows
}

/// How many characters wide each column is: as its longest text, or as little as is left where they have not all room.
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

/// How wide columns of so many characters are together, in pixels.
fn pixels(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() * CHARACTER + widths.len().saturating_sub(1) * GAP
}

/// From where to where each column reaches in a picture of this `width`. What is free is shared among them.
fn places(widths: &[usize], width: usize) -> Vec<(usize, usize)> {
    let free = (width - 2 * MARGIN - pixels(widths)) / widths.len().max(1);
    let mut left = MARGIN;
    let place = |characters: &usize| {
        let right = left + characters * CHARACTER + free;
        (std::mem::replace(&mut left, right + GAP), right)
    };
    widths.iter().map(place).collect()
}

/// Appends `text` on the line at `y`, as a number at the end of its place.
fn push_cell(svg: &mut String, (is_number, is_strong): (bool, bool), place: (usize, usize), y: usize, text: &str) {
    let class = if is_strong { "label strong" } else { "label" };
    if is_number {
        _ = write!(svg, "<text class=\"{class} num\" x=\"{}\" y=\"{y}\">{}</text>", place.1, escaped(text));
    } else {
        push_text(svg, class, place, y, text);
    }
}

/// What is said below the rows: as on the page, and which of all rows they are.
fn notes(panel: &PanelSpec, shown: &Shown<'_>) -> Vec<String> {
    let estimates = shown.result.approximate.then(|| ESTIMATES.to_owned());
    let note = shown.note.map(ToOwned::to_owned);
    let all = if panel.measures.is_empty() { shown.result.total } else { shown.result.rows.len() as u64 };
    let (rows, is_cut) = (&shown.page.rows, shown.page.pages > 1);
    let of_all = || format!("Rows {} to {} of {}", grouped(rows.start + 1), grouped(rows.end), grouped(all));
    estimates.into_iter().chain(note).chain(is_cut.then(of_all)).collect()
}
