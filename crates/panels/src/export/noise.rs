//! Removes floating-point noise from computed numbers.

use rolecall_model::data::Cell;

/// The number of significant decimal digits that a double always keeps (C, section 5.2.4.2.2: `DBL_DIG`).
const DIGITS: usize = 15;

/// A computed `cell` for files: a decimal is rounded to 15 significant digits, so 0.1 + 0.2 gives 0.3.
pub fn without_noise(cell: Cell) -> Cell {
    match cell {
        Cell::Decimal(number) => {
            let rounded = format!("{number:.*e}", DIGITS - 1).parse::<f64>().ok();
            // Rounding the largest doubles up would make them infinite.
            Cell::Decimal(rounded.filter(|rounded| rounded.is_finite()).unwrap_or(number))
        }
        cell => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_fifteen_digits() {
        for (number, expected) in [
            (0.1 + 0.2, "0.3"),
            (12.299_999_999_999_999, "12.3"),
            (-0.000_012_345_678_901_234_567, "-0.0000123456789012346"),
            (123_456_789.012_345, "123456789.012345"),
            (0.0, "0"),
        ] {
            let Cell::Decimal(rounded) = without_noise(Cell::Decimal(number)) else { panic!("{number}") };
            assert_eq!(rounded.to_string(), expected);
        }
        assert_eq!(without_noise(Cell::Decimal(f64::MAX)), Cell::Decimal(f64::MAX));
        assert_eq!(without_noise(Cell::Integer(i64::MAX)), Cell::Integer(i64::MAX));
    }
}
