//! The labels below a plot: as many as fit, and no two the same unless hardly any would be left.

use std::collections::HashSet;

use chrono::{NaiveDateTime, TimeZone as _};
use rolecall_model::data::{Cell, TimeStep};

use super::calendar::{UNITS, Unit};
use super::data::ChartData;
use super::positions::{Positions, float, micros, rank};
use super::scale::Scale;
use crate::format::local_time;
use crate::picture::{fitting, fitting_from, fitting_within, width_of};

/// The approximate width of a character, in pixels, and the space between two labels.
const CHARACTER: usize = 7;
const SPACE: usize = 10;
/// The minimum number of characters shown of a category. If they do not fit, fewer categories are labelled.
const LEAST_CHARACTERS: usize = 8;

/// A label and its place, from 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// The position of its centre.
    pub at: f64,
    pub text: String,
}

/// The name of a horizontal bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Name<'a> {
    /// Its position from top to bottom, and as much of the name as fits.
    pub label: Label,
    /// The whole name.
    pub whole: &'a str,
    /// The class of the text.
    pub class: &'static str,
}

/// The labels of the points of `data` that fit into `room` pixels.
pub fn labels(data: &ChartData<'_>, positions: &Positions, room: usize) -> Vec<Label> {
    let found = match (positions, data.step) {
        (Positions::Along(_), _) if data.points.first().is_some_and(|point| point.number().is_some()) => {
            return numbers(data, positions.count(), room);
        }
        (Positions::Along(_), _) => times(data, positions.count(), room),
        (Positions::Bands(_), Some(step)) => steps(data, positions, step, room),
        (Positions::Bands(_), None) => None,
    };
    found.unwrap_or_else(|| every_few(data, positions, room))
}

/// Whether `count` labels of this many characters fit into `room` pixels.
const fn fits(count: usize, characters: usize, room: usize) -> bool {
    count * (characters * CHARACTER + SPACE) <= room
}

/// The ticks of the calendar, each below the first point after it; `None` where the points are not sorted or too few
/// ticks fit.
fn steps(data: &ChartData<'_>, positions: &Positions, step: TimeStep, room: usize) -> Option<Vec<Label>> {
    let moments: Vec<NaiveDateTime> =
        data.points.iter().take(positions.count()).map_while(|point| local_time(point, data.zone)).collect();
    if moments.len() < positions.count() || !data.points.is_sorted_by(|a, b| rank(a) < rank(b) || **b == Cell::Missing)
    {
        return None;
    }
    let from = UNITS.iter().position(|unit| *unit == Unit::of(step))?;
    UNITS.iter().skip(from).find_map(|unit| {
        let mut before = None;
        let mut found = Vec::new();
        for (index, moment) in moments.iter().enumerate() {
            let mark = unit.floor(*moment);
            // The first point labels its tick only if it is exactly there.
            if before.map_or(mark == *moment, |before| before != mark) {
                let text = if step == TimeStep::Quarter && *unit == Unit::of(step) {
                    data.labels.get(index)?.clone()
                } else {
                    unit.label(mark)
                };
                found.push(Label { at: positions.middle(index), text });
            }
            before = Some(mark);
        }
        let longest = found.iter().map(|label| label.text.len()).max()?;
        (found.len() > 1 && fits(found.len(), longest, room)).then_some(found)
    })
}

