//! Configures DataFusion, and gives it data sets as tables.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::Result;
use datafusion::dataframe::DataFrame;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::GreedyMemoryPool;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use object_store::ObjectStoreExt;
use object_store::path::Path;
use rolecall_model::data::{ColumnType, DataColumn};

use super::limits::Limits;
use super::version::DataVersion;
use crate::schema::arrow_type;
use crate::store::Store;

/// The address of the store in plans.
const STORE: &str = "data://store/";

/// The context of all queries. Metadata and statistics of files are cached; nothing is written to the disk.
pub(super) fn context(store: &Store, limits: &Limits) -> Result<SessionContext> {
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(GreedyMemoryPool::new(limits.memory_bytes)))
        .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled))
        .build_arc()?;
    runtime.register_object_store(ObjectStoreUrl::parse(STORE)?.as_ref(), store.objects());
    let mut config = SessionConfig::new().with_target_partitions(limits.threads).with_collect_statistics(true);
    config.options_mut().execution.parquet.pushdown_filters = true;
    // With several measures, this optimisation skips rows that contain the maximum or minimum of another measure (seen
    // with 55.2).
    config.options_mut().optimizer.enable_aggregate_dynamic_filter_pushdown = false;
    let state =
        SessionStateBuilder::new().with_config(config).with_runtime_env(runtime).with_default_features().build();
    Ok(SessionContext::new_with_state(state))
}

/// All rows of `version`. The schema is given, so that no files are read to infer it.
///
/// # Errors
///
/// If a file is missing; DataFusion itself would treat it as an empty folder, and answer as if there were no rows.
pub(super) async fn all_rows(context: &SessionContext, version: &DataVersion) -> Result<DataFrame> {
    if version.files.is_empty() {
        return context.read_batch(RecordBatch::new_empty(schema(&version.columns)));
    }
    let store = context.runtime_env().object_store(ObjectStoreUrl::parse(STORE)?)?;
    for file in &version.files {
        store.head(&Path::from(file.as_str())).await?;
    }
    let files = version.files.iter().map(|file| ListingTableUrl::parse(format!("{STORE}{file}")));
    let options = ListingOptions::new(Arc::new(ParquetFormat::default()));
    let config = ListingTableConfig::new_with_multi_paths(files.collect::<Result<_>>()?)
        .with_listing_options(options)
        .with_schema(schema(&version.columns));
    let cache = context.runtime_env().cache_manager.get_file_statistic_cache();
    context.read_table(Arc::new(ListingTable::try_new(config)?.with_cache(cache)))
}

/// As [`arrow_schema`](crate::schema::arrow_schema), with texts as views, which are faster to group by.
fn schema(columns: &[DataColumn]) -> SchemaRef {
    let fields = columns.iter().map(|column| {
        let data_type = match column.column_type {
            ColumnType::Text => DataType::Utf8View,
            other => arrow_type(other),
        };
        Field::new(&column.name, data_type, true)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}
