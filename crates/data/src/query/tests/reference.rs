//! The answers to queries, computed without an engine: the specification as straightforward code over rows in memory.

use std::cmp::Ordering;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use rolecall_model::data::{
    Aggregate, Cell, ColumnType, DataColumn, Dimension, Filter, GroupOrder, GroupQuery, Measure, Order, Query,
    RowQuery, Scalar, Select, TimeStep,
};

use crate::query::RowFilter;

pub(super) type Row = Vec<Cell>;

/// The rows of the answer to `query`, and the number of rows or groups in all.
pub(super) fn answer(columns: &[DataColumn], rows: &[Row], query: &Query, rules: &[RowFilter]) -> (Vec<Row>, u64) {
    let zone: Tz = query.zone.parse().unwrap();
    let table = Table { columns, zone };
    let seen = rows.iter().map(|row| row.iter().map(sound).collect::<Row>());
    let seen = seen.filter(|row| rules.iter().all(|rule| table.passes_rule(row, rule)));
    let seen: Vec<Row> = seen.filter(|row| query.filters.iter().all(|filter| table.passes(row, filter))).collect();
    match &query.select {
        Select::Rows(select) => table.page(seen, select),
        Select::Groups(select) => table.groups(seen, select),
    }
}

/// The cell with NaN and infinities as missing values, and minus zero as zero.
pub(super) fn sound(cell: &Cell) -> Cell {
    match cell {
        Cell::Decimal(value) if value.is_finite() => Cell::Decimal(value + 0.0),
        Cell::Decimal(_) => Cell::Missing,
        other => other.clone(),
    }
}

struct Table<'a> {
    columns: &'a [DataColumn],
    zone: Tz,
}

