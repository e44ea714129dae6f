//! What the browser has to know of a chart: what to read out at each point, and where its dots are.

use rolecall_model::panels::{Chart, ChartKind};
use serde::{Deserialize, Serialize};

use super::geometry::{Plot, UNITS};
use super::number::{rounded, tenths};

/// How many colours and dashes the style sheet has for series.
const STYLES: usize = 4;

/// The classes of the parts that belong to the series at `index`.
#[must_use]
pub fn series_class(part: &str, index: usize) -> String {
    format!("{part} series-{}", index % STYLES + 1)
}

/// The readings of a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Readings {
    /// The title of the chart.
    pub title: String,
    /// How it is drawn.
    pub kind: ChartKind,
    /// A label for each point.
    pub points: Vec<String>,
    /// The series.
    pub series: Vec<SeriesReadings>,
}

/// The readings of one series.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesReadings {
    /// Its name in the legend.
    pub name: String,
    /// A text for each point: the value with its unit, or a dash.
    pub values: Vec<String>,
    /// The height of each point, from the top, in parts of [`UNITS`]; `None` where there is no dot. Empty for bars.
    pub dots: Vec<Option<u16>>,
}

impl Readings {
    /// The readings of `chart`, which is drawn as `plot`.
    #[must_use]
    pub fn of(chart: &Chart, plot: Plot) -> Self {
        let value_at = |values: &[f64], at: usize| values.get(at).copied().filter(|value| value.is_finite());
        let text = |value: Option<f64>| {
            value.map_or_else(|| "\u{2013}".to_owned(), |value| format!("{} {}", tenths(value), chart.unit))
        };
        let dot = |value: Option<f64>| value.and_then(|value| u16::try_from(rounded(plot.height(value) * UNITS)).ok());
        let points = 0..chart.points.len();
        let series = chart.series.iter().map(|series| SeriesReadings {
            name: series.name.clone(),
            values: points.clone().map(|at| text(value_at(&series.values, at))).collect(),
            dots: match chart.kind {
                ChartKind::Line => points.clone().map(|at| dot(value_at(&series.values, at))).collect(),
                ChartKind::Bar => Vec::new(),
            },
        });
        Self { title: chart.title.clone(), kind: chart.kind, points: chart.points.clone(), series: series.collect() }
    }

    /// A point and the values of all series there, in words.
    #[must_use]
    pub fn spoken(&self, point: usize) -> String {
        let mut text = self.points.get(point).cloned().unwrap_or_default();
        for (index, series) in self.series.iter().enumerate() {
            text.push_str(if index == 0 { ": " } else { ", " });
            text.push_str(&series.name);
            text.push(' ');
            text.push_str(series.value(point));
        }
        text
    }
}

impl SeriesReadings {
    /// The text at `point`.
    #[must_use]
    pub fn value(&self, point: usize) -> &str {
        self.values.get(point).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rolecall_model::panels::Series;

    #[test]
    fn a_value_has_its_unit_and_a_missing_one_a_dash() {
        let chart = Chart {
            id: "c".into(),
            title: "C".into(),
            kind: ChartKind::Line,
            unit: "°C".into(),
            points: vec!["a".into(), "b".into(), "c".into()],
            series: vec![Series { name: "s".into(), values: vec![0.0, 4.0] }],
        };
        let readings = Readings::of(&chart, Plot::of(&chart));
        assert_eq!(readings.series[0].values, ["0.0 °C", "4.0 °C", "–"]);
        assert_eq!(readings.series[0].dots, [Some(10_000), Some(0), None]);
        assert_eq!((readings.spoken(1), readings.spoken(2)), ("b: s 4.0 °C".into(), "c: s –".into()));
    }
}
