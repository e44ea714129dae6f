//! What is chosen of a filter, and how an address says it.

use rolecall_model::data::Cell;
use rolecall_model::spec::DatePreset;

use super::comparison::Comparison;
use super::range::DayRange;

/// The longest value that is offered to filter by, in bytes.
pub const LONGEST_VALUE: usize = 500;

/// What is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// The days of a range.
    Days(AskedRange, DayRange),
    /// These values; all where there are none.
    Values(Vec<String>),
}

/// How a range came to be in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedRange {
    /// The address says nothing, and the dashboard this.
    Usual(DatePreset),
    /// The address names it.
    Preset(DatePreset),
    /// The address has its days.
    Days,
}

impl Chosen {
    /// Whether rows are left out.
    #[must_use]
    pub const fn is_in_force(&self) -> bool {
        match self {
            Self::Days(_, days) => !days.is_all(),
            Self::Values(values) => !values.is_empty(),
        }
    }

    /// Whether its days can be compared like this. A range with a name has a first and a last day, unless it is all days.
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

    /// The fields of the filter `id` that say so in an address, with their values, and that its days are `compared` where they can be.
    pub(super) fn fields_compared(&self, id: &str, compared: Option<Comparison>) -> Vec<(String, String)> {
        let mut fields = self.fields(id);
        if let Some(comparison) = compared.filter(|comparison| self.fits(*comparison)) {
            fields.push((format!("{id}.compared"), comparison.to_string()));
        }
        fields
    }

    /// The same without what they are compared with.
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
    /// The name of the range, where it has one.
    pub(super) const fn preset(self) -> Option<DatePreset> {
        match self {
            Self::Usual(preset) | Self::Preset(preset) => Some(preset),
            Self::Days => None,
        }
    }
}

/// Whether `value` is too long to be offered, and to stand in a link for each of its rows.
pub(super) fn is_too_long(value: &Cell) -> bool {
    matches!(value, Cell::Text(text) if text.len() > LONGEST_VALUE)
}

/// How addresses write `value`; `None` where it is none, or too long.
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
