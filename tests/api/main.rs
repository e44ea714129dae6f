//! Tests of the whole application: the real router on a real socket, the demonstration provider beside it, a fresh
//! database for each. A test asserts what a user, an operator or an attacker would notice, and its name says what.
//!
//! A refusal counts only beside the same request without its mistake, which must pass; [`support`] sees to that.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::unchecked_time_subtraction, reason = "constants, the smaller from the larger")]

mod support;

mod account_token;
mod admin;
mod api_people;
mod api_tokens;
mod api_v1;
mod app_hosts;
mod apps;
mod audit;
mod back_channel;
mod begun_elsewhere;
mod callbacks;
mod client_auth;
mod closed_panels;
mod commands;
mod comparisons;
mod compression;
mod cookies;
mod crowds;
mod dashboards;
mod data;
mod datasets;
mod demonstration;
mod doctor;
mod drop_in;
mod entra;
mod entra_registration;
mod exports;
mod faults;
mod filters;
mod fragments;
mod front;
mod front_channel;
mod fuzzed;
mod graph;
mod group_orders;
mod headers;
mod id_token_algorithms;
mod id_token_claims;
mod id_tokens;
mod identity;
mod late_callbacks;
mod late_filters;
mod late_panels;
mod led_by_others;
mod limits;
mod live;
mod logs;
mod long_links;
mod long_texts;
mod loops;
mod making;
mod my_sessions;
mod new_browsers;
mod notes;
mod nul;
mod own_failures;
mod own_queries;
mod panels;
mod paths;
mod problems;
mod provider_errors;
mod provider_limits;
mod providers;
mod proxies;
mod pushed_requests;
mod pushed_rows;
mod queries;
mod refresh;
mod replaced_data;
mod restart;
mod role_checks;
mod roles;
mod scim;
mod secrets;
mod session_ends;
mod several_sign_ins;
mod sign_in;
mod sign_out;
mod signing_keys;
mod stays_out;
mod step_up;
mod stopping;
mod tabs;
mod tls;
mod uploads;
mod userinfo;
mod weather;
mod whose_roles;
