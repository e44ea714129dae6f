//! The paths of the series (SVG 2, section 9.3), in a square that is stretched to the plot.

use std::fmt::Write as _;

use rolecall_model::spec::PanelKind;

use super::plot::Plot;
use super::positions::float;
use super::sample::{drawn, runs};
use super::stack::Reach;

/// The side of the square, in units.
pub const UNITS: f64 = 10_000.0;
/// The part of a band that is filled by bars; the rest is a gap.
const BARS: f64 = 0.8;
/// The largest part of a plot that the bars of one point may fill.
const WIDEST: f64 = 0.2;

/// The paths of one series. Empty ones are not drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paths {
    /// A closed path: bars, or the area below a line.
    pub filled: String,
    pub line: String,
    /// Values without neighbours, which a line cannot show.
    pub points: String,
}

/// The paths of the series at `index`.
pub fn paths(plot: &Plot, index: usize) -> Paths {
    let reaches = plot.reaches.get(index).map_or(&[][..], Vec::as_slice);
    if plot.kind == PanelKind::Bar {
        return Paths { filled: bars(plot, index, reaches), ..Paths::default() };
    }
    let values: Vec<Option<f64>> = reaches.iter().map(|reach| reach.map(|reach| reach.to)).collect();
    let drawn = drawn(&values, plot.reaches.len());
    let runs = if plot.connects { vec![drawn.as_slice()] } else { runs(&drawn, &values) };
    let mut paths = Paths::default();
    for run in runs {
        let along: Vec<(f64, Reach)> =
            run.iter().filter_map(|at| Some((plot.positions.middle(*at), (*reaches.get(*at)?)?))).collect();
        match along.as_slice() {
            [] => {}
            [(x, reach)] => {
                push(&mut paths.points, 'M', &[*x, plot.height(reach.to)]);
                paths.points.push_str("h0");
            }
            along => {
                let tops = |(x, reach): &(f64, Reach)| (*x, plot.height(reach.to));
                push_line(&mut paths.line, 'M', along.iter().map(tops));
                if plot.kind == PanelKind::Area {
                    push_line(&mut paths.filled, 'M', along.iter().map(tops));
                    let grounds = along.iter().rev().map(|(x, reach)| (*x, plot.ground(reach.from)));
                    push_line(&mut paths.filled, 'L', grounds);
                    paths.filled.push('Z');
                }
            }
        }
    }
    paths
}

/// A closed path for each bar of the series at `index`: side by side with the other series, or on top of them.
fn bars(plot: &Plot, index: usize, reaches: &[Option<Reach>]) -> String {
    let mut path = String::with_capacity(reaches.len() * 28);
    let band = plot.positions.band();
    let (slot, slots) = if plot.stacked { (0, 1) } else { (index, plot.reaches.len().max(1)) };
    let group = (band * BARS).min(WIDEST);
    let width = group / float(slots);
    for (at, reach) in reaches.iter().enumerate() {
        let Some(reach) = reach else { continue };
        let start = float(at) * band + (band - group) / 2.0 + width * float(slot);
        // A bar is at least one unit wide, however many bars there are.
        let end = start + width.max(1.0 / UNITS);
        if plot.lies {
            let (from, to) = (plot.scale.ground(reach.from), 1.0 - plot.height(reach.to));
            push(&mut path, 'M', &[from, start]);
            push(&mut path, 'H', &[to]);
            push(&mut path, 'V', &[end]);
            push(&mut path, 'H', &[from]);
        } else {
            let (from, to) = (plot.ground(reach.from), plot.height(reach.to));
            push(&mut path, 'M', &[start, from]);
            push(&mut path, 'V', &[to]);
            push(&mut path, 'H', &[end]);
            push(&mut path, 'V', &[from]);
        }
        path.push('Z');
    }
    path
}

/// Appends a line through `points` that begins with `command`.
fn push_line(path: &mut String, command: char, points: impl Iterator<Item = (f64, f64)>) {
    for (index, (x, y)) in points.enumerate() {
        push(path, if index == 0 { command } else { 'L' }, &[x, y]);
    }
}

/// Appends a command with its numbers, given as fractions.
fn push(path: &mut String, command: char, fractions: &[f64]) {
    path.push(command);
    for (index, fraction) in fractions.iter().enumerate() {
        if index > 0 {
            path.push(' ');
        }
        // Writing to a string cannot fail.
        _ = write!(path, "{}", units(*fraction));
    }
}

/// A fraction of a side in whole units.
#[expect(clippy::cast_possible_truncation, reason = "the clamp is narrower")]
pub fn units(fraction: f64) -> i64 {
    (fraction.clamp(0.0, 1.0) * UNITS).round() as i64
}
