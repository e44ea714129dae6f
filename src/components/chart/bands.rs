//! The bands of a chart's points, left to right, each as wide as the others.

use super::number::{count, rounded};

/// How many points share the width of a plot. Positions are fractions of it, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bands {
    points: usize,
}

impl Bands {
    /// The bands of `points` points.
    #[must_use]
    pub const fn of(points: usize) -> Self {
        Self { points }
    }

    /// How many there are.
    #[must_use]
    pub const fn points(&self) -> usize {
        self.points
    }

    /// The width of a band.
    #[must_use]
    pub fn width(&self) -> f64 {
        1.0 / count(self.points.max(1))
    }

    /// The left edge of the band of the point at `index`.
    #[must_use]
    pub fn left(&self, index: usize) -> f64 {
        count(index) * self.width()
    }

    /// The middle of the band of the point at `index`.
    #[must_use]
    pub fn middle(&self, index: usize) -> f64 {
        (count(index) + 0.5) * self.width()
    }

    /// The point whose band holds `x`; `None` where there are no points.
    #[must_use]
    pub fn point_at(&self, x: f64) -> Option<usize> {
        let last = self.points.checked_sub(1)?;
        let index = (x.clamp(0.0, 1.0) * count(self.points)).floor();
        Some(usize::try_from(rounded(index)).unwrap_or(0).min(last))
    }

    /// The point that `key` moves to from `at`, as in sliders; `None` for other keys.
    #[must_use]
    pub fn point_after_key(&self, key: &str, at: usize) -> Option<usize> {
        let last = self.points.checked_sub(1)?;
        match key {
            "ArrowRight" | "ArrowUp" => Some((at + 1).min(last)),
            "ArrowLeft" | "ArrowDown" => Some(at.saturating_sub(1)),
            "Home" => Some(0),
            "End" => Some(last),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Bands;

    #[test]
    fn a_position_belongs_to_the_band_it_lies_in() {
        let bands = Bands::of(4);
        assert_eq!(bands.point_at(-1.0), Some(0));
        assert_eq!(bands.point_at(0.3), Some(1));
        assert_eq!(bands.point_at(1.0), Some(3));
    }

    #[test]
    fn keys_move_between_the_ends() {
        let bands = Bands::of(3);
        assert_eq!(bands.point_after_key("ArrowRight", 0), Some(1));
        assert_eq!(bands.point_after_key("ArrowUp", 2), Some(2));
        assert_eq!(bands.point_after_key("ArrowLeft", 2), Some(1));
        assert_eq!(bands.point_after_key("ArrowDown", 0), Some(0));
        assert_eq!(bands.point_after_key("Home", 2), Some(0));
        assert_eq!(bands.point_after_key("End", 0), Some(2));
        assert_eq!(bands.point_after_key("Tab", 0), None);
    }

    #[test]
    fn a_chart_without_points_stays_still() {
        let bands = Bands::of(0);
        assert_eq!(bands.point_at(0.5), None);
        assert_eq!(bands.point_after_key("Home", 0), None);
    }
}
