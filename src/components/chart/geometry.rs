//! Where the drawing of a chart has its parts, as fractions from 0 to 1: left to right, top to bottom.

use std::fmt::Write;

use rolecall_model::panels::{Chart, ChartKind};

use super::bands::Bands;
use super::number::{count, rounded};
use super::scale::Scale;

/// Paths are drawn in a square of this many units a side, which the SVG stretches to the plot.
pub const UNITS: f64 = 10_000.0;
/// The part of a point's band that its bars fill; the rest is a gap.
const BARS: f64 = 0.8;
/// The most labels below a plot: as many as fit on a small screen.
const MAX_LABELS: usize = 5;
/// Distances between labels that suit months: every point, quarters, half years, years.
const LABEL_STRIDES: [usize; 8] = [1, 2, 3, 6, 12, 24, 60, 120];

/// The measures of a plot: its scale, and the bands of its points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plot {
    scale: Scale,
    bands: Bands,
}

impl Plot {
    /// The plot of `chart`. Bars start at zero, lines where their values are.
    #[must_use]
    pub fn of(chart: &Chart) -> Self {
        let values = chart.series.iter().flat_map(|series| series.values.iter().copied());
        Self { scale: Scale::around(values, chart.kind == ChartKind::Bar), bands: Bands::of(chart.points.len()) }
    }

    /// The bands of its points.
    #[must_use]
    pub const fn bands(&self) -> Bands {
        self.bands
    }

    /// The height of `value`, from the top.
    #[must_use]
    pub fn height(&self, value: f64) -> f64 {
        1.0 - self.scale.fraction(value)
    }

    /// The values that have a gridline, lowest first.
    pub fn ticks(self) -> impl Iterator<Item = f64> {
        self.scale.ticks()
    }

    /// The points that have a label below them.
    pub fn labelled(self) -> impl Iterator<Item = usize> {
        let points = self.bands.points();
        let stride = LABEL_STRIDES
            .into_iter()
            .find(|stride| points.div_ceil(*stride) <= MAX_LABELS)
            .unwrap_or_else(|| points.div_ceil(MAX_LABELS).max(1));
        (0..points).step_by(stride)
    }

    /// The path of a line through the middles of the bands. A value that is not finite leaves a gap.
    #[must_use]
    pub fn line(&self, values: &[f64]) -> String {
        let mut path = String::with_capacity(values.len() * 11);
        let mut pen = 'M';
        for (index, value) in values.iter().enumerate().take(self.bands.points()) {
            if value.is_finite() {
                push(&mut path, pen, &[self.bands.middle(index), self.height(*value)]);
                pen = 'L';
            } else {
                pen = 'M';
            }
        }
        path
    }

    /// The path of the bars of the series at `slot` out of `slots` that stand side by side.
    #[must_use]
    pub fn bars(&self, values: &[f64], slot: usize, slots: usize) -> String {
        let mut path = String::with_capacity(values.len() * 28);
        let width = self.bands.width() * BARS / count(slots.max(1));
        let ground = self.height(0.0);
        for (index, value) in values.iter().enumerate().take(self.bands.points()) {
            if value.is_finite() {
                let left = self.bands.left(index) + self.bands.width() * (1.0 - BARS) / 2.0 + width * count(slot);
                push(&mut path, 'M', &[left, ground]);
                push(&mut path, 'V', &[self.height(*value)]);
                push(&mut path, 'H', &[left + width]);
                push(&mut path, 'V', &[ground]);
                path.push('Z');
            }
        }
        path
    }
}

/// Appends a path command (SVG 2, section 9.3) with its numbers, given as fractions.
fn push(path: &mut String, command: char, fractions: &[f64]) {
    path.push(command);
    for (index, fraction) in fractions.iter().enumerate() {
        if index > 0 {
            path.push(' ');
        }
        // Writing to a string cannot fail.
        _ = write!(path, "{}", rounded(fraction * UNITS));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rolecall_model::panels::Series;

    fn plot(kind: ChartKind, values: &[f64]) -> Plot {
        Plot::of(&Chart {
            id: "c".into(),
            title: "C".into(),
            kind,
            unit: "mm".into(),
            points: values.iter().map(|_| "p".into()).collect(),
            series: vec![Series { name: "s".into(), values: values.to_vec() }],
        })
    }

    #[test]
    fn a_line_goes_through_the_middles_of_the_bands() {
        let values = [0.0, 4.0];
        assert_eq!(plot(ChartKind::Line, &values).line(&values), "M2500 10000L7500 0");
    }

    #[test]
    fn a_line_has_a_gap_where_a_value_is_missing() {
        let values = [0.0, f64::NAN, 4.0, 4.0];
        assert_eq!(plot(ChartKind::Line, &values).line(&values), "M1250 10000M6250 0L8750 0");
    }

    #[test]
    fn bars_stand_on_zero_side_by_side() {
        let values = [4.0];
        let plot = plot(ChartKind::Bar, &values);
        assert_eq!(plot.bars(&values, 0, 2), "M1000 10000V0H5000V10000Z");
        assert_eq!(plot.bars(&values, 1, 2), "M5000 10000V0H9000V10000Z");
    }

    #[test]
    fn months_of_four_years_are_labelled_by_the_year() {
        let plot = plot(ChartKind::Line, &[1.0; 48]);
        assert_eq!(plot.labelled().collect::<Vec<_>>(), [0, 12, 24, 36]);
    }

    #[test]
    fn any_number_of_points_has_few_labels() {
        for points in 0..1000 {
            let plot = plot(ChartKind::Line, &vec![1.0; points]);
            assert!(plot.labelled().count() <= MAX_LABELS);
        }
    }

    #[test]
    fn a_chart_without_points_has_no_line() {
        assert_eq!(plot(ChartKind::Line, &[]).line(&[]), "");
    }
}
