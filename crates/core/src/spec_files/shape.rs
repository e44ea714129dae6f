//! Reads a document although some of its fields are wrong, so that all mistakes are told at once.
//!
//! The field that stops serde is left out, or replaced if it is required, until serde succeeds. These fields are noted,
//! because what depends on them is not certain and must not be told.

use std::collections::BTreeSet;
use std::ops::{Bound, Range};

use rolecall_data::query::nearest;
use serde::de::DeserializeOwned;
use toml_edit::de::Error;
use toml_edit::{DocumentMut, Item, Key, Table, Value};

use super::document_path::{DocumentPath, Step, item_at, item_at_mut, key_span};

/// The longest name that may be a misspelt one, in bytes. Longer ones would take long to compare.
const MAX_MISSPELT: usize = 64;

/// The paths of some fields of a document, for example `panels[2].by`.
#[derive(Clone, Debug, Default)]
pub struct FieldPaths(BTreeSet<String>);

impl FieldPaths {
    /// Adds the field `at`.
    pub fn add(&mut self, at: impl Into<String>) {
        self.0.insert(at.into());
    }

    /// Whether `field`, or something that it is a part of, is among them.
    #[must_use]
    pub fn contains(&self, field: &str) -> bool {
        let mut outer = field.match_indices(['.', '[']).filter_map(|(end, _)| field.get(..end));
        self.0.contains(field) || outer.any(|outer| self.0.contains(outer))
    }

    /// Whether `field`, or something that it is a part of, is among them within `outer`.
    #[must_use]
    pub fn contains_within(&self, outer: &str, field: &str) -> bool {
        self.0.iter().any(|at| at.len() > outer.len() && is_within(field, at))
    }

    /// Whether `field`, a part of it, or something that it is a part of, is among them.
    #[must_use]
    pub fn overlaps(&self, field: &str) -> bool {
        let mut alike =
            self.0.range::<str, _>((Bound::Included(field), Bound::Unbounded)).take_while(|at| at.starts_with(field));
        self.contains(field) || alike.any(|at| is_within(at, field))
    }
}

