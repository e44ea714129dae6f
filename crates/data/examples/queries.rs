//! Runs the panels of `bench/data.mjs` and prints their times as a line of JSON: `queries FOLDER FILE ROWS`. The data
//! set is the Parquet file FILE in FOLDER, with the columns of `bench/data.py`.

use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use rolecall_data::query::{DataVersion, Engine, Limits, QueryError};
use rolecall_data::store::Store;
use rolecall_model::data::{ColumnType, DataColumn, Query};
use serde_json::{Value, json};

/// How many times each panel is queried.
const TIMES: usize = 20;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, file, rows] = &arguments[..] else { return Err("queries FOLDER FILE ROWS".into()) };
    let store = Store::local(Path::new(folder))?;
    let version = version(file, rows.parse()?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let measured = runtime.block_on(measure(&store, &version))?;
    writeln!(io::stdout(), "{measured}")?;
    Ok(())
}

fn version(file: &str, rows: u64) -> DataVersion {
    let column = |(name, column_type): (&str, ColumnType)| DataColumn { name: name.to_owned(), column_type };
    let columns = [
        ("id", ColumnType::Integer),
        ("day", ColumnType::Date),
        ("sold_at", ColumnType::Timestamp),
        ("region", ColumnType::Text),
        ("product", ColumnType::Text),
        ("customer", ColumnType::Text),
        ("quantity", ColumnType::Integer),
        ("price", ColumnType::Decimal),
        ("returned", ColumnType::Boolean),
    ];
    let columns = columns.into_iter().map(column).collect();
    DataVersion { dataset: "bench".to_owned(), version: 1, columns, files: vec![file.to_owned()], rows }
}

/// The queries of the panels, by the names that `bench/data.py` uses for the same questions.
fn panels() -> Result<Vec<(&'static str, Query)>, serde_json::Error> {
    let price = json!({ "compute": "sum", "of": "price" });
    let all = [
        ("figures", json!({ "measures": [{ "compute": "count" }, price, { "compute": "average", "of": "quantity" }] })),
        ("by month", json!({ "measures": [price], "by": { "column": "day", "step": "month" } })),
        ("by day", json!({ "measures": [{ "compute": "count" }], "by": { "column": "day", "step": "day" } })),
        (
            "by month and region",
            json!({ "measures": [price], "by": { "column": "day", "step": "month" }, "split": { "column": "region" } }),
        ),
        (
            "by product",
            json!({ "measures": [price], "by": { "column": "product" }, "limit": 20, "order": { "by": "value", "order": "descending" } }),
        ),
        (
            "median by region",
            json!({ "measures": [{ "compute": "median", "of": "price" }], "by": { "column": "region" } }),
        ),
        (
            "distinct by region",
            json!({ "measures": [{ "compute": "distinct", "of": "customer" }], "by": { "column": "region" } }),
        ),
        (
            "by month in Zurich",
            json!({ "measures": [{ "compute": "count" }], "by": { "column": "sold_at", "step": "month" }, "zone": "Europe/Zurich" }),
        ),
        ("returned", json!({ "measures": [{ "compute": "share" }], "by": { "column": "returned" } })),
        (
            "extremes",
            json!({ "measures": [{ "compute": "minimum", "of": "price" }, { "compute": "maximum", "of": "price" }], "by": { "column": "region" } }),
        ),
    ];
    let query = |(name, mut groups): (&'static str, Value)| {
        for part in ["by", "split", "order", "limit"] {
            if groups.get(part).is_none() {
                groups[part] = Value::Null;
            }
        }
        let zone = groups.as_object_mut().and_then(|groups| groups.remove("zone")).unwrap_or_else(|| json!("UTC"));
        Ok((name, serde_json::from_value(json!({ "filters": [], "zone": zone, "select": { "groups": groups } }))?))
    };
    all.into_iter().map(query).collect()
}

async fn measure(store: &Store, version: &DataVersion) -> Result<Value, Box<dyn std::error::Error>> {
    let mut panels_ms = serde_json::Map::new();
    let mut cached = Vec::new();
    for (name, query) in &panels()? {
        let mut times = Vec::new();
        for _ in 0..TIMES {
            let engine = Engine::new(store, &Limits::default())?;
            times.push(time(async { engine.run(version, query, &[]).await }).await?);
            cached.push(time(async { engine.run(version, query, &[]).await }).await?);
        }
        panels_ms.insert((*name).to_owned(), json!(times));
    }
    let mut dashboards = Vec::new();
    for _ in 0..TIMES {
        let engine = Arc::new(Engine::new(store, &Limits::default())?);
        let panels = panels()?;
        let all = panels.iter().map(|(_, query)| engine.run(version, query, &[]));
        dashboards.push(time(async { try_join_all(all).await }).await?);
    }
    Ok(json!({ "panels": panels_ms, "cached": cached, "dashboards": dashboards }))
}

/// The duration of `work` in milliseconds.
async fn time<T>(work: impl Future<Output = Result<T, QueryError>>) -> Result<f64, QueryError> {
    let begun = Instant::now();
    work.await?;
    let took: Duration = begun.elapsed();
    Ok(took.as_secs_f64() * 1000.0)
}
