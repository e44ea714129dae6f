//! A sparkline: a small line without axes.

use rolecall_model::spec::PanelKind;

use super::drawing::STRETCHED;
use super::path::paths;
use super::plot::Plot;
use super::positions::Positions;
use super::scale::Scale;
use super::stack::reaches;

/// The line of `numbers`, hidden from assistive technology.
pub fn line_of(numbers: &[Option<f64>], connects: bool) -> String {
    let plot = Plot {
        kind: PanelKind::Line,
        lies: false,
        stacked: false,
        connects,
        written: None,
        scale: Scale::linear(numbers.iter().flatten().copied(), false, false),
        positions: Positions::Bands(numbers.len()),
        reaches: reaches(&[numbers.to_vec()], false),
    };
    let paths = paths(&plot, 0);
    format!(
        "<svg class=\"spark\" width=\"100%\" height=\"32\" {STRETCHED} \
         aria-hidden=\"true\" focusable=\"false\"><path class=\"line series-1\" d=\"{}\"/>\
         <path class=\"points series-1\" d=\"{}\"/></svg>",
        paths.line, paths.points
    )
}
