//! What the tests are built on: the application and its clock, browsers, databases, and the pattern of a refused
//! sign-in.

mod answer;
mod api;
mod app;
mod behind;
mod browser;
mod clock;
mod dashboards;
mod data;
mod database;
mod directory;
pub mod faulty_provider;
mod held;
mod log;
mod no_reading;
mod own_provider;
mod policy;
mod postgres;
mod program;
mod raw;
mod refusal;
mod sales;
mod scripted_graph;
mod sign_in;
mod source_db;
mod stand_in;
mod tables;
mod tokens;
mod upstream;
mod wait;

pub use answer::Answer;
pub use app::{HASHED_ASSET, SCRIPT, Setup, TestApp};
pub use behind::{AppBehind, GREETING};
pub use browser::Browser;
pub use clock::TestClock;
pub use dashboards::{DAYS, write_dataset_file};
pub use data::{file_with, import_rows};
pub(crate) use database::on_both_dialects;
pub use database::{ISSUER, TestDb, count, execute, text};
pub use directory::{Directory, Fault, Point};
pub use held::HeldRequest;
pub use log::{CapturedLog, Entry};
pub use no_reading::answered_without_reading;
pub use own_provider::{OwnProvider, settings_of};
pub use policy::policy;
pub use postgres::Postgres;
pub use program::{PROGRAM, Process, Program, importer};
pub use raw::{Http2, raw, raw_get, raw_status};
pub use refusal::{Traces, refused_with, unusable_with};
pub use sales::{FEW_SALES, SALES_COUNT, SALES_PAGE, assert_told, filtered, sales_by_day};
pub use scripted_graph::ScriptedGraph;
pub use sign_in::{changed, parameter, path_and_query, signed_in};
pub use source_db::SourceDb;
pub use stand_in::{
    AUDIENCE, AccessToken, CLIENT_ID, CLIENT_SECRET, ClientProof, Face, OTHER_TENANT, Signer, StandIn, TENANT, set,
};
pub use upstream::Upstream;
pub use wait::until;
