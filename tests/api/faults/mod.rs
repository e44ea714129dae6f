//! Faults, each really caused: the process killed, the database locked, read-only or out of disk space, the provider
//! slow or dishonest, clocks that differ. Nothing is lost, and everything recovers by itself.

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