/// The ticks of the calendar at their exact positions; `None` where too few fit.
fn times(data: &ChartData<'_>, count: usize, room: usize) -> Option<Vec<Label>> {
    let (first, last) = (data.points.first()?, data.points.get(count.checked_sub(1)?)?);
    let (start, end) = (rank(first)?, rank(last)?);
    let (from, to) = (local_time(first, data.zone)?, local_time(last, data.zone)?);
    let is_date = matches!(first, Cell::Date(_));
    let place = |mark: NaiveDateTime| {
        // An hour that is skipped by a clock change has no tick.
        let moment = if is_date { mark.and_utc() } else { data.zone.from_local_datetime(&mark).earliest()?.to_utc() };
        let at = (micros(moment.timestamp_micros()) - start) / (end - start);
        (0.0..=1.0).contains(&at).then_some(at)
    };
    UNITS.iter().skip_while(|unit| is_date && **unit != Unit::Day).find_map(|unit| {
        let mut mark = Some(unit.floor(from));
        let mut found = Vec::new();
        while let Some(at) = mark.filter(|mark| *mark <= to) {
            found.extend(place(at).map(|place| Label { at: place, text: unit.label(at) }));
            let longest = found.iter().map(|label: &Label| label.text.len()).max().unwrap_or(0);
            if !fits(found.len(), longest, room) {
                return None;
            }
            mark = unit.next(at);
        }
        (found.len() > 1).then_some(found)
    })
}

/// Round numbers at their exact positions.
fn numbers(data: &ChartData<'_>, count: usize, room: usize) -> Vec<Label> {
    let whole = data.points.iter().take(count).all(|point| matches!(point, Cell::Integer(_)));
    let ranks: Vec<f64> = data.points.iter().take(count).filter_map(|point| rank(point)).collect();
    let scale = Scale::linear(ranks.iter().copied(), false, whole);
    let ends =
        ranks.first().zip(ranks.last()).and_then(|(first, last)| scale.fraction(*first).zip(scale.fraction(*last)));
    let Some((low, high)) = ends.filter(|(low, high)| low < high) else { return Vec::new() };
    let found: Vec<Label> = scale
        .ticks(0)
        .into_iter()
        .map(|tick| Label { at: (tick.fraction - low) / (high - low), text: tick.label })
        .filter(|label| (0.0..=1.0).contains(&label.at))
        .collect();
    let longest = found.iter().map(|label| label.text.chars().count()).max().unwrap_or(0);
    let stride = (1..=found.len()).find(|stride| fits(found.len().div_ceil(*stride), longest, room)).unwrap_or(1);
    found.into_iter().step_by(stride).collect()
}

/// The names of every nth point, shortened to the space that each has. Dates and times are left out rather than cut. If
/// shortened names would look the same, fewer are shown, unless hardly any would be left.
fn every_few(data: &ChartData<'_>, positions: &Positions, room: usize) -> Vec<Label> {
    let count = positions.count();
    let longest = data.labels.iter().take(count).map(|label| label.chars().count()).max().unwrap_or(0);
    let are_times =
        data.points.iter().take(count).all(|point| local_time(point, data.zone).is_some() || **point == Cell::Missing);
    let least = if are_times { longest } else { longest.min(LEAST_CHARACTERS) };
    let shown = |stride: usize| {
        let each = room / count.div_ceil(stride).max(1);
        let characters = (each.saturating_sub(SPACE) / CHARACTER).max(least);
        let names = data.labels.iter().take(count).enumerate().step_by(stride);
        let texts = texts(names.clone().map(|(_, name)| name.as_str()), characters);
        let label = |((index, _), text): ((usize, &String), String)| Label { at: positions.middle(index), text };
        names.zip(texts).map(label).collect::<Vec<Label>>()
    };
    let fitting = || (1..=count).filter(|stride| fits(count.div_ceil(*stride), least, room)).map(&shown);
    let Some(most) = fitting().next() else { return shown(count.max(1)) };
    let are_told_apart =
        |labels: &Vec<Label>| are_different(&labels.iter().map(|label| &label.text).collect::<Vec<_>>());
    let are_enough = |told: &Vec<Label>| are_times || told.len() * 2 >= most.len();
    fitting().find(are_told_apart).filter(are_enough).unwrap_or(most)
}

