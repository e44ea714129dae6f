//! Queries of small Parquet files, with answers worked out by hand.

mod cache;
mod connections;
mod fixture;
mod grouping;
mod held_store;
mod limits;
mod measures;
mod mistakes;
#[expect(dead_code, reason = "the tests of the application restart a server, too")]
#[path = "../../../../../tests/api/support/postgres.rs"]
mod postgres;
mod property;
mod reference;
mod row_rules;
mod rows;
mod times;
