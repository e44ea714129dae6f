//! The kinds of panels in a form.

use rolecall_model::Role;
use rolecall_model::spec::{PanelKind, PanelSpec};
use strum::{Display, EnumIter, EnumString, IntoEnumIterator as _};

/// A kind of panel in a form: tables of rows and of groups have different fields, and are two kinds here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum FormKind {
    Figure,
    /// A line for each series.
    Line,
    /// The same, filled.
    Area,
    Bar,
    /// A table with a row for each group.
    Groups,
    /// A table of unaggregated rows.
    Rows,
    Text,
    Note,
    /// Live figures about sign-ins.
    SignIns,
}

impl FormKind {
    /// The kind of `panel`.
    #[must_use]
    pub const fn of(panel: &PanelSpec) -> Self {
        match panel.kind {
            PanelKind::Figure => Self::Figure,
            PanelKind::Line => Self::Line,
            PanelKind::Area => Self::Area,
            PanelKind::Bar => Self::Bar,
            PanelKind::Table if panel.measures.is_empty() => Self::Rows,
            PanelKind::Table => Self::Groups,
            PanelKind::Text => Self::Text,
            PanelKind::Note => Self::Note,
            PanelKind::SignIns => Self::SignIns,
        }
    }

    /// Its kind in documents.
    #[must_use]
    pub const fn panel_kind(self) -> PanelKind {
        match self {
            Self::Figure => PanelKind::Figure,
            Self::Line => PanelKind::Line,
            Self::Area => PanelKind::Area,
            Self::Bar => PanelKind::Bar,
            Self::Groups | Self::Rows => PanelKind::Table,
            Self::Text => PanelKind::Text,
            Self::Note => PanelKind::Note,
            Self::SignIns => PanelKind::SignIns,
        }
    }

    /// The label for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Figure => "Key figures",
            Self::Line => "Line chart",
            Self::Area => "Area chart",
            Self::Bar => "Bar chart",
            Self::Groups => "Summary table (one row per group)",
            Self::Rows => "List of rows",
            Self::Text => "Text",
            Self::Note => "Note, edited on the dashboard",
            Self::SignIns => "Sign-ins to Rolecall",
        }
    }

    /// Whether it uses a data set.
    #[must_use]
    pub const fn has_data(self) -> bool {
        !matches!(self, Self::Text | Self::Note | Self::SignIns)
    }

    /// The kinds that a person with `role` may choose: those for administrators only need that role.
    pub fn open_to(role: Option<Role>) -> impl Iterator<Item = Self> {
        Self::iter().filter(move |kind| *kind != Self::SignIns || role >= Some(Role::Admin))
    }
}
