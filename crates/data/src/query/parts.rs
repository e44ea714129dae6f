//! What a split query is computed from: rows, or small groups of them.
//!
//! Its series, its groups and its values each need a pass. Where every measure of a whole can be computed from those of
//! its parts (a sum from sums, but no median from medians), one pass over the rows makes the smallest groups, and the
//! others read those.

use datafusion::dataframe::DataFrame;
use datafusion::logical_expr::{Expr, ident};

use super::error::QueryError;
use super::measures::PlannedMeasure;
use super::visible::Source;

/// The number of rows that are looked at to find out whether there are few groups.
const SAMPLE_ROWS: usize = 65_536;
/// The number of groups in a sample up to which there seem to be few. More are as expensive to read as their rows.
const FEW_GROUPS: usize = 8_192;

/// The rows of a query, or groups of them.
pub(super) struct Parts {
    pub(super) frame: DataFrame,
    /// Whether these are groups, with the aggregates `m0`, `m1` and so on of their rows.
    are_groups: bool,
}

impl Parts {
    /// The rows of `source`.
    pub(super) fn rows(source: &Source) -> Self {
        Self { frame: source.rows.clone(), are_groups: false }
    }

    /// The rows of `source` in groups by `keys`, with the names of these; `None` where a measure needs the rows, or where
    /// there may be many groups.
    pub(super) async fn grouped(
        source: &Source,
        keys: Vec<Expr>,
        measures: &[PlannedMeasure],
    ) -> Result<Option<Self>, QueryError> {
        if !measures.iter().all(PlannedMeasure::is_of_parts) {
            return Ok(None);
        }
        if source.all_rows > SAMPLE_ROWS as u64 {
            let sample = source.rows.clone().limit(0, Some(SAMPLE_ROWS))?;
            if sample.aggregate(keys.clone(), vec![])?.count().await? > FEW_GROUPS {
                return Ok(None);
            }
        }
        let aggregates = named(measures).map(|(name, measure)| measure.aggregate(&name)).collect::<Result<_, _>>()?;
        let groups = source.rows.clone().aggregate(keys, aggregates)?.cache().await?;
        Ok(Some(Self { frame: groups, are_groups: true }))
    }

    /// The aggregate of `measure`, which is called `name` among the parts, over a group of them.
    pub(super) fn aggregate(&self, name: &str, measure: &PlannedMeasure) -> Result<Expr, QueryError> {
        if self.are_groups { measure.of_parts(name) } else { measure.aggregate(name) }
    }

    /// These parts aggregated by `keys`: a column for each key, and one for each of `measures`, called `m0`, `m1` and so
    /// on.
    pub(super) fn aggregated(&self, keys: &[Expr], measures: &[PlannedMeasure]) -> Result<DataFrame, QueryError> {
        let aggregates =
            named(measures).map(|(name, measure)| self.aggregate(&name, measure)).collect::<Result<_, _>>()?;
        let keys_of_groups = keys.iter().map(|key| Ok(ident(key.schema_name().to_string())));
        let values = named(measures).map(|(name, measure)| Ok(measure.finished(ident(&name))?.alias(&name)));
        let selected = keys_of_groups.chain(values).collect::<Result<Vec<_>, QueryError>>()?;
        Ok(self.frame.clone().aggregate(keys.to_vec(), aggregates)?.select(selected)?)
    }

    /// The parts that meet `condition`.
    pub(super) fn filter(&self, condition: Expr) -> Result<Self, QueryError> {
        Ok(Self { frame: self.frame.clone().filter(condition)?, are_groups: self.are_groups })
    }
}

fn named(measures: &[PlannedMeasure]) -> impl Iterator<Item = (String, &PlannedMeasure)> {
    measures.iter().enumerate().map(|(index, measure)| (format!("m{index}"), measure))
}
