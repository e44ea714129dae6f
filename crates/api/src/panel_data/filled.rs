//! The data of a panel in the shapes that programs get.

use rolecall_core::dashboards::{self, PanelData as Found};
use rolecall_model::Role;
use rolecall_model::data::{Cell, Measure, QueryResult};
use rolecall_model::panels::{Note, SignInFigures};
use rolecall_model::spec::PanelSpec;
use rolecall_panels::{ChartData as Groups, Compared, Series, Tz};

use super::{
    ChartData, ColumnData, FigureData, FiguresData, NoteData, PanelData, RoleCount, SeriesData, SignInsData, TableData,
    TextData,
};
use crate::problem::ApiProblem;

impl PanelData {
    /// The data `found` for the panel `spec`. Moments are written in the time zone `zone`.
    ///
    /// # Errors
    /// If the data are unavailable.
    pub(crate) fn of(spec: &PanelSpec, found: Found, zone: Tz) -> Result<Self, ApiProblem> {
        Ok(match found {
            Found::Figures(figures, compared) => Self::Figures(FiguresData::of(spec, &figures, &compared, zone)),
            Found::Chart(result) => Self::Chart(ChartData::of(spec, &result, zone)),
            Found::Table(table) => Self::Table(table.into()),
            Found::Text(markdown) => Self::Text(TextData { markdown }),
            Found::Note(note) => Self::Note(note.into()),
            Found::SignIns(figures) => Self::SignIns(figures.into()),
            Found::Unavailable(why) => return Err(why.into()),
        })
    }
}

impl FiguresData {
    fn of(spec: &PanelSpec, result: &QueryResult, compared: &Compared, zone: Tz) -> Self {
        let groups = Groups::of(spec, result, zone);
        let (steps, is_over_time) = (&groups.labels, spec.by.is_some());
        let columns: Vec<usize> = Measure::with_columns(&spec.measures, 0).map(|(column, _)| column).collect();
        let figure = |(index, series): (usize, &Series<'_>)| {
            let values: Vec<Cell> = series.cells.iter().copied().cloned().collect();
            let of = |result: &QueryResult| result.rows.first()?.get(*columns.get(index)?).cloned();
            let (value, before) = match compared {
                Compared::Days { result, before, .. } => {
                    (of(result), before.as_ref().and_then(|(_, result)| of(result)))
                }
                Compared::Usual if is_over_time => (values.last().cloned(), values.iter().nth_back(1).cloned()),
                Compared::Usual | Compared::Nothing => (values.last().cloned(), None),
            };
            FigureData {
                label: series.name.clone(),
                value: value.unwrap_or(Cell::Missing),
                before: before.unwrap_or(Cell::Missing),
                unit: unit_of(spec, index),
                shown: series.shown.last().map(|shown| shown.to_vec()).unwrap_or_default(),
                steps: if is_over_time { steps.clone() } else { Vec::new() },
                values: if is_over_time { values } else { Vec::new() },
            }
        };
        let figures = groups.series.iter().enumerate().map(figure).collect();
        Self { figures, approximate: result.approximate || compared.is_approximate() }
    }
}

impl ChartData {
    fn of(spec: &PanelSpec, result: &QueryResult, zone: Tz) -> Self {
        let groups = Groups::of(spec, result, zone);
        let unit =
            unit_of(spec, 0).filter(|unit| (1..spec.measures.len()).all(|at| unit_of(spec, at).as_ref() == Some(unit)));
        let series = groups.series.iter().map(|series| SeriesData {
            name: series.name.clone(),
            split_value: series.value.filter(|_| !series.is_others).cloned().unwrap_or(Cell::Missing),
            is_others: series.is_others,
            values: series.cells.iter().copied().cloned().collect(),
        });
        let (series, approximate) = (series.collect(), result.approximate);
        let point_values = groups.points.into_iter().cloned().collect();
        Self { title: spec.title.clone(), unit, series, points: groups.labels, point_values, approximate }
    }
}

/// The unit of the measure at `index`.
fn unit_of(spec: &PanelSpec, index: usize) -> Option<String> {
    spec.measures.get(index).and_then(|measure| measure.unit.clone()).or_else(|| spec.unit.clone())
}

fn columns(result: &QueryResult) -> Vec<ColumnData> {
    let column = |column: &rolecall_model::data::ResultColumn| ColumnData {
        name: column.name.clone(),
        r#type: column.column_type.into(),
    };
    result.columns.iter().map(column).collect()
}

impl From<dashboards::TablePage> for TableData {
    fn from(table: dashboards::TablePage) -> Self {
        Self {
            columns: columns(&table.result),
            rows: table.rows().cloned().collect(),
            totals: table.totals.as_ref().and_then(|totals| totals.rows.first().cloned()),
            page: table.page.number,
            pages: table.page.pages,
            total: table.result.total,
            approximate: table.result.approximate,
        }
    }
}

impl From<Note> for NoteData {
    fn from(note: Note) -> Self {
        let Note { body, version, edited_by, edited_at_ms } = note;
        Self { body, version, edited_by, edited_at_ms }
    }
}

impl From<SignInFigures> for SignInsData {
    fn from(figures: SignInFigures) -> Self {
        let SignInFigures { live, people, last_day, by_role, counted_at_ms } = figures;
        let count = |(role, live): (Option<Role>, i64)| RoleCount { role: role.map(Into::into), live };
        Self { live, people, last_day, by_role: by_role.into_iter().map(count).collect(), counted_at_ms }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rolecall_model::spec::PanelKind;

    use super::*;

    #[test]
    fn figures_are_estimates_where_those_of_their_days_or_of_the_days_before_are() {
        let result = |approximate| QueryResult { columns: Vec::new(), rows: Vec::new(), total: 0, approximate };
        let days = |now, before| Compared::Days {
            days: "2012".to_owned(),
            result: Arc::new(result(now)),
            before: Some(("2011".to_owned(), Arc::new(result(before)))),
            end_within_step: false,
        };
        let spec = PanelSpec::new("p", "P", PanelKind::Figure);
        let is_told = |compared: &Compared| FiguresData::of(&spec, &result(false), compared, Tz::UTC).approximate;
        assert!(is_told(&days(true, false)) && is_told(&days(false, true)));
        assert!(!is_told(&days(false, false)) && !is_told(&Compared::Usual));
    }
}
