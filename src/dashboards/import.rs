//! Brings the built-in data set into the database, once.

use serde::Deserialize;
use thiserror::Error;

use rolecall_sign_in::db::{Db, on_both};

/// The data set that Rolecall ships with (its README tells source and licence).
const WEATHER_CSV: &str = include_str!("data/weather.csv");
/// How many rows one statement stores: SQLite takes 32,766 values in one.
const ROWS_A_STATEMENT: usize = 500;

/// One day at one place.
#[derive(Debug, Deserialize)]
struct Day {
    location: String,
    date: String,
    precipitation: f64,
    temp_max: f64,
    temp_min: f64,
    wind: f64,
    weather: String,
}

/// Why the data set could not be brought in.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The data set cannot be read.
    #[error("the built-in data set cannot be read")]
    Csv(#[from] csv::Error),
    /// The database does not answer.
    #[error("the database did not answer")]
    Database(#[from] sqlx::Error),
}

/// Stores the weather data set in `db`, unless it is there. It is there in full or not at all.
///
/// # Errors
/// When the data set cannot be read or the database does not answer.
pub async fn import_weather(db: &Db) -> Result<(), ImportError> {
    let there: i64 = on_both!(db, |pool| {
        sqlx::query_scalar("SELECT COUNT(*) FROM (SELECT 1 FROM weather_days LIMIT 1) AS days").fetch_one(pool).await?
    });
    if there > 0 {
        return Ok(());
    }
    let days: Vec<Day> = csv::Reader::from_reader(WEATHER_CSV.as_bytes()).deserialize().collect::<Result<_, _>>()?;
    on_both!(db, |pool| {
        let mut transaction = pool.begin().await?;
        for some_days in days.chunks(ROWS_A_STATEMENT) {
            let mut insert = sqlx::QueryBuilder::new(
                "INSERT INTO weather_days \
                 (place, day, precipitation_mm, temperature_max_c, temperature_min_c, wind_m_s, weather) ",
            );
            insert.push_values(some_days, |mut row, day| {
                row.push_bind(&day.location)
                    .push_bind(&day.date)
                    .push_bind(day.precipitation)
                    .push_bind(day.temp_max)
                    .push_bind(day.temp_min)
                    .push_bind(day.wind)
                    .push_bind(&day.weather);
            });
            // Another instance may be bringing it in at the same moment.
            insert.push(" ON CONFLICT (place, day) DO NOTHING");
            insert.build().execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
    });
    Ok(())
}
