//! The weather dashboard's panels. All SQL about weather is in this file and in the import.

use sqlx::Row as _;

use rolecall_model::panels::{Chart, ChartKind, Column, Figure, Figures, Panel, Series, TablePage};
use rolecall_sign_in::db::{Db, reading_on_both};

/// How many rows a page of the table holds.
const ROWS_A_PAGE: u32 = 20;

/// One month at one place.
struct Month {
    place: String,
    name: String,
    mean_temperature_c: f64,
    precipitation_mm: f64,
}

/// The panels that do not change: the figures and the two charts.
///
/// # Errors
/// When the database does not answer.
pub async fn fixed_panels(db: &Db) -> Result<Vec<Panel>, sqlx::Error> {
    let months = months(db).await?;
    Ok(vec![
        Panel::Figures(figures(db).await?),
        Panel::Chart(chart("temperature", "Mean temperature by month", ChartKind::Line, "°C", &months, |month| {
            month.mean_temperature_c
        })),
        Panel::Chart(chart("precipitation", "Precipitation by month", ChartKind::Bar, "mm", &months, |month| {
            month.precipitation_mm
        })),
    ])
}

async fn months(db: &Db) -> Result<Vec<Month>, sqlx::Error> {
    const MONTHS: &str = "SELECT place, SUBSTR(day, 1, 7) AS month, \
                          AVG((temperature_max_c + temperature_min_c) / 2) AS mean_temperature_c, \
                          SUM(precipitation_mm) AS precipitation_mm \
                          FROM weather_days GROUP BY place, SUBSTR(day, 1, 7) ORDER BY month, place DESC";
    reading_on_both!(db, |pool| {
        let rows = sqlx::query(MONTHS).fetch_all(pool).await?;
        rows.iter()
            .map(|row| {
                Ok(Month {
                    place: row.try_get("place")?,
                    name: row.try_get("month")?,
                    mean_temperature_c: row.try_get("mean_temperature_c")?,
                    precipitation_mm: row.try_get("precipitation_mm")?,
                })
            })
            .collect()
    })
}

async fn figures(db: &Db) -> Result<Figures, sqlx::Error> {
    const WARMEST: &str = "SELECT place, day, temperature_max_c AS value FROM weather_days \
                           ORDER BY temperature_max_c DESC, day, place LIMIT 1";
    const COLDEST: &str = "SELECT place, day, temperature_min_c AS value FROM weather_days \
                           ORDER BY temperature_min_c, day, place LIMIT 1";
    const WETTEST: &str = "SELECT place, day, precipitation_mm AS value FROM weather_days \
                           ORDER BY precipitation_mm DESC, day, place LIMIT 1";
    Ok(Figures {
        figures: vec![
            figure(db, "Warmest day", "°C", WARMEST).await?,
            figure(db, "Coldest day", "°C", COLDEST).await?,
            figure(db, "Most rain in a day", "mm", WETTEST).await?,
        ],
    })
}

async fn figure(db: &Db, label: &str, unit: &str, query: &'static str) -> Result<Figure, sqlx::Error> {
    reading_on_both!(db, |pool| {
        let row = sqlx::query(query).fetch_one(pool).await?;
        let (place, day): (String, String) = (row.try_get("place")?, row.try_get("day")?);
        let value: f64 = row.try_get("value")?;
        Ok(Figure {
            label: label.to_owned(),
            value: format!("{} {unit}", minus_sign(&format!("{value:.1}"))),
            detail: format!("{place}, {day}"),
        })
    })
}

/// A chart with a series for each place over the months; both are in the order of `months`.
fn chart(id: &str, title: &str, kind: ChartKind, unit: &str, months: &[Month], value: impl Fn(&Month) -> f64) -> Chart {
    let mut points: Vec<String> = Vec::new();
    let mut series: Vec<Series> = Vec::new();
    for month in months {
        if points.last() != Some(&month.name) {
            points.push(month.name.clone());
        }
        let rounded = (value(month) * 10.0).round() / 10.0;
        match series.iter_mut().find(|series| series.name == month.place) {
            Some(series) => series.values.push(rounded),
            None => series.push(Series { name: month.place.clone(), values: vec![rounded] }),
        }
    }
    Chart { id: id.to_owned(), title: title.to_owned(), kind, unit: unit.to_owned(), points, series }
}

/// One page of the daily observations, latest first; a page beyond the last is the last.
///
/// # Errors
/// When the database does not answer.
pub async fn table(db: &Db, page: u32) -> Result<TablePage, sqlx::Error> {
    const COUNT: &str = "SELECT COUNT(*) FROM weather_days";
    const PAGE: &str = "SELECT day, place, temperature_max_c, temperature_min_c, precipitation_mm, wind_m_s, weather \
                        FROM weather_days ORDER BY day DESC, place DESC LIMIT $1 OFFSET $2";
    reading_on_both!(db, |pool| {
        let total: i64 = sqlx::query_scalar(COUNT).fetch_one(pool).await?;
        let total = u32::try_from(total).unwrap_or(u32::MAX);
        let pages = total.div_ceil(ROWS_A_PAGE).max(1);
        let page = page.clamp(1, pages);
        let offset = i64::from(page - 1) * i64::from(ROWS_A_PAGE);
        let rows = sqlx::query(PAGE).bind(i64::from(ROWS_A_PAGE)).bind(offset).fetch_all(pool).await?;
        let number = |value: f64| minus_sign(&format!("{value:.1}"));
        let rows = rows
            .iter()
            .map(|row| {
                Ok(vec![
                    row.try_get("day")?,
                    row.try_get("place")?,
                    number(row.try_get("temperature_max_c")?),
                    number(row.try_get("temperature_min_c")?),
                    number(row.try_get("precipitation_mm")?),
                    number(row.try_get("wind_m_s")?),
                    row.try_get("weather")?,
                ])
            })
            .collect::<Result<_, sqlx::Error>>()?;
        Ok(TablePage { columns: columns(), rows, page, pages, total })
    })
}

fn columns() -> Vec<Column> {
    let column = |name: &str, numeric| Column { name: name.to_owned(), numeric };
    vec![
        column("Day", false),
        column("City", false),
        column("Highest (°C)", true),
        column("Lowest (°C)", true),
        column("Precipitation (mm)", true),
        column("Wind (m/s)", true),
        column("Weather", false),
    ]
}

/// A number as people set it: with a minus sign, not a hyphen.
fn minus_sign(number: &str) -> String {
    number.replace('-', "\u{2212}")
}
