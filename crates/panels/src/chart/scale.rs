//! The scale of the values: round limits around them, and round ticks between.

use crate::format::{compact, scientific};

/// The number of steps that a linear scale aims for.
const TARGET_STEPS: f64 = 4.0;
/// Values that differ by less than this part of their size count as equal.
const RESOLUTION: f64 = 1e-12;
/// The smallest distance that a scale can show.
const NEAR: f64 = 1e-300;
/// Above this many decades, a logarithmic scale leaves out the ticks of some powers of ten.
const MOST_DECADES: i32 = 6;

/// A scale: linear between two multiples of its step, or logarithmic between two powers of ten.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// Ticks at `first` × step to `last` × step, where the step is `mantissa` × 10^`exponent`.
    Linear {
        /// The lowest tick, in steps.
        first: i64,
        /// The highest tick, in steps.
        last: i64,
        /// 1, 2 or 5.
        mantissa: i64,
        /// The power of ten of the step.
        exponent: i32,
    },
    /// From 10^`low` to 10^`high`.
    Log {
        /// The power of ten at the bottom.
        low: i32,
        /// The power of ten at the top.
        high: i32,
    },
}

/// A value with a gridline.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Its position, from 0 at the low end to 1 at the high end.
    pub fraction: f64,
    pub label: String,
    /// Whether it is zero.
    pub is_zero: bool,
}

impl Scale {
    /// The linear scale that contains all `values`, and zero if `with_zero`. Whole numbers get no ticks between them.
    pub fn linear(values: impl Iterator<Item = f64>, with_zero: bool, is_whole: bool) -> Self {
        let (mut low, mut high) = if with_zero { (0.0, 0.0) } else { (f64::INFINITY, f64::NEG_INFINITY) };
        for value in values.filter(|value| value.is_finite()) {
            low = value.min(low);
            high = value.max(high);
        }
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        // A flat line: the scale must still have ticks that differ. The line runs through the middle.
        let size = low.abs().max(high.abs());
        if high - low <= (size * RESOLUTION).max(NEAR) {
            let room = if size < 1e6 { 0.5 } else { size * 1e-6 };
            (low, high) = (if with_zero { low } else { low - room }, high + room);
        }
        let round = round_step(high / TARGET_STEPS - low / TARGET_STEPS);
        let (mantissa, exponent) = if is_whole && round.1 < 0 { (1, 0) } else { round };
        let step = Step { mantissa, exponent };
        let first = whole((step.count(low) + RESOLUTION).floor());
        let last = whole((step.count(high) - RESOLUTION).ceil()).max(first + 1);
        Self::Linear { first, last, mantissa, exponent }
    }

    /// The logarithmic scale that contains all `values` above zero; `None` where there are none.
    pub fn logarithmic(values: impl Iterator<Item = f64> + Clone) -> Option<Self> {
        let positive = values.filter(|value| *value > 0.0 && value.is_finite());
        let high = positive.clone().fold(f64::NEG_INFINITY, f64::max);
        let low = positive.fold(f64::INFINITY, f64::min);
        if low > high {
            return None;
        }
        let bottom = power(low.log10().floor());
        Some(Self::Log { low: bottom, high: power(high.log10().ceil()).max(bottom + 1) })
    }

    /// The position of `value`, from 0 at the low end to 1 at the high end; `None` where a logarithmic scale has no
    /// position for it.
    pub fn fraction(&self, value: f64) -> Option<f64> {
        match *self {
            Self::Linear { first, last, mantissa, exponent } => {
                let steps = Step { mantissa, exponent }.count(value) - float(first);
                Some((steps / float(last - first)).clamp(0.0, 1.0))
            }
            Self::Log { low, high } if value > 0.0 => {
                Some(((value.log10() - f64::from(low)) / f64::from(high - low)).clamp(0.0, 1.0))
            }
            Self::Log { .. } => None,
        }
    }

    /// Where the bar or area of a value that starts at `from` begins: there, or at the bottom of a logarithmic scale.
    pub fn ground(&self, from: f64) -> f64 {
        self.fraction(from).unwrap_or(0.0)
    }

