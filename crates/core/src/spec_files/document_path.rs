//! Paths in a document, such as `panels[2].by.step`, and the items that they lead to.

use std::fmt;
use std::ops::Range;

use toml_edit::Item;

/// A step into a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// To the field of this name.
    Field(String),
    /// To the element at this index, from 0.
    Index(usize),
}

/// The steps to an item of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DocumentPath(pub(super) Vec<Step>);

impl DocumentPath {
    /// The path that `text` writes, such as `panels[2].by.step`.
    pub(super) fn of(text: &str) -> Self {
        let step = |step: &str| step.parse::<usize>().map_or_else(|_| Step::Field(step.to_owned()), Step::Index);
        Self(text.split(['.', '[', ']']).filter(|step| !step.is_empty()).map(step).collect())
    }

    /// The path of the field `name` in the table at this path.
    pub(super) fn field(&self, name: &str) -> Self {
        Self(self.0.iter().cloned().chain([Step::Field(name.to_owned())]).collect())
    }

    /// Where the item at this path begins in the text, or the closest enclosing one that is in `root`.
    pub(super) fn start_in(&self, root: &Item) -> Option<usize> {
        let start = |path: &[Step]| {
            let item = item_at(root, path)?;
            key_span(root, path).or_else(|| item.span()).map(|span| span.start)
        };
        (1..=self.0.len()).rev().find_map(|count| start(self.0.get(..count)?))
    }
}

impl fmt::Display for DocumentPath {
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

/// The item at `path`.
pub(super) fn item_at<'i>(root: &'i Item, path: &[Step]) -> Option<&'i Item> {
    path.iter().try_fold(root, |item, step| match step {
        Step::Field(name) => item.get(name.as_str()),
        Step::Index(index) => item.get(*index),
    })
}

/// The item at `path`, to change it.
pub(super) fn item_at_mut<'i>(root: &'i mut Item, path: &[Step]) -> Option<&'i mut Item> {
    path.iter().try_fold(root, |item, step| match step {
        Step::Field(name) => item.as_table_like_mut()?.get_mut(name),
        Step::Index(index) => item.get_mut(*index),
    })
}

/// The span of the key of the field at `path`.
pub(super) fn key_span(root: &Item, path: &[Step]) -> Option<Range<usize>> {
    let (Step::Field(name), table) = path.split_last()? else { return None };
    item_at(root, table)?.as_table_like()?.key(name)?.span()
}
