//! The positions of the points along their axis, from 0 to 1.

use rolecall_model::data::Cell;
use rolecall_model::spec::PanelKind;

use super::data::ChartData;

/// The positions of the points that are drawn. The others are in the table of values only.
#[derive(Clone, Debug, PartialEq)]
pub enum Positions {
    /// This many bands of equal width, each around its point: steps of time and categories.
    Bands(usize),
    /// At their values: times without a step, and numbers.
    Along(Vec<f64>),
}

impl Positions {
    /// The positions of the points of `data`, drawn as `kind`.
    pub fn of(data: &ChartData<'_>, kind: PanelKind) -> Self {
        // A missing group comes last. It has no place on the axis, so no line may lead to it.
        let ordered: Vec<f64> = data.points.iter().map_while(|point| rank(point)).collect();
        let is_ordered = kind != PanelKind::Bar
            && ordered.len() > 1
            && ordered.is_sorted_by(|a, b| a < b)
            && data.points.iter().skip(ordered.len()).all(|point| **point == Cell::Missing);
        match (ordered.first(), ordered.last()) {
            (Some(first), Some(last)) if is_ordered && data.step.is_none() => {
                // Halved, since the distance between the ends may overflow a double.
                let span = last * 0.5 - first * 0.5;
                let place = |at: &f64| if span > 0.0 { (at * 0.5 - first * 0.5) / span } else { 0.5 };
                Self::Along(ordered.iter().map(place).collect())
            }
            _ if is_ordered => Self::Bands(ordered.len()),
            _ => Self::Bands(data.points.len()),
        }
    }

    /// How many points are drawn.
    pub const fn count(&self) -> usize {
        match self {
            Self::Bands(count) => *count,
            Self::Along(fractions) => fractions.len(),
        }
    }

    /// The width of a band; zero where there are none.
    pub fn band(&self) -> f64 {
        match self {
            Self::Bands(count) => 1.0 / float((*count).max(1)),
            Self::Along(_) => 0.0,
        }
    }

    /// The position of the point at `index`: the middle of its band.
    pub fn middle(&self, index: usize) -> f64 {
        match self {
            Self::Bands(_) => (float(index) + 0.5) * self.band(),
            Self::Along(fractions) => fractions.get(index).copied().unwrap_or(1.0),
        }
    }
}

/// The value of a number or a time, to compare it with others of its kind; times in microseconds.
pub fn rank(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Date(day) => Some(micros(day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_micros())),
        Cell::Timestamp(moment) => Some(micros(moment.timestamp_micros())),
        number => number.number().filter(|number| number.is_finite()),
    }
}

/// Microseconds as a double: exact for times between 1685 and 2255, which covers all realistic data.
#[expect(clippy::cast_precision_loss, reason = "a chart is not more exact than a double")]
pub const fn micros(micros: i64) -> f64 {
    micros as f64
}

/// A count as a double: exact for any realistic number of points.
pub fn float(things: usize) -> f64 {
    u32::try_from(things).map_or(f64::from(u32::MAX), f64::from)
}
