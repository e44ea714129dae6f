//! Where the Parquet files of data sets lie: immutable files behind `object_store`.
