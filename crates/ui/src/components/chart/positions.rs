//! The positions of a chart's points, read from its markup.

/// The side of the square in which the markup positions points.
pub const UNITS: u32 = 10_000;

/// The fraction `part` of the side in parts of [`UNITS`], limited to the range from 0 to 1.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is from 0 to 10,000")]
pub fn units_of(part: f64) -> u32 {
    (part.clamp(0.0, 1.0) * f64::from(UNITS)) as u32
}

/// The positions of the points along their axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PointPositions {
    /// This many bands of equal width, each with its point in the middle.
    Bands(usize),
    /// In parts of [`UNITS`], in order.
    Given(Vec<u32>),
}

impl PointPositions {
    /// The positions from the attributes `data-points` and `data-x` of a plot.
    #[must_use]
    pub fn parse(points: &str, positions: Option<&str>) -> Self {
        match positions {
            Some(positions) => Self::Given(positions.split(' ').filter_map(|position| position.parse().ok()).collect()),
            None => Self::Bands(points.parse().unwrap_or(0)),
        }
    }

    /// How many points there are.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Self::Bands(count) => *count,
            Self::Given(positions) => positions.len(),
        }
    }

    /// The position of the point at `index`, in parts of [`UNITS`].
    #[must_use]
    pub fn of(&self, index: usize) -> u32 {
        match self {
            // Rounded like on the server: half a unit is rounded up.
            Self::Bands(count) => (units(2 * index + 1) + number(*count)) / number((2 * count).max(1)),
            Self::Given(positions) => positions.get(index).copied().unwrap_or(UNITS),
        }
    }

    /// Where the band of the point at `index` begins, in parts of [`UNITS`].
    #[must_use]
    pub fn start(&self, index: usize) -> u32 {
        match self {
            Self::Bands(count) => units(index) / number((*count).max(1)),
            Self::Given(_) => self.of(index),
        }
    }

    /// The point nearest to `position`, in parts of [`UNITS`]; `None` if there are no points.
    #[must_use]
    pub fn nearest(&self, position: u32) -> Option<usize> {
        let last = self.count().checked_sub(1)?;
        Some(match self {
            Self::Bands(count) => {
                let index = u64::from(position.min(UNITS)) * u64::try_from(*count).unwrap_or(0) / u64::from(UNITS);
                usize::try_from(index).unwrap_or(last).min(last)
            }
            Self::Given(positions) => {
                let after = positions.partition_point(|other| *other < position);
                let distance = |index: usize| positions.get(index).map_or(u32::MAX, |other| other.abs_diff(position));
                let before = after.saturating_sub(1);
                if distance(before) <= distance(after) { before } else { after }
            }
        })
    }

    /// The point that `key` moves to from `at`, as in sliders; `None` for other keys. If points go `down` the screen,
    /// so do the arrow keys.
    #[must_use]
    pub fn after_key(&self, key: &str, at: usize, down: bool) -> Option<usize> {
        let last = self.count().checked_sub(1)?;
        let (next, previous) = if down { ("ArrowDown", "ArrowUp") } else { ("ArrowUp", "ArrowDown") };
        match key {
            "Home" => Some(0),
            "End" => Some(last),
            _ if key == "ArrowRight" || key == next => Some((at + 1).min(last)),
            _ if key == "ArrowLeft" || key == previous => Some(at.saturating_sub(1)),
            _ => None,
        }
    }
}

/// The height of the point at `position` on the path `d`, from the top in parts of [`UNITS`]; `None` if the path has no
/// point there.
#[must_use]
pub fn height_on(d: &str, position: u32) -> Option<u32> {
    let mut commands = d.split(['M', 'L']);
    let (_, height) =
        commands.find_map(|command| command.split_once(' ').filter(|(x, _)| x.parse() == Ok(position)))?;
    let digits = height.find(|c: char| !c.is_ascii_digit()).map_or(height, |end| &height[..end]);
    digits.parse().ok()
}

fn units(index: usize) -> u32 {
    number(index).saturating_mul(UNITS)
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_of_the_side_is_limited_to_its_ends() {
        assert_eq!([-0.1, 0.0, 0.5, 1.0, 1.1].map(units_of), [0, 0, 5_000, 10_000, 10_000]);
    }

    #[test]
    fn a_position_belongs_to_the_band_around_it() {
        let positions = PointPositions::parse("4", None);
        assert_eq!(positions.nearest(0), Some(0));
        assert_eq!(positions.nearest(3_000), Some(1));
        assert_eq!(positions.nearest(20_000), Some(3));
        assert_eq!((positions.of(1), positions.start(1)), (3_750, 2_500));
        // 10,000 × 3 / 14 is 2142.86.
        assert_eq!(PointPositions::Bands(7).of(1), 2_143);
    }

    #[test]
    fn the_nearest_of_the_given_positions_is_chosen() {
        let positions = PointPositions::parse("3", Some("0 1000 10000"));
        assert_eq!(positions.nearest(400), Some(0));
        assert_eq!(positions.nearest(600), Some(1));
        assert_eq!(positions.nearest(9_000), Some(2));
        assert_eq!(positions.of(1), 1_000);
    }

    #[test]
    fn keys_move_between_the_ends() {
        let positions = PointPositions::Bands(3);
        assert_eq!(positions.after_key("ArrowRight", 0, false), Some(1));
        assert_eq!(positions.after_key("ArrowUp", 2, false), Some(2));
        assert_eq!(positions.after_key("ArrowDown", 0, false), Some(0));
        assert_eq!(positions.after_key("ArrowDown", 0, true), Some(1));
        assert_eq!(positions.after_key("ArrowUp", 2, true), Some(1));
        assert_eq!(positions.after_key("Home", 2, false), Some(0));
        assert_eq!(positions.after_key("End", 0, true), Some(2));
        assert_eq!(positions.after_key("Tab", 0, false), None);
    }

    #[test]
    fn keys_do_nothing_in_a_chart_without_points() {
        let positions = PointPositions::parse("0", None);
        assert_eq!(positions.nearest(5_000), None);
        assert_eq!(positions.after_key("Home", 0, false), None);
    }

    #[test]
    fn a_path_gives_the_height_of_its_points() {
        let line = "M2500 10000L7500 0";
        assert_eq!(height_on(line, 2_500), Some(10_000));
        assert_eq!(height_on(line, 7_500), Some(0));
        assert_eq!(height_on(line, 500), None);
        assert_eq!(height_on("M1000 9h0M2000 8h0", 1_000), Some(9));
        assert_eq!(height_on("", 0), None);
    }
}
