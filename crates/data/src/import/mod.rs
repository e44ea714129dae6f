//! From a file of somebody to a Parquet file of ours: what it is, its types, and its mistakes.
