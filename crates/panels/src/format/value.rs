//! Cells as text.

use chrono_tz::Tz;
use rolecall_model::data::{Aggregate, Cell, Measure};

use super::length::NAME_CHARACTERS;
use super::moment::moment;
use super::number::{MINUS, decimal, decimals_of, plain, whole};
use crate::html::{escaped, no_value, shortened};

/// Currency signs, which precede the number.
const BEFORE: [&str; 4] = ["$", "€", "£", "¥"];
/// Signs that follow the number without a space.
const BEHIND: [&str; 3] = ["%", "‰", "°"];
/// Units with an arbitrary zero, so that the ratio of two values means nothing.
const WITHOUT_RATIO: [&str; 6] = ["°C", "°F", "° C", "° F", "℃", "℉"];

/// The format of the cells of a column or a measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueFormat {
    decimals: u8,
    unit: Option<String>,
    is_share: bool,
    /// Whether whole numbers are names, such as years.
    is_name: bool,
    zone: Tz,
}

impl ValueFormat {
    /// The format of `cells` with this unit and this many decimals; `None` means as many as the cells need.
    #[must_use]
    pub fn of<'a>(
        cells: impl Iterator<Item = &'a Cell> + Clone,
        decimals: Option<u8>,
        unit: Option<&str>,
        zone: Tz,
    ) -> Self {
        let decimals = decimals.unwrap_or_else(|| decimals_of(cells.filter_map(Cell::number)));
        let unit = unit.map(str::trim).filter(|unit| !unit.is_empty()).map(str::to_owned);
        Self { decimals, unit, is_share: false, is_name: false, zone }
    }

    /// The format of names: groups, series, rows. Whole numbers have no commas, since they may be years or order
    /// numbers.
    #[must_use]
    pub const fn of_names(zone: Tz) -> Self {
        Self { decimals: 0, unit: None, is_share: false, is_name: true, zone }
    }

    /// The format of `measure`, whose values are `cells`. A share is in percent, whatever the unit of its column.
    #[must_use]
    pub fn of_measure<'a>(
        measure: &Measure,
        cells: impl Iterator<Item = &'a Cell> + Clone,
        panel_unit: Option<&str>,
        zone: Tz,
    ) -> Self {
        if measure.compute == Aggregate::Share {
            let (decimals, unit) = (measure.decimals.unwrap_or(1), Some("%".into()));
            return Self { decimals, unit, is_share: true, is_name: false, zone };
        }
        // A count has no unit unless the panel gives it one.
        let counts = matches!(measure.compute, Aggregate::Count | Aggregate::Distinct);
        let unit = measure.unit.as_deref().or_else(|| panel_unit.filter(|_| !counts));
        Self::of(cells, measure.decimals, unit, zone)
    }

    /// Whether the values are parts of a whole, in percent.
    #[must_use]
    pub const fn is_share(&self) -> bool {
        self.is_share
    }

    /// The power of ten that numbers are multiplied by when they are written.
    #[must_use]
    pub const fn power(&self) -> i32 {
        if self.is_share { 2 } else { 0 }
    }

    /// Whether its numbers have the same unit as those of `other`.
    #[must_use]
    pub fn has_unit_of(&self, other: &Self) -> bool {
        (self.is_share, &self.unit) == (other.is_share, &other.unit)
    }

    /// Whether a change in percent makes sense; it does not for temperatures in degrees.
    #[must_use]
    pub fn has_ratio(&self) -> bool {
        self.unit.as_deref().is_none_or(|unit| !WITHOUT_RATIO.contains(&unit))
    }

    /// The unit if it is a word, for headings and captions; signs such as `$` and `%` stay with each number.
    #[must_use]
    pub fn unit(&self) -> Option<&str> {
        self.unit.as_deref().filter(|unit| !BEFORE.contains(unit) && !BEHIND.contains(unit))
    }

    /// The unit, whether a word or a sign.
    #[must_use]
    pub fn any_unit(&self) -> Option<&str> {
        self.unit.as_deref().filter(|_| !self.is_share)
    }

    /// A heading with the unit: `Rain (mm)`.
    #[must_use]
    pub fn heading(&self, name: &str) -> String {
        self.unit().map_or_else(|| name.to_owned(), |unit| format!("{name} ({unit})"))
    }

    /// The value without a unit that is a word. A missing value is a dash; a text is cut to [`NAME_CHARACTERS`].
    #[must_use]
    pub fn text(&self, cell: &Cell) -> String {
        self.text_within(cell, NAME_CHARACTERS)
    }

    /// The same, with a text cut to `most` characters.
    #[must_use]
    pub fn text_within(&self, cell: &Cell, most: usize) -> String {
        match cell {
            Cell::Missing => "\u{2013}".to_owned(),
            Cell::Text(text) => shortened(text, most).into_owned(),
            Cell::Integer(number) if self.is_name => plain(*number),
            Cell::Decimal(number) if self.is_name => decimal(*number, decimals_of([*number].into_iter())),
            Cell::Integer(number) if !self.is_share && self.decimals == 0 => self.signed(whole(*number)),
            Cell::Integer(_) | Cell::Decimal(_) => cell.number().map_or_else(String::new, |number| self.number(number)),
            Cell::Others => "Others".to_owned(),
            Cell::Boolean(true) => "Yes".to_owned(),
            Cell::Boolean(false) => "No".to_owned(),
            Cell::Date(day) => day.format("%Y-%m-%d").to_string(),
            Cell::Timestamp(at) => moment(*at, self.zone),
        }
    }

    /// The value with its unit: `12.5 °C`, `−$1,204`, `37.5%`.
    #[must_use]
    pub fn with_unit(&self, cell: &Cell) -> String {
        match self.unit() {
            Some(unit) if cell.number().is_some() => format!("{} {unit}", self.text(cell)),
            _ => self.text(cell),
        }
    }

    /// [`Self::text_within`] as HTML; a missing value has words for screen readers, too.
    #[must_use]
    pub fn html(&self, cell: &Cell, most: usize) -> String {
        if *cell == Cell::Missing { no_value() } else { escaped(&self.text_within(cell, most)) }
    }

    /// A number in this format, with the sign of its unit but without a unit that is a word.
    #[must_use]
    pub fn number(&self, number: f64) -> String {
        self.signed(decimal(if self.is_share { number * 100.0 } else { number }, self.decimals))
    }

    /// `digits` with the sign of the unit, if it has one.
    #[must_use]
    pub fn signed(&self, digits: String) -> String {
        match self.unit.as_deref() {
            Some(unit) if BEHIND.contains(&unit) => format!("{digits}{unit}"),
            Some(unit) if BEFORE.contains(&unit) => match digits.strip_prefix(MINUS) {
                Some(digits) => format!("{MINUS}{unit}{digits}"),
                None => format!("{unit}{digits}"),
            },
            _ => digits,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn format(decimals: Option<u8>, unit: &str, cells: &[Cell]) -> ValueFormat {
        ValueFormat::of(cells.iter(), decimals, Some(unit), Tz::Europe__Zurich)
    }

    #[test]
    fn a_cell_is_read_by_its_type() {
        let plain = format(None, "", &[]);
        assert_eq!(plain.text(&Cell::Text("007".into())), "007");
        assert_eq!(plain.text(&Cell::Integer(i64::MAX)), "9,223,372,036,854,775,807");
        assert_eq!(plain.text(&Cell::Boolean(true)), "Yes");
        assert_eq!(plain.text(&Cell::Date(NaiveDate::from_ymd_opt(2024, 1, 31).unwrap())), "2024-01-31");
        assert_eq!(plain.text(&Cell::Timestamp("2024-01-31T23:30:00Z".parse().unwrap())), "2024-02-01 00:30");
        assert_eq!(plain.text(&Cell::Missing), "\u{2013}");
        assert!(plain.html(&Cell::Missing, 4).contains("no value"));
        assert_eq!(plain.html(&Cell::Text("<b>".into()), 4), "&lt;b&gt;");
        assert_eq!(plain.html(&Cell::Text("a & b".into()), 4), "a &amp;\u{2026}");
    }

    #[test]
    fn a_unit_precedes_or_follows_the_number_as_usual() {
        let cell = Cell::Decimal(-1204.5);
        assert_eq!(format(Some(1), "°C", &[]).with_unit(&cell), "\u{2212}1,204.5 °C");
        assert_eq!(format(Some(0), "$", &[]).with_unit(&cell), "\u{2212}$1,204");
        assert_eq!(format(Some(1), "%", &[]).text(&cell), "\u{2212}1,204.5%");
        assert_eq!(format(None, "mm", &[]).with_unit(&Cell::Missing), "\u{2013}");
        assert_eq!(format(None, "mm", &[]).heading("Rain"), "Rain (mm)");
        assert_eq!(format(None, "$", &[]).heading("Sales"), "Sales");
    }

    #[test]
    fn the_cells_of_a_column_have_the_same_decimals() {
        let cells = [Cell::Decimal(1.5), Cell::Missing, Cell::Integer(3)];
        let format = format(None, "mm", &cells);
        assert_eq!(cells.each_ref().map(|cell| format.text(cell)), ["1.5", "\u{2013}", "3.0"]);
    }

    #[test]
    fn a_whole_number_that_is_a_name_has_no_commas() {
        let names = ValueFormat::of_names(Tz::UTC);
        assert_eq!(names.text(&Cell::Integer(2012)), "2012");
        assert_eq!(names.text(&Cell::Integer(-1_204_000)), "\u{2212}1204000");
        assert_eq!(names.text(&Cell::Decimal(1234.5)), "1,234.5");
        assert_eq!(format(None, "", &[]).text(&Cell::Integer(2012)), "2,012");
    }

    #[test]
    fn a_share_is_in_percent() {
        let measure =
            Measure { compute: Aggregate::Share, of: None, title: None, unit: None, decimals: None, show: vec![] };
        let format = ValueFormat::of_measure(&measure, [].iter(), Some("mm"), Tz::UTC);
        assert_eq!(format.with_unit(&Cell::Decimal(0.375)), "37.5%");
        assert_eq!(format.unit(), None);
    }
}