impl Table<'_> {
    fn at(&self, name: &str) -> usize {
        self.columns.iter().position(|column| column.name == name).unwrap()
    }

    fn passes_rule(&self, row: &Row, rule: &RowFilter) -> bool {
        let at = self.at(&rule.column);
        rule.values.iter().any(|value| self.equals(&row[at], value, self.columns[at].column_type))
    }

    fn passes(&self, row: &Row, filter: &Filter) -> bool {
        let at = self.at(&filter.column);
        let (cell, column_type) = (&row[at], self.columns[at].column_type);
        let missing = *cell == Cell::Missing;
        let is = |values: &Vec<Scalar>| values.iter().any(|value| self.equals(cell, value, column_type));
        let compared = |value: &Scalar| (!missing).then(|| self.compare(cell, value, column_type));
        filter.is.as_ref().is_none_or(is)
            && filter.is_not.as_ref().is_none_or(|values| !is(values))
            && filter.at_least.as_ref().is_none_or(|value| compared(value).is_some_and(Ordering::is_ge))
            && filter.more_than.as_ref().is_none_or(|value| compared(value).is_some_and(Ordering::is_gt))
            && filter.at_most.as_ref().is_none_or(|value| compared(value).is_some_and(Ordering::is_le))
            && filter.less_than.as_ref().is_none_or(|value| compared(value).is_some_and(Ordering::is_lt))
            && filter.contains.as_ref().is_none_or(|part| match cell {
                Cell::Text(text) => text.to_lowercase().contains(&part.to_lowercase()),
                _ => false,
            })
            && filter.missing.is_none_or(|wanted| wanted == missing)
    }

    fn equals(&self, cell: &Cell, value: &Scalar, column_type: ColumnType) -> bool {
        *cell != Cell::Missing && self.compare(cell, value, column_type) == Ordering::Equal
    }

    /// A date equals every time of that day in the zone.
    fn compare(&self, cell: &Cell, value: &Scalar, column_type: ColumnType) -> Ordering {
        if let (Cell::Timestamp(at), Scalar::Text(text)) = (cell, value)
            && let Ok(day) = text.parse::<NaiveDate>()
        {
            return at.with_timezone(&self.zone).date_naive().cmp(&day);
        }
        compare(cell, &read(value, column_type))
    }

    fn page(&self, mut rows: Vec<Row>, select: &RowQuery) -> (Vec<Row>, u64) {
        let total = rows.len() as u64;
        rows.sort_by(|one, other| {
            let by_order = select.order.iter().map(|order| {
                let at = self.at(&order.column);
                directed(order.order, &one[at], &other[at])
            });
            let rest = select.columns.iter().map(|column| compare(&one[self.at(column)], &other[self.at(column)]));
            by_order.chain(rest).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        });
        let page = rows.iter().skip(usize::try_from(select.offset).unwrap()).take(select.limit as usize);
        let page = page.map(|row| select.columns.iter().map(|column| row[self.at(column)].clone()).collect());
        (page.collect(), total)
    }

    fn groups(&self, rows: Vec<Row>, select: &GroupQuery) -> (Vec<Row>, u64) {
        let names = select.by.as_ref().map(|by| self.ordered_names(&rows, by, select));
        let series = select.split.as_ref().map(|split| {
            let at = self.at(&split.column);
            let mut values: Vec<Cell> = distinct(rows.iter().map(|row| row[at].clone()));
            let size = |value: &Cell| {
                let of: Vec<&Row> = rows.iter().filter(|row| row[at] == *value).collect();
                self.measure(&select.measures[0], &of, &rows)
            };
            values.sort_by(|one, other| {
                directed(Order::Descending, &size(one), &size(other)).then_with(|| compare(one, other))
            });
            let top = split.top.unwrap_or(12) as usize;
            let rest = if values.len() > top { values.split_off(top) } else { vec![] };
            values.sort_by_key(|value| *value == Cell::Missing);
            if !rest.is_empty() {
                values.push(Cell::Others);
            }
            (at, values, rest)
        });
        let total = names.as_ref().map(Vec::len).or(series.as_ref().map(|(_, values, _)| values.len())).unwrap_or(1);
        let mut answer = Vec::new();
        let shown =
            names.map(|names| names.into_iter().take(select.limit.unwrap_or(u32::MAX) as usize).map(Some).collect());
        for name in shown.unwrap_or_else(|| vec![None]) {
            let in_group =
                |row: &&Row| name.as_ref().is_none_or(|name| self.name(row, select.by.as_ref().unwrap()) == *name);
            let group: Vec<&Row> = rows.iter().filter(in_group).collect();
            let measured = |of: &[&Row]| {
                select.measures.iter().map(|measure| self.measure(measure, of, &rows)).collect::<Vec<_>>()
            };
            match &series {
                None => answer.push([name.iter().cloned().collect(), measured(&group)].concat()),
                Some((at, values, rest)) => answer.extend(values.iter().map(|value| {
                    let in_series = |row: &&&Row| match value {
                        Cell::Others => rest.contains(&row[*at]),
                        value => row[*at] == *value,
                    };
                    let of: Vec<&Row> = group.iter().filter(in_series).copied().collect();
                    [name.iter().cloned().collect(), vec![value.clone()], measured(&of)].concat()
                })),
            }
        }
        (answer, total as u64)
    }

    /// The groups in their order, including steps without rows.
    fn ordered_names(&self, rows: &[Row], by: &Dimension, select: &GroupQuery) -> Vec<Cell> {
        let mut names = distinct(rows.iter().map(|row| self.name(row, by)));
        if let Some(step) = by.step {
            let moments: Vec<&Cell> =
                rows.iter().map(|row| &row[self.at(&by.column)]).filter(|cell| **cell != Cell::Missing).collect();
            let first = moments.iter().min_by(|one, other| compare(one, other));
            let last = moments.iter().max_by(|one, other| compare(one, other));
            if let (Some(first), Some(last)) = (first, last) {
                names.extend(self.between(first, last, step));
                names = distinct(names.into_iter());
            }
        }
        let value = |name: &Cell| {
            let group: Vec<&Row> = rows.iter().filter(|row| self.name(row, by) == *name).collect();
            self.measure(&select.measures[0], &group, rows)
        };
        names.sort_by(|one, other| {
            let last = (*one == Cell::Missing).cmp(&(*other == Cell::Missing));
            let ordered = last.then_with(|| match select.order.as_ref() {
                None => compare(one, other),
                Some(GroupOrder::Name { order }) => directed(*order, one, other),
                Some(GroupOrder::Value { order }) => directed(*order, &value(one), &value(other)),
                Some(GroupOrder::Hand { values }) => {
                    let column_type = match by.step {
                        None => self.columns[self.at(&by.column)].column_type,
                        Some(TimeStep::Hour) => ColumnType::Timestamp,
                        Some(_) => ColumnType::Date,
                    };
                    let place = |name: &Cell| {
                        let place = values.iter().position(|value| read(value, column_type) == *name);
                        place.unwrap_or(usize::MAX)
                    };
                    place(one).cmp(&place(other))
                }
            });
            ordered.then_with(|| compare(one, other))
        });
        names
    }

    fn name(&self, row: &Row, by: &Dimension) -> Cell {
        let cell = &row[self.at(&by.column)];
        by.step.map_or_else(|| cell.clone(), |step| self.step(cell, step))
    }

    fn step(&self, cell: &Cell, step: TimeStep) -> Cell {
        match cell {
            Cell::Timestamp(at) if step == TimeStep::Hour => {
                let local = at.with_timezone(&self.zone);
                let past = TimeDelta::minutes(local.minute().into()) + TimeDelta::seconds(local.second().into());
                Cell::Timestamp(*at - past - TimeDelta::nanoseconds(local.nanosecond().into()))
            }
            Cell::Timestamp(at) => Cell::Date(first_day(at.with_timezone(&self.zone).date_naive(), step)),
            Cell::Date(day) => Cell::Date(first_day(*day, step)),
            _ => Cell::Missing,
        }
    }

    /// The steps of all hours or days from `first` to `last`.
    fn between(&self, first: &Cell, last: &Cell, step: TimeStep) -> Vec<Cell> {
        match (first, last) {
            (Cell::Timestamp(first), Cell::Timestamp(last)) => {
                let quarter_hours = (0..).map(|n| *first + TimeDelta::minutes(15 * n)).take_while(|at| at <= last);
                distinct(quarter_hours.map(|at: DateTime<Utc>| self.step(&Cell::Timestamp(at), step)))
            }
            (Cell::Date(first), Cell::Date(last)) => {
                distinct(first.iter_days().take_while(|day| day <= last).map(|day| Cell::Date(first_day(day, step))))
            }
            _ => vec![],
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "as the specification says")]
    fn measure(&self, measure: &Measure, group: &[&Row], all: &[Row]) -> Cell {
        let Some(of) = &measure.of else {
            return match measure.compute {
                Aggregate::Count => Cell::Integer(i64::try_from(group.len()).unwrap()),
                _ if all.is_empty() => Cell::Missing,
                _ => Cell::Decimal(group.len() as f64 / all.len() as f64),
            };
        };
        let at = self.at(of);
        let values = |rows: &[&Row]| -> Vec<Cell> {
            rows.iter().map(|row| row[at].clone()).filter(|cell| *cell != Cell::Missing).collect()
        };
        let mut cells = values(group);
        cells.sort_by(compare);
        let numbers: Vec<f64> = cells.iter().filter_map(Cell::number).collect();
        let (sum, count) = (numbers.iter().sum::<f64>(), cells.len());
        match measure.compute {
            Aggregate::Count => Cell::Integer(i64::try_from(count).unwrap()),
            Aggregate::Distinct => Cell::Integer(i64::try_from(distinct(cells.into_iter()).len()).unwrap()),
            _ if cells.is_empty() => Cell::Missing,
            Aggregate::Minimum => cells.swap_remove(0),
            Aggregate::Maximum => cells.swap_remove(count - 1),
            Aggregate::Average => Cell::Decimal(sum / count as f64),
            Aggregate::Median => Cell::Decimal(f64::midpoint(numbers[(count - 1) / 2], numbers[count / 2])),
            Aggregate::Share => {
                let whole: f64 = values(&all.iter().collect::<Vec<_>>()).iter().filter_map(Cell::number).sum();
                if whole == 0.0 { Cell::Missing } else { Cell::Decimal(sum / whole + 0.0) }
            }
            Aggregate::Sum => match cells.iter().try_fold(0_i128, |sum, cell| match cell {
                Cell::Integer(value) => Some(sum + i128::from(*value)),
                _ => None,
            }) {
                Some(sum) => i64::try_from(sum).map_or(Cell::Decimal(sum as f64), Cell::Integer),
                None => Cell::Decimal(sum),
            },
        }
    }
}