/// Whether `field` is `outer`, or a part of it.
fn is_within(field: &str, outer: &str) -> bool {
    field.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// What was read of a document.
pub(super) struct Shape<T> {
    /// As [`Reading::spec`](super::Reading::spec); `None` if too much is wrong.
    pub(super) spec: Option<T>,
    pub(super) doubtful: FieldPaths,
    pub(super) with_unknown: FieldPaths,
    /// Where each mistake begins in the text, and what is wrong, in the order of the text.
    pub(super) mistakes: Vec<(Option<usize>, String)>,
    /// Whether there are more mistakes than attempts.
    pub(super) is_cut_short: bool,
}

/// Reads `document` with the [`stand_ins`](super::SpecFile::read), and goes on after at most `most` errors of serde.
pub(super) fn read<T: DeserializeOwned>(document: &Table, stand_ins: &str, most: usize) -> Shape<T> {
    let mut repair = DocumentRepair {
        document: DocumentMut::from(document.clone()),
        stand_ins: stand_ins.parse().unwrap_or_default(),
        ..DocumentRepair::default()
    };
    let (mut errors, mut is_cut_short) = (0, false);
    let spec = loop {
        match toml_edit::de::from_document(repair.document.clone()) {
            Ok(spec) => break Some(spec),
            Err(_) if errors == most => {
                is_cut_short = true;
                break None;
            }
            Err(error) if repair.go_on_after(&error) => errors += 1,
            Err(_) => break None,
        }
    };
    let DocumentRepair { doubtful, with_unknown, mut mistakes, .. } = repair;
    mistakes.sort_by_key(|(offset, _)| *offset);
    Shape { spec, doubtful, with_unknown, mistakes, is_cut_short }
}

/// What an error of serde is about.
#[derive(Default)]
struct Place {
    path: DocumentPath,
    /// Whether the error is at the key, not at the value.
    is_key: bool,
}

/// A document that is changed until serde can read it.
#[derive(Default)]
struct DocumentRepair {
    document: DocumentMut,
    stand_ins: DocumentMut,
    doubtful: FieldPaths,
    with_unknown: FieldPaths,
    mistakes: Vec<(Option<usize>, String)>,
    /// The fields that were left out, each with the span by which errors of serde name its table.
    left_out: Vec<(Option<Range<usize>>, String)>,
    /// Where in the text left-out parts begin.
    gaps: Vec<usize>,
}

impl DocumentRepair {
    /// Notes the mistake that stopped serde, unless it follows from one before, and changes the document so that serde
    /// no longer stops there. Returns whether it could.
    fn go_on_after(&mut self, error: &Error) -> bool {
        let what = error.message();
        let span = error.span().unwrap_or_default();
        let Some(place) = find(self.document.as_item(), &span) else {
            // If a field was left out, this may follow from it.
            if self.doubtful.0.is_empty() {
                self.mistakes.push((error.span().map(|span| span.start), what.to_owned()));
            }
            return false;
        };
        if let Some((table, name)) = self.unknown_field(&place, what) {
            return self.leave_out_unknown(&table, &name, what);
        }
        match what.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
            Some(name) => self.replace_missing(&place.path, &span, name, what),
            None => self.leave_out_unreadable(&place.path, &span, what),
        }
    }

    /// The table and the name of the unknown field that `what` tells of. Errors of tagged enums are at their table.
    fn unknown_field(&self, place: &Place, what: &str) -> Option<(DocumentPath, String)> {
        let name = what.strip_prefix("unknown field `")?.split('`').next()?;
        if let (true, Some((Step::Field(last), table))) = (place.is_key, place.path.0.split_last())
            && last == name
        {
            return Some((DocumentPath(table.to_vec()), name.to_owned()));
        }
        let table = item_at(self.document.as_item(), &place.path.0)?.as_table_like()?;
        table.contains_key(name).then(|| (place.path.clone(), name.to_owned()))
    }

    /// Leaves out the unknown field `name` of `table`. If it is a known one misspelt, that one's value is not known.
    fn leave_out_unknown(&mut self, table: &DocumentPath, name: &str, what: &str) -> bool {
        let path = table.field(name);
        let offset = key_span(self.document.as_item(), &path.0).map(|span| span.start);
        self.mistakes.push((offset, what.to_owned()));
        self.with_unknown.add(table.to_string());
        let (absent, list) = self.meant_by(table, name, what);
        if let Some(list) = list {
            self.doubtful.add(format!("{}[]", table.field(list)));
        }
        if let Some(absent) = absent {
            self.left_out.push((self.error_span(&table.0), absent.to_owned()));
            self.doubtful.add(table.field(absent).to_string());
            self.put_stand_in(table, absent);
        }
        self.leave_out(&path.0)
    }

    /// What the unknown field `name` of `table` may be meant as, by the known names that `what` lists: a field that is
    /// absent, and a list that is there, whose elements have headers of their own.
    fn meant_by<'w>(&self, table: &DocumentPath, name: &str, what: &'w str) -> (Option<&'w str>, Option<&'w str>) {
        if name.len() > MAX_MISSPELT {
            return (None, None);
        }
        let given = item_at(self.document.as_item(), &table.0).and_then(Item::as_table_like);
        let field = |name: &str| given.and_then(|given| given.get(name));
        let known = || what.rsplit_once(", expected ").map_or("", |(_, known)| known).split('`').skip(1).step_by(2);
        let is_list = |name: &str| field(name).is_some_and(Item::is_array_of_tables);
        let absent = nearest(name, known().filter(|known| field(known).is_none()));
        let list = nearest(name, known()).filter(|near| is_list(name) && is_list(near));
        (absent, list)
    }

    /// Notes that the table at `path` misses the field `name`, and puts a stand-in there; without one, the table is
    /// left out.
    fn replace_missing(&mut self, path: &DocumentPath, span: &Range<usize>, name: &str, what: &str) -> bool {
        if !self.left_out.contains(&(Some(span.clone()), name.to_owned())) {
            self.mistakes.push((Some(span.start), what.to_owned()));
        }
        if self.put_stand_in(path, name) {
            self.doubtful.add(path.field(name).to_string());
            return true;
        }
        self.doubt(path);
        self.leave_out(&path.0)
    }

    /// Puts the stand-in for the absent field `name` into `table`. Returns whether there is one: only required fields
    /// have stand-ins.
    fn put_stand_in(&mut self, table: &DocumentPath, name: &str) -> bool {
        let stand_ins = match table.0.as_slice() {
            [] => Some(self.stand_ins.as_item()),
            [Step::Field(list), Step::Index(_)] => self.stand_ins.get(list).and_then(|elements| elements.get(0)),
            _ => None,
        };
        // A list there only holds the stand-ins for its elements.
        let stand_in = stand_ins.and_then(|fields| fields.get(name)).filter(|field| !field.is_array_of_tables());
        let Some(stand_in) = stand_in.cloned() else { return false };
        let table = item_at_mut(self.document.as_item_mut(), &table.0).and_then(Item::as_table_like_mut);
        table.is_some_and(|table| table.insert(name, stand_in).is_none())
    }

    /// Notes that the item at `path` cannot be read, and leaves it out.
    fn leave_out_unreadable(&mut self, path: &DocumentPath, span: &Range<usize>, what: &str) -> bool {
        if !self.gaps.iter().any(|gap| span.contains(gap)) {
            self.mistakes.push((Some(span.start), what.to_owned()));
        }
        self.doubt(path);
        if !self.leave_out(&path.0) {
            return false;
        }
        if let Some((Step::Field(name), table)) = path.0.split_last() {
            self.put_stand_in(&DocumentPath(table.to_vec()), name);
        }
        true
    }

    /// Notes that the item at `path` is not known.
    fn doubt(&mut self, path: &DocumentPath) {
        match path.0.as_slice() {
            // Without it, the numbers of the other elements are not what they were.
            [Step::Field(list), Step::Index(_)] => self.doubtful.add(list),
            _ => self.doubtful.add(path.to_string()),
        }
    }

    /// Removes the item at `path`. Returns whether it was there; the document itself cannot be removed.
    fn leave_out(&mut self, path: &[Step]) -> bool {
        let Some((last, parent)) = path.split_last() else { return false };
        let span = key_span(self.document.as_item(), path).or_else(|| self.error_span(path));
        self.gaps.extend(span.map(|span| span.start));
        if let Step::Field(name) = last {
            self.left_out.push((self.error_span(parent), name.clone()));
        }
        let Some(parent) = item_at_mut(self.document.as_item_mut(), parent) else { return false };
        match (last, parent) {
            (Step::Field(name), table) => table.as_table_like_mut().is_some_and(|table| table.remove(name).is_some()),
            (Step::Index(index), Item::ArrayOfTables(tables)) if *index < tables.len() => {
                tables.remove(*index);
                true
            }
            (Step::Index(index), Item::Value(Value::Array(values))) if *index < values.len() => {
                values.remove(*index);
                true
            }
            _ => false,
        }
    }

    /// The span that errors of serde have which are about the item at `path` as a whole.
    fn error_span(&self, path: &[Step]) -> Option<Range<usize>> {
        let root = self.document.as_item();
        // The table of dotted keys has no span.
        item_at(root, path)?.span().or_else(|| key_span(root, path))
    }
}

/// The innermost item at `span`, or its key.
fn find(item: &Item, span: &Range<usize>) -> Option<Place> {
    find_inside(item, span).or_else(|| (item.span().as_ref() == Some(span)).then(Place::default))
}

/// As [`find`], without `item` itself.
fn find_inside(item: &Item, span: &Range<usize>) -> Option<Place> {
    let after = |step: Step, mut place: Place| {
        place.path.0.insert(0, step);
        place
    };
    if let Some(table) = item.as_table_like() {
        return table.iter().find_map(|(name, inner)| {
            let is_key = table.key(name).and_then(Key::span).as_ref() == Some(span);
            let at_key = is_key.then(|| Place { is_key, ..Place::default() });
            find(inner, span).or(at_key).map(|place| after(Step::Field(name.to_owned()), place))
        });
    }
    let mut elements = (0_usize..).map_while(|index| Some((index, item.get(index)?)));
    elements.find_map(|(index, inner)| find(inner, span).map(|place| after(Step::Index(index), place)))
}
