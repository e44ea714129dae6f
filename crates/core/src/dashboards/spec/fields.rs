//! Which fields belong to which kind of panel.

use rolecall_model::spec::{PanelKind, PanelSpec};

use crate::spec_files::FieldMistake;

/// Whether a kind of panel can have a field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// It is required.
    Needed,
    /// It is optional.
    Optional,
    /// It has no meaning there.
    Foreign,
}

/// A field that not all kinds have: its name, whether it is given, and which kinds can have it.
struct Field {
    name: &'static str,
    is_given: bool,
    belongs: fn(&PanelSpec) -> Use,
}

/// Mistakes about which fields are given.
pub(super) fn mistakes(panel: &PanelSpec) -> Vec<FieldMistake> {
    let kind = panel.kind;
    let article = if matches!(kind, PanelKind::Area) { "An" } else { "A" };
    fields(panel)
        .into_iter()
        .filter_map(|field| match ((field.belongs)(panel), field.is_given) {
            (Use::Needed, false) => {
                Some(FieldMistake::new(field.name, format!("{article} `{kind}` panel needs `{}`. Add it.", field.name)))
            }
            (Use::Foreign, true) => Some(FieldMistake::new(
                field.name,
                format!("{article} `{kind}` panel{} has no `{}`. Remove it.", shape(panel), field.name),
            )),
            _ => None,
        })
        .collect()
}

/// Whether `panel`, as it is so far, can have the field `name`. Fields that all kinds have are not handled here.
#[must_use]
pub fn is_offered(panel: &PanelSpec, name: &str) -> bool {
    fields(panel).iter().any(|field| field.name == name && (field.belongs)(panel) != Use::Foreign)
}

/// The reason beside the kind, as the end of a sentence.
fn shape(panel: &PanelSpec) -> &'static str {
    match panel.kind {
        PanelKind::Table if is_rows(panel) => " with `columns`",
        PanelKind::Table => " with `measures`",
        PanelKind::Figure if !panel.compare => " without `compare`",
        PanelKind::Area | PanelKind::Bar if panel.stacked => " that is `stacked`",
        _ => "",
    }
}

/// Whether a table shows unaggregated rows.
pub(super) fn is_rows(panel: &PanelSpec) -> bool {
    panel.kind == PanelKind::Table && panel.measures.is_empty()
}

fn fields(panel: &PanelSpec) -> [Field; 18] {
    use PanelKind::{Area, Bar, Figure, Line, Note, SignIns, Table, Text};

    let field = |name, is_given, belongs| Field { name, is_given, belongs };
    [
        field("dataset", panel.dataset.is_some(), |panel| match panel.kind {
            Text | Note | SignIns => Use::Foreign,
            Figure | Line | Area | Bar | Table => Use::Needed,
        }),
        field("measures", !panel.measures.is_empty(), |panel| match panel.kind {
            Figure | Line | Area | Bar => Use::Needed,
            Table => Use::Optional,
            Text | Note | SignIns => Use::Foreign,
        }),
        field("by", panel.by.is_some(), |panel| match panel.kind {
            Line | Area | Bar => Use::Needed,
            Figure if panel.compare => Use::Needed,
            Table if !is_rows(panel) => Use::Needed,
            _ => Use::Foreign,
        }),
        field("split", panel.split.is_some(), |panel| match panel.kind {
            Line | Area | Bar => Use::Optional,
            Table if !is_rows(panel) => Use::Optional,
            _ => Use::Foreign,
        }),
        field("filters", !panel.filters.is_empty(), |panel| has_data(panel.kind)),
        field("sort", panel.sort.is_some(), groups),
        field("limit", panel.limit.is_some(), groups),
        field("columns", !panel.columns.is_empty(), |panel| match panel.kind {
            Table if is_rows(panel) => Use::Needed,
            _ => Use::Foreign,
        }),
        field("order", !panel.order.is_empty(), |panel| if is_rows(panel) { Use::Optional } else { Use::Foreign }),
        field("rows_per_page", panel.rows_per_page.is_some(), |panel| match panel.kind {
            Table => Use::Optional,
            _ => Use::Foreign,
        }),
        field("totals", panel.totals, |panel| match panel.kind {
            Table if !is_rows(panel) => Use::Optional,
            _ => Use::Foreign,
        }),
        field("stacked", panel.stacked, |panel| match panel.kind {
            Area | Bar => Use::Optional,
            _ => Use::Foreign,
        }),
        field("horizontal", panel.horizontal, |panel| match panel.kind {
            Bar => Use::Optional,
            _ => Use::Foreign,
        }),
        field("missing", panel.missing.is_some(), |panel| match panel.kind {
            Line | Area => Use::Optional,
            _ => Use::Foreign,
        }),
        field("scale", panel.scale.is_some(), |panel| match panel.kind {
            Line => Use::Optional,
            // Stacked values do not work on a logarithmic scale.
            Area | Bar if !panel.stacked => Use::Optional,
            _ => Use::Foreign,
        }),
        field("compare", panel.compare, |panel| match panel.kind {
            Figure => Use::Optional,
            _ => Use::Foreign,
        }),
        field("text", panel.text.is_some(), |panel| match panel.kind {
            Text => Use::Needed,
            _ => Use::Foreign,
        }),
        field("unit", panel.unit.is_some(), |panel| has_data(panel.kind)),
    ]
}

fn has_data(kind: PanelKind) -> Use {
    match kind {
        PanelKind::Text | PanelKind::Note | PanelKind::SignIns => Use::Foreign,
        _ => Use::Optional,
    }
}

/// For the fields that sort and limit groups.
fn groups(panel: &PanelSpec) -> Use {
    match panel.kind {
        PanelKind::Line | PanelKind::Area | PanelKind::Bar => Use::Optional,
        PanelKind::Table if !is_rows(panel) => Use::Optional,
        _ => Use::Foreign,
    }
}
