//! The legend of a chart, with the values at the current point, or at the last one.

use std::sync::Arc;

use leptos::prelude::*;
use rolecall_model::panels::{Chart, ChartKind};

use super::number::tenths;
use super::plot::series_class;

/// The legend with values. Assistive technology gets [`spoken`] from the plot instead.
#[component]
pub fn Readout(
    chart: Arc<Chart>,
    /// The index of the current point, under the pointer or with the focus.
    active: RwSignal<Option<usize>>,
) -> impl IntoView {
    let last = chart.points.len().saturating_sub(1);
    let shown = move || active.get().unwrap_or(last);
    let part = match chart.kind {
        ChartKind::Line => "key key-line",
        ChartKind::Bar => "key key-bars",
    };

    let keys = chart
        .series
        .iter()
        .enumerate()
        .map(|(index, series)| {
            let name = series.name.clone();
            let chart = Arc::clone(&chart);
            let value = move || value_at(&chart, index, shown());
            view! {
                <span class=series_class(part, index)>
                    <bdi>{name}</bdi>
                    " "
                    <strong>{value}</strong>
                </span>
            }
        })
        .collect_view();
    let point = move || chart.points.get(shown()).cloned().unwrap_or_default();

    view! {
        <p class="readout">
            <span class="readout-point">{point}</span>
            {keys}
        </p>
    }
}

/// A point and the values of all series there, in words.
#[must_use]
pub fn spoken(chart: &Chart, point: usize) -> String {
    let mut text = chart.points.get(point).cloned().unwrap_or_default();
    for (index, series) in chart.series.iter().enumerate() {
        text.push_str(if index == 0 { ": " } else { ", " });
        text.push_str(&series.name);
        text.push(' ');
        text.push_str(&value_at(chart, index, point));
    }
    text
}

/// The value of a series at a point, with its unit; a dash where there is none.
fn value_at(chart: &Chart, series: usize, point: usize) -> String {
    let value = chart.series.get(series).and_then(|series| series.values.get(point)).filter(|value| value.is_finite());
    value.map_or_else(|| "–".to_owned(), |value| format!("{} {}", tenths(*value), chart.unit))
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
            points: vec!["a".into(), "b".into()],
            series: vec![Series { name: "s".into(), values: vec![1.25] }],
        };
        assert_eq!(value_at(&chart, 0, 0), "1.3 °C");
        assert_eq!(value_at(&chart, 0, 1), "–");
        assert_eq!(value_at(&chart, 1, 0), "–");
        assert_eq!(spoken(&chart, 0), "a: s 1.3 °C");
    }
}
