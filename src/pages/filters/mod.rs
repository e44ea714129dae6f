//! The filters of a dashboard, over its panels: a form that works without a script, and what is in force as links that take it back.

mod bar;
mod choices;
mod in_force;

pub(super) use bar::filter_bar;
