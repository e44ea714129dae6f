//! What is stored, on both dialects and without HTTP: attempts, sign-ins, cookie sessions, notes and built-in data; and
//! the whole application on Postgres.

mod access_requests;
mod alike;
mod app_codes;
mod attempts;
mod bookmarks;
mod change_notifications;
mod connections;
mod cookie_sessions;
mod dashboards;
mod datasets;
mod expiry;
mod lost_answers;
mod migrations;
mod open_pages;
mod own_data;
mod people;
mod people_search;
mod postgres_only;
mod pushes;
mod queried;
mod queried_files;
mod renewals;
mod session_lists;
mod sign_ins;
mod stored_dashboards;
mod sweep;
