//! Values as text: the same on pages, in charts and in tables.

mod cell_kind;
mod length;
mod moment;
mod number;
mod value;

pub use cell_kind::CellKind;
pub use length::{NAME_CHARACTERS, TextLength};
pub(crate) use moment::local_time;
pub use moment::{moment, step_label};
pub(crate) use number::{MINUS, compact, scientific};
pub use number::{decimal, grouped, whole};
pub use value::ValueFormat;
