//! Dashboards made in the browser: a new one, its editor, its panels' forms and its history.
//!
//! Everything is a form or a link, rendered by the server. One small script (`public/panel-form.js`) sends a panel's
//! form while a person types, and shows the preview in the answer.

mod bring;
mod choices;
mod conflict;
mod done;
mod edit;
mod edited_panel;
mod field_groups;
mod field_ids;
mod fields;
mod filters;
mod history;
mod kept;
mod new;
mod panel;
mod panel_fields;
mod preview;
mod save;
mod see_as;
mod settings;
mod shown;
mod who_sees;

pub use bring::{document, duplicate, import, take_file};
pub use edit::{change, edit};
pub use history::{history, restore, version};
pub use new::{make, new};
pub use panel::{add, edit_panel, save_panel};
pub use see_as::see_as;
