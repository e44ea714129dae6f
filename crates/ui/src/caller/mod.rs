//! What a server function needs of the request that it answers: who calls, and how to answer.

mod admin;
mod answer;
mod dashboards;
mod datasets;
mod request;
mod sign_in;

pub use admin::{administrator, begin_of_day, decided, end_of_day, recent_administrator};
pub use answer::{
    answer, forget_pages, forget_sign_out, redirect, redirect_to_page, redirect_to_path, redirect_to_provider,
    refresh_after, set_cookie, unprocessable,
};
pub use dashboards::{Changing, dashboard, dashboard_to_change, looked_at, marks, page_deadline, require_owner, stars};
pub use datasets::{back_to_dataset, changeable, dataset, dataset_to_change, require_role_for_dataset};
pub use request::{
    Asker, HasAppPages, UNASKED, audit, auth, bookmarks, client_address, dashboards, error_of, graph, has_app_pages,
    header, held_attempts, internal, is_cross_origin, is_page, open_role, require, require_recent, session, signed_in,
    signed_in_or_not, uploads,
};
pub use sign_in::{ask_provider, begin_request, callback_request, graph_error, sign_in_error, still_signed_in};
