//! Figures as a picture.

use chrono_tz::Tz;
use rolecall_model::data::QueryResult;
use rolecall_model::spec::PanelSpec;

use super::frame::{Frame, MARGIN, TOP, WIDTH, push_drawing};
use super::texts::{CHARACTER, LINE, lines_of, push_lines, push_text, width_of};
use crate::chart::drawing_style;
use crate::figures::{Compared, Figure, Figures};
use crate::html::{ESTIMATES, NO_VALUES};

/// The maximum number of figures in a row, and the space between them, in pixels.
const MOST_BESIDE: usize = 3;
const GAP: usize = 24;
/// The height of the line of a value, and that of the line chart with the space above it.
const VALUE_LINE: usize = 36;
const STEPS: usize = 32;
const STEPS_GAP: usize = 8;
/// The approximate width of a character of a value.
const VALUE_CHARACTER: usize = 18;
const STYLE: &str = ".name{font-size:14px;font-weight:550}.value{font-size:30px;font-weight:650;fill:#16212b}\
                     .none{font-size:20px}.detail{font-size:14px}.spark{overflow:visible}";

/// The picture of `panel`, which shows [`figures`](crate::figures()), for the result of its query, with the `filters`
/// in force. Times are shown in `zone`.
#[must_use]
pub fn figures_svg(panel: &PanelSpec, result: &QueryResult, zone: Tz, compared: &Compared, filters: &str) -> String {
    let Figures { mut list, are_estimates } = Figures::of(panel, result, zone, compared);
    let told: Vec<String> = list.iter().map(|figure| format!("{}: {}.", figure.name, figure.value)).collect();
    // The title of the picture has the name already.
    if let [figure] = list.as_mut_slice()
        && figure.name == panel.title
    {
        figure.name.clear();
    }
    let (mut svg, mut y) = (String::new(), TOP);
    let beside = beside(&list);
    let width = width_of_each(beside);
    for row in list.chunks(beside) {
        let mut end = y;
        for (at, figure) in row.iter().enumerate() {
            let left = MARGIN + at * (width + GAP);
            end = end.max(push_figure(&mut svg, figure, (left, left + width), y));
        }
        y = end + GAP;
    }
    let note = if list.is_empty() { Some(NO_VALUES) } else { are_estimates.then_some(ESTIMATES) };
    if let Some(note) = note {
        y += LINE;
        push_text(&mut svg, "detail", (MARGIN, WIDTH - MARGIN), y - LINE / 4, note);
    }
    let (description, style) = (told.join(" "), drawing_style() + STYLE);
    let (title, height) = (&panel.title, y + MARGIN);
    Frame { title, filters, description: &description, width: WIDTH, height, style: &style }.around(&svg)
}

/// The number of figures in a row for which each value fits on one line.
fn beside(list: &[Figure]) -> usize {
    let longest = list.iter().map(|figure| width_of(&figure.value)).max().unwrap_or(0);
    let most = MOST_BESIDE.min(list.len());
    (1..=most).rev().find(|count| longest * VALUE_CHARACTER <= width_of_each(*count)).unwrap_or(1)
}

/// The width of each of `count` figures in a row, in pixels.
const fn width_of_each(count: usize) -> usize {
    (WIDTH - 2 * MARGIN + GAP) / count - GAP
}

/// Appends `figure` with its top at `y`. Returns its bottom.
fn push_figure(svg: &mut String, figure: &Figure, (left, right): (usize, usize), y: usize) -> usize {
    let (width, room) = (right - left, (left, right));
    let (class, character) = if figure.has_value { ("value", VALUE_CHARACTER) } else { ("none", CHARACTER * 2) };
    let lines = |text: &String| lines_of(text, width / CHARACTER);
    let details: Vec<String> = figure.details.iter().flat_map(lines).collect();
    let y = push_lines(svg, "name", room, (y, LINE), &lines(&figure.name));
    // A number is never cut.
    let longest = figure.value.split_whitespace().map(width_of).max().unwrap_or(0);
    let value = lines_of(&figure.value, longest.max(width / character));
    let y = push_lines(svg, class, room, (y, VALUE_LINE), &value);
    let y = push_lines(svg, "detail", room, (y, LINE), &details);
    let Some(line) = &figure.line else { return y };
    let top = y + STEPS_GAP;
    push_drawing(svg, (left, top), (width, STEPS), &line.svg);
    top + STEPS
}
