//! The plot of a chart: its scale, the positions of its points, and the start and end of each value.

use rolecall_model::spec::{MissingValues, PanelKind, PanelSpec, ValueScale};

use super::data::{ChartData, MOST_SERIES, is_filled};
use super::positions::Positions;
use super::scale::{Scale, Tick};
use super::stack::{Reach, reaches};
use crate::format::ValueFormat;

/// Everything that the paths of a chart are made from.
#[derive(Debug)]
pub struct Plot {
    /// Lines, areas or bars.
    pub kind: PanelKind,
    /// Whether bars are horizontal: their points go from top to bottom.
    pub lies: bool,
    /// Whether series are stacked.
    pub stacked: bool,
    /// Whether lines continue across missing values.
    pub connects: bool,
    /// The format of the scale's values, where all series have the same format.
    pub written: Option<ValueFormat>,
    /// The scale of the values.
    pub scale: Scale,
    /// The positions of the points.
    pub positions: Positions,
    /// For each series and drawn point, where its value starts and ends.
    pub reaches: Vec<Vec<Option<Reach>>>,
}

impl Plot {
    /// The plot of `data` with the settings of `panel`.
    pub fn of(panel: &PanelSpec, data: &ChartData<'_>) -> Self {
        let positions = Positions::of(data, panel.kind);
        let missing = panel.missing.unwrap_or_default();
        let is_bar = panel.kind == PanelKind::Bar;
        let stacked = panel.stacked && is_filled(panel.kind);
        let numbers = data.series.iter().take(MOST_SERIES).map(|series| {
            let mut numbers = series.numbers();
            numbers.truncate(positions.count());
            if missing == MissingValues::Zero && !is_bar {
                for number in &mut numbers {
                    *number = number.or(Some(0.0));
                }
            }
            numbers
        });
        let mut reaches = reaches(&numbers.collect::<Vec<_>>(), stacked);
        let ends = reaches.iter().flatten().flatten().map(|reach| reach.to);
        let logarithmic = (panel.scale == Some(ValueScale::Log) && !stacked).then(|| Scale::logarithmic(ends.clone()));
        let scale =
            logarithmic.flatten().unwrap_or_else(|| Scale::linear(ends, is_filled(panel.kind), data.is_whole()));
        // Values outside of the scale are not drawn.
        for reach in reaches.iter_mut().flatten() {
            *reach = reach.filter(|reach| scale.fraction(reach.to).is_some());
        }
        Self {
            kind: panel.kind,
            lies: panel.horizontal && is_bar,
            stacked,
            connects: missing == MissingValues::Connect,
            written: data.written().cloned(),
            scale,
            positions,
            reaches,
        }
    }

    /// The ticks of the scale, labelled in the format of the values: `20%`, `$50 k`.
    pub fn ticks(&self) -> Vec<Tick> {
        let Some(written) = &self.written else { return self.scale.ticks(0) };
        let mut ticks = self.scale.ticks(written.power());
        for tick in &mut ticks {
            tick.label = written.signed(std::mem::take(&mut tick.label));
        }
        ticks
    }

    /// The height of `value`, from the top.
    pub fn height(&self, value: f64) -> f64 {
        1.0 - self.scale.fraction(value).unwrap_or(0.0)
    }

    /// The height where the bar or area of a value that starts at `from` begins.
    pub fn ground(&self, from: f64) -> f64 {
        1.0 - self.scale.ground(from)
    }
}
