//! The style of series in standalone documents, which the style sheets of pages do not reach.

use std::fmt::Write as _;

/// The colours of the series on a light page, as in `style/tokens.css`; the last one is for "Others".
pub const LIGHT: [&str; 13] = [
    "#0b5f6e", "#c2500c", "#6b3aa0", "#6e6200", "#b3246b", "#1f6fd1", "#3f7d20", "#8c4a2f", "#4a5568", "#d13a3a",
    "#008a7a", "#9a6fd0", "#7a8794",
];
/// The same on a dark page.
pub const DARK: [&str; 13] = [
    "#66c6d3", "#ffa866", "#cfb0f5", "#e3d45f", "#ff8fc0", "#8ab8ff", "#9bd67a", "#d9a58c", "#b4c0cc", "#ff8a8a",
    "#5fd9c4", "#e6ccff", "#788794",
];
/// The dashes of the lines, as in `style/charts.css`.
const DASHES: [&str; 13] =
    ["", "6 4", "1 5", "10 4 2 4", "", "6 4", "1 5", "10 4 2 4", "14 4", "3 3", "12 3 2 3 2 3", "2 8", "4 4"];

/// The rules that drawings need on a light page, including the colours.
pub fn drawing_style() -> String {
    let mut css = String::from(
        ".label-x{text-anchor:middle}.label-y{text-anchor:end}.label-y[direction=rtl]{text-anchor:start}\
         .line{fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round;vector-effect:non-scaling-stroke}\
         .points{fill:none;stroke-width:6;stroke-linecap:round;\
         vector-effect:non-scaling-stroke}.area{fill-opacity:.25}.plot-series{overflow:visible}",
    );
    push_colours(&mut css, &LIGHT);
    push_dashes(&mut css);
    css
}

/// Appends the rules that give the series these `colours`.
pub fn push_colours(css: &mut String, colours: &[&str; 13]) {
    for (at, colour) in colours.iter().enumerate() {
        let name = name_at(at);
        _ = write!(css, ".bars.series-{name},.area.series-{name}{{fill:{colour}}}");
        _ = write!(css, ".line.series-{name},.points.series-{name}{{stroke:{colour}}}");
    }
}

/// Appends the rules that give the lines of the series their dashes.
pub fn push_dashes(css: &mut String) {
    for (at, dash) in DASHES.iter().enumerate().filter(|(_, dash)| !dash.is_empty()) {
        _ = write!(css, ".line.series-{}{{stroke-dasharray:{dash}}}", name_at(at));
    }
}

/// The name of the series at `at` in class names.
fn name_at(at: usize) -> String {
    if at + 1 == LIGHT.len() { "others".to_owned() } else { (at + 1).to_string() }
}