fn first_day(day: NaiveDate, step: TimeStep) -> NaiveDate {
    match step {
        TimeStep::Hour | TimeStep::Day => day,
        TimeStep::Week => day - TimeDelta::days(day.weekday().num_days_from_monday().into()),
        TimeStep::Month => day.with_day(1).unwrap(),
        TimeStep::Quarter => day.with_day(1).unwrap().with_month((day.month() - 1) / 3 * 3 + 1).unwrap(),
        TimeStep::Year => day.with_day(1).unwrap().with_month(1).unwrap(),
    }
}

fn distinct(cells: impl Iterator<Item = Cell>) -> Vec<Cell> {
    let mut different: Vec<Cell> = Vec::new();
    for cell in cells {
        if !different.contains(&cell) {
            different.push(cell);
        }
    }
    different
}

fn read(value: &Scalar, column_type: ColumnType) -> Cell {
    match (value, column_type) {
        (Scalar::Boolean(value), _) => Cell::Boolean(*value),
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        (Scalar::Integer(value), ColumnType::Decimal) => Cell::Decimal(*value as f64),
        (Scalar::Integer(value), _) => Cell::Integer(*value),
        (Scalar::Decimal(value), _) => Cell::Decimal(*value),
        (Scalar::Text(text), ColumnType::Date) => Cell::Date(text.parse().unwrap()),
        (Scalar::Text(text), ColumnType::Timestamp) => Cell::Timestamp(text.parse().unwrap()),
        (Scalar::Text(text), _) => Cell::Text(text.clone()),
    }
}

fn directed(order: Order, one: &Cell, other: &Cell) -> Ordering {
    match order {
        Order::Descending if *one != Cell::Missing && *other != Cell::Missing => compare(other, one),
        _ => compare(one, other),
    }
}

fn compare(one: &Cell, other: &Cell) -> Ordering {
    match (one, other) {
        (Cell::Missing, other) => {
            if *other == Cell::Missing {
                Ordering::Equal
            } else {
                Ordering::Greater
            }
        }
        (_, Cell::Missing) => Ordering::Less,
        (Cell::Text(one), Cell::Text(other)) => one.cmp(other),
        (Cell::Boolean(one), Cell::Boolean(other)) => one.cmp(other),
        (Cell::Date(one), Cell::Date(other)) => one.cmp(other),
        (Cell::Timestamp(one), Cell::Timestamp(other)) => one.cmp(other),
        (Cell::Integer(one), Cell::Integer(other)) => one.cmp(other),
        _ => one.number().unwrap().total_cmp(&other.number().unwrap()),
    }
}
