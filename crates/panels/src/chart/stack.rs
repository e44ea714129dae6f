//! Where each value starts and ends: at zero, or on top of the series before it.

/// The largest distance from zero that is drawn. Larger values are drawn there, so that sums stay finite.
const FAR: f64 = 1e300;

/// Where a value starts and ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    /// The end nearer to zero.
    pub from: f64,
    /// The value itself, or the sum so far.
    pub to: f64,
}

/// The reaches of `series`, each with one value for each point. When stacked, positive values are added upwards and
/// negative ones downwards. A missing value has no reach and adds nothing.
pub fn reaches(series: &[Vec<Option<f64>>], stacked: bool) -> Vec<Vec<Option<Reach>>> {
    let points = series.iter().map(Vec::len).max().unwrap_or(0);
    let mut above = vec![0.0; points];
    let mut below = vec![0.0; points];
    let reach = |value: f64, above: &mut f64, below: &mut f64| {
        let value = value.clamp(-FAR, FAR);
        if !stacked {
            return Reach { from: 0.0, to: value };
        }
        let sum = if value < 0.0 { below } else { above };
        let from = *sum;
        *sum += value;
        Reach { from, to: *sum }
    };
    series
        .iter()
        .map(|values| {
            let sums = above.iter_mut().zip(below.iter_mut());
            values
                .iter()
                .zip(sums)
                .map(|(value, (above, below))| value.map(|value| reach(value, above, below)))
                .collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(from: f64, to: f64) -> Reach {
        Reach { from, to }
    }

    #[test]
    fn negative_values_stack_downwards_and_missing_ones_add_nothing() {
        let series = [vec![Some(2.0), Some(-1.0)], vec![None, Some(3.0)], vec![Some(5.0), Some(-4.0)]];
        let stacked = reaches(&series, true);
        assert_eq!(stacked[0], [Some(at(0.0, 2.0)), Some(at(0.0, -1.0))]);
        assert_eq!(stacked[1], [None, Some(at(0.0, 3.0))]);
        assert_eq!(stacked[2], [Some(at(2.0, 7.0)), Some(at(-1.0, -5.0))]);
    }

    #[test]
    fn unstacked_values_start_at_zero() {
        let series = [vec![Some(2.0)], vec![Some(-3.0)]];
        assert_eq!(reaches(&series, false), [[Some(at(0.0, 2.0))], [Some(at(0.0, -3.0))]]);
    }
}
