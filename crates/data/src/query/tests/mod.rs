//! Queries of small Parquet files, with answers worked out by hand.

mod cache;
mod fixture;
mod grouping;
mod held_store;
mod limits;
mod measures;
mod mistakes;
mod property;
mod reference;
mod row_rules;
mod rows;
mod times;
