//! Reads a document although some of its fields are wrong, so that all mistakes are told at once.
//!
//! What stops serde is left out, or replaced if it is required, until serde succeeds. The fields that this touches are
//! noted: what depends on them is not certain, and must not be told.

use std::fmt;
use std::ops::Range;

use rolecall_data::query::nearest;
use serde::de::DeserializeOwned;
use toml_edit::de::Error;
use toml_edit::{DocumentMut, Item, Key, Table, Value};

/// How often serde is asked. It tells one mistake each time.
const MAX_ATTEMPTS: usize = 30;
/// The longest name that may be a misspelt one, in bytes. Longer ones would take long to compare.
const MAX_MISSPELT: usize = 64;

/// The paths of fields whose values are not known, for example `panels[2].by`.
#[derive(Clone, Debug, Default)]
pub struct DoubtfulFields(Vec<String>);

impl DoubtfulFields {
    /// Adds the field `at`.
    pub fn add(&mut self, at: impl Into<String>) {
        self.0.push(at.into());
    }

    /// Whether nothing is known of `field`.
    #[must_use]
    pub fn cover(&self, field: &str) -> bool {
        self.0.iter().any(|at| is_within(field, at))
    }

    /// Whether something is not known of `field`.
    #[must_use]
    pub fn touch(&self, field: &str) -> bool {
        self.cover(field) || self.0.iter().any(|at| is_within(at, field))
    }
}

/// Whether `field` is `outer`, or a part of it.
fn is_within(field: &str, outer: &str) -> bool {
    field.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// What was read of a document.
pub(super) struct Shape<T> {
    /// Left-out fields are missing in it, and others have stand-ins. `None` if too much is wrong.
    pub(super) spec: Option<T>,
    pub(super) doubtful: DoubtfulFields,
    /// Where each mistake begins in the text, and what is wrong, in the order of the text.
    pub(super) mistakes: Vec<(Option<usize>, String)>,
}

/// Reads `document`. `stand_ins` is TOML with a right value for every required field: of the document itself, and of
/// the elements of its lists, there as one table each.
pub(super) fn read<T: DeserializeOwned>(document: &Table, stand_ins: &str) -> Shape<T> {
    let mut mender = Mender {
        document: DocumentMut::from(document.clone()),
        stand_ins: stand_ins.parse().unwrap_or_default(),
        ..Mender::default()
    };
    let mut spec = None;
    for _ in 0..MAX_ATTEMPTS {
        match toml_edit::de::from_document(mender.document.clone()) {
            Ok(read) => {
                spec = Some(read);
                break;
            }
            Err(error) if mender.mend(&error) => {}
            Err(_) => break,
        }
    }
    let Mender { doubtful, mut mistakes, .. } = mender;
    mistakes.sort_by_key(|(offset, _)| *offset);
    Shape { spec, doubtful, mistakes }
}

/// A step into a document.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Field(String),
    Index(usize),
}

/// The steps to an item of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Path(Vec<Step>);

