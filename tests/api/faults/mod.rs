//! Faults, each really caused: the process killed, the database locked, made read-only or out of disk, the provider
//! slow or lying, clocks that differ. What is lost is nothing, and everything recovers by itself.

mod backup;
mod clocks;
mod database;
mod files;
mod key_roll;
mod killed;
mod killed_pushes;
mod postgres;
mod provider;
mod readiness;
pub(crate) mod small_disk;
