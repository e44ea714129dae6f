//! Drops points that could not be seen anyway.

/// The number of columns that the points of a line are divided into: about the width of a plot in pixels on a large
/// screen.
const COLUMNS: usize = 600;
/// How many series get that number of columns; more series share it.
const FULL_SERIES: usize = 4;

/// The indices of the values that are drawn, in order. The points are divided into columns. Of each column the first,
/// the smallest, the largest and the last value stay, so the line looks as it would with all points and no extreme is
/// lost ("M4", Jugel et al., VLDB 2014). Missing values are left out.
pub fn drawn(values: &[Option<f64>], series: usize) -> Vec<usize> {
    let columns = (COLUMNS * FULL_SERIES / series.max(FULL_SERIES)).max(1);
    if values.len() <= columns * 4 {
        return values.iter().enumerate().filter(|(_, value)| value.is_some()).map(|(index, _)| index).collect();
    }
    let width = values.len().div_ceil(columns);
    let mut kept = Vec::with_capacity(columns * 4);
    for (column, values) in values.chunks(width).enumerate() {
        let present = || values.iter().enumerate().filter_map(|(index, value)| Some((index, (*value)?)));
        let by_value = |a: &(usize, f64), b: &(usize, f64)| a.1.total_cmp(&b.1);
        let mut of_column: Vec<usize> =
            [present().next(), present().min_by(by_value), present().max_by(by_value), present().next_back()]
                .into_iter()
                .flatten()
                .map(|(index, _)| column * width + index)
                .collect();
        of_column.sort_unstable();
        of_column.dedup();
        kept.append(&mut of_column);
    }
    kept
}

/// Splits the `drawn` indices wherever a value between two of them is missing.
pub fn runs<'a>(drawn: &'a [usize], values: &[Option<f64>]) -> Vec<&'a [usize]> {
    let mut missing = Vec::with_capacity(values.len());
    let mut count = 0_usize;
    for value in values {
        count += usize::from(value.is_none());
        missing.push(count);
    }
    drawn.chunk_by(|a, b| missing.get(*a) == missing.get(*b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_stay_as_they_are() {
        assert_eq!(drawn(&[Some(1.0), None, Some(2.0)], 1), [0, 2]);
    }

    #[test]
    fn many_values_keep_their_extremes_and_gaps() {
        let mut values: Vec<Option<f64>> = (0..100_000).map(|index| Some(f64::from(index % 7))).collect();
        values[12_345] = Some(1000.0);
        values[54_321] = Some(-1000.0);
        values[70_000..70_400].fill(None);
        let drawn = drawn(&values, 1);
        assert!(drawn.len() <= 4 * COLUMNS, "{}", drawn.len());
        assert!([0, 12_345, 54_321, 99_999].iter().all(|index| drawn.contains(index)));
        assert!(drawn.iter().all(|index| values[*index].is_some()));
        let runs = runs(&drawn, &values);
        assert_eq!(runs.len(), 2);
        assert_eq!(runs[0].last(), Some(&69_999));
    }

    #[test]
    fn a_line_is_cut_where_a_value_is_missing() {
        let values = [Some(1.0), Some(1.0), None, Some(1.0), None, None, Some(1.0)];
        assert_eq!(runs(&[0, 1, 3, 6], &values), [&[0, 1][..], &[3], &[6]]);
    }
}