impl Path {
    /// The path of the field `name` in the table at this path.
    fn field(&self, name: &str) -> Self {
        Self(self.0.iter().cloned().chain([Step::Field(name.to_owned())]).collect())
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.0.iter().enumerate() {
            match step {
                Step::Field(name) if place == 0 => f.write_str(name)?,
                Step::Field(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// What an error of serde is about.
#[derive(Default)]
struct Place {
    path: Path,
    /// Whether the error is at the key, not at the value.
    is_key: bool,
}

/// A document on its way to one that serde can read.
#[derive(Default)]
struct Mender {
    document: DocumentMut,
    stand_ins: DocumentMut,
    doubtful: DoubtfulFields,
    mistakes: Vec<(Option<usize>, String)>,
    /// The fields that were left out, each with the span by which errors of serde name its table.
    left_out: Vec<(Option<Range<usize>>, String)>,
    /// Where in the text left-out parts begin.
    gaps: Vec<usize>,
}

impl Mender {
    /// Notes the mistake that stopped serde, unless it follows from one before, and mends it. Returns whether it could.
    fn mend(&mut self, error: &Error) -> bool {
        let what = error.message();
        let span = error.span().unwrap_or_default();
        let Some(place) = find(self.document.as_item(), &span) else {
            // If something was left out, this may follow from it.
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
            None => self.leave_out_wrong(&place.path, &span, what),
        }
    }

    /// The table and the name of the unknown field that `what` tells of. Errors of tagged enums are at their table.
    fn unknown_field(&self, place: &Place, what: &str) -> Option<(Path, String)> {
        let name = what.strip_prefix("unknown field `")?.split('`').next()?;
        if let (true, Some((Step::Field(last), table))) = (place.is_key, place.path.0.split_last())
            && last == name
        {
            return Some((Path(table.to_vec()), name.to_owned()));
        }
        let table = item_at(self.document.as_item(), &place.path.0)?.as_table_like()?;
        table.contains_key(name).then(|| (place.path.clone(), name.to_owned()))
    }

    /// An unknown field changes nothing, unless it is a misspelt one: then the value of that one is not known.
    fn leave_out_unknown(&mut self, table: &Path, name: &str, what: &str) -> bool {
        let path = table.field(name);
        let offset = key_span(self.document.as_item(), &path.0).map(|span| span.start);
        self.mistakes.push((offset, what.to_owned()));
        let known = what.rsplit_once(", expected ").map_or("", |(_, known)| known).split('`').skip(1).step_by(2);
        let given = item_at(self.document.as_item(), &table.0).and_then(Item::as_table_like);
        let absent = known.filter(|known| given.is_none_or(|given| !given.contains_key(known)));
        if name.len() <= MAX_MISSPELT
            && let Some(meant) = nearest(name, absent)
        {
            self.left_out.push((self.error_span(&table.0), meant.to_owned()));
            self.doubtful.add(table.field(meant).to_string());
        }
        self.leave_out(&path.0)
    }

    /// Puts a stand-in into the table at `path`, which misses the field `name`; without one, the table is left out.
    fn replace_missing(&mut self, path: &Path, span: &Range<usize>, name: &str, what: &str) -> bool {
        if !self.left_out.contains(&(Some(span.clone()), name.to_owned())) {
            self.mistakes.push((Some(span.start), what.to_owned()));
        }
        let stand_in = match path.0.as_slice() {
            [] => self.stand_ins.get(name),
            [Step::Field(list), Step::Index(_)] => self.stand_ins.get(list).and_then(|fields| fields.get(name)),
            _ => None,
        };
        let Some(stand_in) = stand_in.cloned() else {
            self.doubt(path);
            return self.leave_out(&path.0);
        };
        self.doubtful.add(path.field(name).to_string());
        let table = item_at_mut(self.document.as_item_mut(), &path.0).and_then(Item::as_table_like_mut);
        table.is_some_and(|table| table.insert(name, stand_in).is_none())
    }

    /// Leaves out the item at `path`, which is wrong.
    fn leave_out_wrong(&mut self, path: &Path, span: &Range<usize>, what: &str) -> bool {
        if !self.gaps.iter().any(|gap| span.contains(gap)) {
            self.mistakes.push((Some(span.start), what.to_owned()));
        }
        self.doubt(path);
        self.leave_out(&path.0)
    }

    /// Notes that the item at `path` is not known.
    fn doubt(&mut self, path: &Path) {
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

fn item_at<'i>(root: &'i Item, path: &[Step]) -> Option<&'i Item> {
    path.iter().try_fold(root, |item, step| match step {
        Step::Field(name) => item.get(name.as_str()),
        Step::Index(index) => item.get(*index),
    })
}

fn item_at_mut<'i>(root: &'i mut Item, path: &[Step]) -> Option<&'i mut Item> {
    path.iter().try_fold(root, |item, step| match step {
        Step::Field(name) => item.as_table_like_mut()?.get_mut(name),
        Step::Index(index) => item.get_mut(*index),
    })
}

/// The span of the key of the field at `path`.
fn key_span(root: &Item, path: &[Step]) -> Option<Range<usize>> {
    let (Step::Field(name), table) = path.split_last()? else { return None };
    item_at(root, table)?.as_table_like()?.key(name)?.span()
}