    /// The ticks, lowest first, with different labels. The labels are multiplied by 10^`power`: 2 gives percent.
    pub fn ticks(&self, power: i32) -> Vec<Tick> {
        match *self {
            Self::Linear { first, last, mantissa, exponent } => {
                linear_ticks((first, last), Step { mantissa, exponent: exponent + power })
            }
            Self::Log { low, high } => log_ticks(low, high, power),
        }
    }
}

/// A round step: `mantissa` × 10^`exponent`.
#[derive(Clone, Copy)]
struct Step {
    mantissa: i64,
    exponent: i32,
}

impl Step {
    /// `value` in steps, counted from zero.
    fn count(self, value: f64) -> f64 {
        // Powers of ten up to 22 are exact, and dividing by one rounds once.
        let scaled =
            if self.exponent >= 0 { value / 10_f64.powi(self.exponent) } else { value * 10_f64.powi(-self.exponent) };
        scaled / float(self.mantissa)
    }
}

fn linear_ticks((first, last): (i64, i64), Step { mantissa, exponent }: Step) -> Vec<Tick> {
    let units = |count: i64| count.saturating_mul(mantissa);
    let largest = units(first).unsigned_abs().max(units(last).unsigned_abs()).max(1);
    let magnitude = i32::try_from(largest.ilog10()).unwrap_or(0) + exponent;
    (first..=last)
        .map(|count| Tick {
            fraction: float(count - first) / float(last - first),
            label: compact(units(count), exponent, magnitude).unwrap_or_else(|| scientific(units(count), exponent)),
            is_zero: count == 0,
        })
        .collect()
}

fn log_ticks(low: i32, high: i32, written: i32) -> Vec<Tick> {
    let decades = high - low;
    // Powers of ten; where there are few, also two and five times each.
    let factors: &[i64] = if decades <= 2 { &[1, 2, 5] } else { &[1] };
    let stride = usize::try_from((decades + MOST_DECADES - 1) / MOST_DECADES).unwrap_or(1).max(1);
    let label = |factor: i64, power: i32| compact(factor, power, power).unwrap_or_else(|| scientific(factor, power));
    let tick = |power: i32, factor: i64| Tick {
        fraction: (f64::from(power - low) + float(factor).log10()) / f64::from(decades),
        label: label(factor, power + written),
        is_zero: false,
    };
    (low..=high)
        .step_by(stride)
        .flat_map(|power| {
            factors.iter().filter(move |factor| power < high || **factor == 1).map(move |factor| tick(power, *factor))
        })
        .collect()
}

/// The smallest of 1, 2, 5 and 10 times a power of ten that is at least `raw`, as factor and exponent.
fn round_step(raw: f64) -> (i64, i32) {
    let exponent = power(raw.log10().floor());
    let least = raw / 10_f64.powi(exponent) * (1.0 - RESOLUTION);
    match [1, 2, 5].into_iter().find(|mantissa| float(*mantissa) >= least) {
        Some(mantissa) => (mantissa, exponent),
        None => (1, exponent + 1),
    }
}

/// A power of ten within the range of a double.
#[expect(clippy::cast_possible_truncation, reason = "the cast saturates, and the clamp is narrower")]
fn power(value: f64) -> i32 {
    value.clamp(-308.0, 308.0) as i32
}

#[expect(clippy::cast_possible_truncation, reason = "a scale has at most 1 / RESOLUTION steps from zero to its ends")]
fn whole(value: f64) -> i64 {
    value as i64
}