/// `names` cut to this many characters. Where the beginnings are the same, the ends are shown, too; where these are the
/// same as well, the part where they differ.
fn texts<'a>(names: impl Iterator<Item = &'a str> + Clone, characters: usize) -> Vec<String> {
    let beginnings: Vec<String> = names.clone().map(|name| fitting(name, characters).into_owned()).collect();
    if are_different(&beginnings) {
        return beginnings;
    }
    let ends: Vec<String> = names.clone().map(|name| fitting_within(name, characters).into_owned()).collect();
    if are_different(&ends) {
        return ends;
    }
    let names: Vec<&str> = names.collect();
    let shared = shared_beginnings(&names, &ends);
    let text = |((name, end), shared): ((&str, String), Option<usize>)| match shared {
        Some(shared) => fitting_from(name, whole_word(name, shared, characters / 4), characters).into_owned(),
        None => end,
    };
    names.iter().copied().zip(ends).zip(shared).map(text).collect()
}

/// For each of `names`, how many characters at its beginning it shares with another name that looks the same once cut
/// (`cut` holds the cut names). `None` where no other cut name is the same.
fn shared_beginnings(names: &[&str], cut: &[String]) -> Vec<Option<usize>> {
    let all = cut.iter().zip(names).enumerate();
    let mut sorted: Vec<(&String, &str, usize)> = all.map(|(index, (cut, name))| (cut, *name, index)).collect();
    sorted.sort_unstable();
    let mut shared: Vec<Option<usize>> = vec![None; names.len()];
    // Sorted, so the names with the longest common beginnings are neighbours.
    for (one, other) in sorted.iter().zip(sorted.iter().skip(1)) {
        if one.0 != other.0 || one.1 == other.1 {
            continue;
        }
        let common = one.1.chars().zip(other.1.chars()).take_while(|(a, b)| a == b).count();
        for index in [one.2, other.2] {
            if let Some(shared) = shared.get_mut(index) {
                *shared = (*shared).max(Some(common));
            }
        }
    }
    shared
}

/// The start of the word that contains the character `at` of `name`, or `at` itself where that start is more than
/// `most` characters away.
fn whole_word(name: &str, at: usize, most: usize) -> usize {
    let before: Vec<char> = name.chars().take(at).collect();
    let back = before.iter().rev().take_while(|c| !c.is_whitespace()).count();
    if back <= most { at - back } else { at }
}

/// Whether all `texts` are different.
fn are_different<T: AsRef<str>>(texts: &[T]) -> bool {
    let mut known = HashSet::new();
    texts.iter().all(|text| known.insert(text.as_ref()))
}

/// The length of the longest name of horizontal bars, in characters.
pub fn longest_beside(data: &ChartData<'_>, positions: &Positions) -> usize {
    data.labels.iter().take(positions.count()).map(|name| width_of(name)).max().unwrap_or(0)
}

/// The names of horizontal bars, from top to bottom. Each is cut to every one of `widths` (in characters) and gets the
/// class of that width; where all cuts are the same, it appears once, with the class `label-y` alone. Empty without
/// widths.
pub fn beside<'a>(data: &'a ChartData<'_>, positions: &Positions, widths: &[(usize, &'static str)]) -> Vec<Name<'a>> {
    if widths.is_empty() {
        return Vec::new();
    }
    let names = data.labels.iter().take(positions.count()).map(String::as_str);
    let cut: Vec<(Vec<String>, &'static str)> =
        widths.iter().map(|(width, class)| (texts(names.clone(), *width), *class)).collect();
    let mut found = Vec::with_capacity(positions.count() * widths.len());
    for (index, whole) in names.enumerate() {
        let at = (float(index) + 0.5) * positions.band();
        let of_widths = cut.iter().filter_map(|(texts, class)| Some((texts.get(index)?, *class)));
        let mut shown: Vec<(&String, &'static str)> = of_widths.collect();
        if shown.iter().all(|(text, _)| shown.first().is_some_and(|(first, _)| first == text)) {
            shown.truncate(1);
            for (_, class) in &mut shown {
                *class = "label-y";
            }
        }
        let name = |(text, class): (&String, _)| Name { label: Label { at, text: text.clone() }, whole, class };
        found.extend(shown.into_iter().map(name));
    }
    found
}
