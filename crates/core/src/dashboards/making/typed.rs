//! The fields of a form, exactly as typed.

use std::collections::BTreeSet;

/// How many rows of one kind, such as measures, are read.
const MAX_ROWS: usize = 100;
/// The rows of forms, each with the field that a row must have.
pub(super) const ROWS: [(&str, &str); 5] = [
    ("measures", "compute"),
    ("filters", "column"),
    ("columns", "column"),
    ("order", "column"),
    ("dashboard_filters", "column"),
];

/// Fields with their values, in order. A field can occur more than once. Names are as in documents: `measures[0].of`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed(Vec<(String, String)>);

impl Typed {
    /// Parses the urlencoded `form`. Line ends become `\n`, and control characters that cannot be typed
    /// are removed.
    #[must_use]
    pub fn of_form(form: &[u8]) -> Self {
        url::form_urlencoded::parse(form).into_owned().collect()
    }

    /// The first value of `name`, trimmed; empty if there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.raw(name).unwrap_or_default().trim()
    }

    /// The first value of `name` as it was typed.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All values of `name`.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether there is such a field: a ticked box.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// Adds a field.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// The same with `value` in place of every value of `name`.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> Self {
        let mut typed = self.without(name);
        typed.push(name, value);
        typed
    }

    /// The same without any value of `name`.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self
    }

    /// Every field, in order.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// How many rows of `group` there are, such as `measures`.
    #[must_use]
    pub fn rows(&self, group: &str) -> usize {
        self.indexes(group).last().map_or(0, |last| last + 1)
    }

    /// The same without incomplete rows, so that rows are numbered from 0 without gaps.
    #[must_use]
    pub fn compact(self) -> Self {
        ROWS.into_iter().fold(self, |typed, (group, key)| typed.compact_group(group, key))
    }

    fn compact_group(self, group: &str, key: &str) -> Self {
        let kept: Vec<usize> = self
            .indexes(group)
            .into_iter()
            .filter(|at| !self.get(&format!("{group}[{at}].{key}")).is_empty())
            .collect();
        let place = |at: usize| kept.iter().position(|of| *of == at);
        let rename = |(name, value): (String, String)| match index_of(&name, group) {
            None => Some((name, value)),
            Some((at, rest)) => Some((format!("{group}[{}]{rest}", place(at)?), value)),
        };
        Self(self.0.into_iter().filter_map(rename).collect())
    }

    fn indexes(&self, group: &str) -> BTreeSet<usize> {
        self.0.iter().filter_map(|(name, _)| index_of(name, group)).map(|(at, _)| at).collect()
    }
}

impl FromIterator<(String, String)> for Typed {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(fields: T) -> Self {
        let typed = |value: String| {
            let value = value.replace("\r\n", "\n");
            value.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect()
        };
        Self(fields.into_iter().map(|(name, value)| (name, typed(value))).collect())
    }
}

/// The number of the row of `group` in `name`, and the rest.
fn index_of<'a>(name: &'a str, group: &str) -> Option<(usize, &'a str)> {
    let (at, rest) = name.strip_prefix(group)?.strip_prefix('[')?.split_once(']')?;
    Some((at.parse().ok().filter(|at| *at < MAX_ROWS)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn incomplete_rows_are_left_out_and_the_others_move_up() {
        let form =
            b"measures[0].compute=&measures[0].title=lost&measures[2].compute=sum&measures[2].of=a&title=x%0D%0Ay\
                     &measures[7].compute=count&measures[999999999].compute=sum&filters[0].value=3";
        let typed = Typed::of_form(form).compact();
        assert_eq!(typed.rows("measures"), 2);
        assert_eq!((typed.get("measures[0].of"), typed.get("measures[1].compute")), ("a", "count"));
        assert_eq!((typed.get("title"), typed.rows("filters"), typed.rows("order")), ("x\ny", 0, 0));
        assert_eq!(typed.get("measures[0].title"), "");
    }
}