#[expect(clippy::cast_precision_loss, reason = "a scale has at most 1 / RESOLUTION steps from zero to its ends")]
fn float(value: i64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(values: &[f64], with_zero: bool) -> Vec<String> {
        Scale::linear(values.iter().copied(), with_zero, false).ticks(0).into_iter().map(|tick| tick.label).collect()
    }

    fn log_labels(values: &[f64]) -> Vec<String> {
        Scale::logarithmic(values.iter().copied()).unwrap().ticks(0).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn ticks_are_round_and_enclose_the_values() {
        assert_eq!(labels(&[-3.2, 28.9], false), ["\u{2212}10", "0", "10", "20", "30"]);
        assert_eq!(labels(&[0.3, 1.9], false), ["0.0", "0.5", "1.0", "1.5", "2.0"]);
    }

    #[test]
    fn bars_start_at_zero() {
        assert_eq!(labels(&[120.0, 160.0], true), ["0", "50", "100", "150", "200"]);
    }

    #[test]
    fn ticks_have_enough_digits() {
        assert_eq!(labels(&[0.0, 0.004], false), ["0.000", "0.001", "0.002", "0.003", "0.004"]);
        assert_eq!(labels(&[1_000_000.0, 1_000_004.0], false)[..2], ["1,000,000", "1,000,001"]);
        assert_eq!(labels(&[0.0, 2_400_000.0], false), ["0", "1 M", "2 M", "3 M"]);
        assert_eq!(labels(&[0.0, 200_000.0], false), ["0", "50 k", "100 k", "150 k", "200 k"]);
        assert_eq!(labels(&[0.0, 4e-20], false)[4], "4×10⁻²⁰");
    }

    #[test]
    fn a_flat_line_and_no_line_have_a_scale() {
        assert_eq!(labels(&[5.0, 5.0], false), ["4.5", "5.0", "5.5"]);
        assert_eq!(labels(&[], false), ["0.0", "0.5", "1.0"]);
        assert_eq!(labels(&[f64::NAN, f64::INFINITY], false), ["0.0", "0.5", "1.0"]);
    }

    #[test]
    fn whole_numbers_have_whole_ticks() {
        let labels = |values: &[f64], with_zero| {
            let ticks = Scale::linear(values.iter().copied(), with_zero, true).ticks(0);
            ticks.into_iter().map(|tick| tick.label).collect::<Vec<_>>()
        };
        assert_eq!(labels(&[1.0], true), ["0", "1"]);
        assert_eq!(labels(&[2.0, 3.0], true), ["0", "1", "2", "3"]);
        assert_eq!(labels(&[5.0], false), ["4", "5", "6"]);
        assert_eq!(labels(&[0.0], true), ["0", "1"]);
        assert_eq!(labels(&[120.0, 160.0], true), ["0", "50", "100", "150", "200"]);
    }

    #[test]
    fn parts_can_be_labelled_in_percent() {
        let labels = |scale: Scale| scale.ticks(2).into_iter().map(|tick| tick.label).collect::<Vec<_>>();
        assert_eq!(labels(Scale::linear([0.4].into_iter(), true, false)), ["0", "10", "20", "30", "40"]);
        assert_eq!(labels(Scale::linear([0.012].into_iter(), true, false))[..2], ["0.0", "0.5"]);
        assert_eq!(
            labels(Scale::logarithmic([0.02, 0.9].into_iter()).unwrap()),
            ["1", "2", "5", "10", "20", "50", "100"]
        );
    }

    #[test]
    fn a_value_lies_between_the_ends() {
        let scale = Scale::linear([0.0, 100.0].into_iter(), true, false);
        assert_eq!(scale.fraction(25.0), Some(0.25));
        assert_eq!(scale.fraction(500.0), Some(1.0));
        let scale = Scale::logarithmic([1.0, 100.0].into_iter()).unwrap();
        assert_eq!(scale.fraction(10.0), Some(0.5));
        assert_eq!(scale.fraction(0.0), None);
        assert!(scale.ground(0.0).abs() < f64::EPSILON);
    }

    #[test]
    fn logarithmic_ticks_are_powers_of_ten() {
        assert_eq!(log_labels(&[3.0, 80.0]), ["1", "2", "5", "10", "20", "50", "100"]);
        assert_eq!(log_labels(&[0.02, 90.0]), ["0.01", "0.1", "1", "10", "100"]);
        assert_eq!(log_labels(&[7.0]), ["1", "2", "5", "10"]);
        assert_eq!(log_labels(&[1e-6, 1e6]).len(), 7);
        assert_eq!(Scale::logarithmic([0.0, -1.0].into_iter()), None);
    }
}
