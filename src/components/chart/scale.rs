//! The vertical scale of a chart: round limits around its values, and round ticks between them.

use super::number::count;

/// How many steps a scale aims at.
const TARGET_STEPS: f64 = 4.0;

/// A linear scale from `low` upwards in equal steps. Both ends are ticks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    low: f64,
    step: f64,
    steps: usize,
}

impl Scale {
    /// The scale that holds all `values`, and zero if `with_zero`. Values that are not finite do not count.
    #[must_use]
    pub fn around(values: impl IntoIterator<Item = f64>, with_zero: bool) -> Self {
        let (mut min, mut max) = if with_zero { (0.0, 0.0) } else { (f64::INFINITY, f64::NEG_INFINITY) };
        for value in values.into_iter().filter(|value| value.is_finite()) {
            min = value.min(min);
            max = value.max(max);
        }
        let span = max - min;
        // A flat line, no values, or values too far apart to subtract: any scale will do, but there must be one.
        if !(span.is_finite() && span > 0.0) {
            min = if span == 0.0 { min } else { 0.0 };
            max = min + 1.0;
        }

        let step = round_step((max - min) / TARGET_STEPS);
        let low = (min / step).floor() * step;
        let mut steps = 1;
        while low + step * count(steps) < max && steps < 12 {
            steps += 1;
        }
        Self { low, step, steps }
    }

    /// Where `value` lies, from 0 at the bottom to 1 at the top.
    #[must_use]
    pub fn fraction(&self, value: f64) -> f64 {
        ((value - self.low) / (self.step * count(self.steps))).clamp(0.0, 1.0)
    }

    /// The values of the ticks, lowest first.
    pub fn ticks(self) -> impl Iterator<Item = f64> {
        (0..=self.steps).map(move |index| self.low + self.step * count(index))
    }
}

/// The smallest of 1, 2, 5 and 10 times a power of ten that is at least `raw`, which is positive and finite.
///
/// Found by multiplying rather than by a logarithm, whose last bit may differ between machines.
fn round_step(raw: f64) -> f64 {
    let mut magnitude = 1.0;
    while magnitude * 10.0 <= raw {
        magnitude *= 10.0;
    }
    while magnitude > raw && magnitude > f64::MIN_POSITIVE {
        magnitude /= 10.0;
    }
    [1.0, 2.0, 5.0].into_iter().map(|factor| factor * magnitude).find(|step| *step >= raw).unwrap_or(10.0 * magnitude)
}

#[cfg(test)]
mod tests {
    use super::Scale;
    use crate::components::chart::number::short;

    fn ticks(values: &[f64], with_zero: bool) -> Vec<String> {
        Scale::around(values.iter().copied(), with_zero).ticks().map(short).collect()
    }

    #[test]
    fn ticks_are_round_and_enclose_the_values() {
        assert_eq!(ticks(&[-3.2, 28.9], false), ["\u{2212}10", "0", "10", "20", "30"]);
        assert_eq!(ticks(&[0.3, 1.9], false), ["0", "0.5", "1", "1.5", "2"]);
    }

    #[test]
    fn bars_start_at_zero() {
        assert_eq!(ticks(&[120.0, 160.0], true), ["0", "50", "100", "150", "200"]);
    }

    #[test]
    fn a_flat_line_and_no_line_have_a_scale() {
        assert_eq!(ticks(&[5.0, 5.0], false), ["5", "5.5", "6"]);
        assert_eq!(ticks(&[], false), ["0", "0.5", "1"]);
        assert_eq!(ticks(&[f64::NAN, f64::INFINITY], false), ["0", "0.5", "1"]);
    }

    #[test]
    fn extreme_values_end_in_a_scale() {
        assert!(!ticks(&[f64::MIN, f64::MAX], false).is_empty());
        assert!(!ticks(&[0.0, f64::MIN_POSITIVE], false).is_empty());
    }

    #[test]
    fn a_value_lies_between_bottom_and_top() {
        let scale = Scale::around([0.0, 100.0], true);
        assert!((scale.fraction(25.0) - 0.25).abs() < 1e-12);
        assert!((scale.fraction(500.0) - 1.0).abs() < 1e-12);
    }
}
