//! The filters of a dashboard, above its panels: a form that works without JavaScript, and the filters in force as
//! links that remove them.

mod bar;
mod choices;
mod in_force;

pub(super) use bar::filter_bar;
