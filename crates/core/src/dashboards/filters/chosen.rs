//! The choice in a filter, and how an address contains it.

use rolecall_model::data::Cell;
use rolecall_model::spec::DatePreset;

use super::comparison::Comparison;
use super::range::DayRange;

/// The longest value that is offered as a choice, in bytes.
pub const LONGEST_VALUE: usize = 500;

/// The choice that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// The days of a range.
    Days(AskedRange, DayRange),
    /// These values; empty for all.
    Values(Vec<String>),
}

/// Where the range in force comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedRange {
    /// The dashboard's default; the address contains none.
    Usual(DatePreset),
    /// The address contains its name.
    Preset(DatePreset),
    /// The address contains its days.
    Days,
}

impl Chosen {
    /// Whether it excludes any rows.
    #[must_use]
    pub const fn is_in_force(&self) -> bool {
        match self {
            Self::Days(_, days) => !days.is_all(),
            Self::Values(values) => !values.is_empty(),
        }
    }

    /// Whether its days can be compared with others. A named range has a first and a last day, unless it is all days.
    pub(super) fn fits(&self, comparison: Comparison) -> bool {
        match self {
            Self::Values(_) => false,
            Self::Days(range, days) => match range.preset() {
                Some(DatePreset::All) => comparison.fits(DayRange::default()),
                Some(_) => true,
                None => comparison.fits(*days),
            },
        }
    }

    /// The fields of the filter `id` for this choice, with values; days are `compared` if possible.
    pub(super) fn fields_compared(&self, id: &str, compared: Option<Comparison>) -> Vec<(String, String)> {
        let mut fields = self.fields(id);
        if let Some(comparison) = compared.filter(|comparison| self.fits(*comparison)) {
            fields.push((format!("{id}.compared"), comparison.to_string()));
        }
        fields
    }

    /// The same without the comparison.
    pub(super) fn fields(&self, id: &str) -> Vec<(String, String)> {
        match self {
            Self::Days(AskedRange::Usual(_), _) => Vec::new(),
            Self::Days(AskedRange::Preset(preset), _) => vec![(id.to_owned(), preset.to_string())],
            Self::Days(AskedRange::Days, DayRange { from, to }) => {
                let from = from.map(|day| (format!("{id}.from"), day.to_string()));
                from.into_iter().chain(to.map(|day| (format!("{id}.to"), day.to_string()))).collect()
            }
            Self::Values(values) => values.iter().map(|value| (id.to_owned(), value.clone())).collect(),
        }
    }
}

impl AskedRange {
    /// The name of the range, if it has one.
    pub(super) const fn preset(self) -> Option<DatePreset> {
        match self {
            Self::Usual(preset) | Self::Preset(preset) => Some(preset),
            Self::Days => None,
        }
    }
}

/// Whether `value` is too long to be offered, and to be in a link in each of its rows.
pub(super) fn is_too_long(value: &Cell) -> bool {
    matches!(value, Cell::Text(text) if text.len() > LONGEST_VALUE)
}

/// `value` as addresses contain it; `None` if it is missing, or too long.
pub(super) fn text_of(value: &Cell) -> Option<String> {
    Some(match value {
        Cell::Missing | Cell::Others => return None,
        text if is_too_long(text) => return None,
        Cell::Text(text) => text.clone(),
        Cell::Integer(value) => value.to_string(),
        Cell::Decimal(value) => value.to_string(),
        Cell::Boolean(value) => value.to_string(),
        Cell::Date(day) => day.to_string(),
        Cell::Timestamp(moment) => moment.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
    })
    .filter(|text| !text.is_empty())
}
