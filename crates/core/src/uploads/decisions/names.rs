//! Names of columns, by which a data set tells them apart.

use std::collections::HashMap;

use rolecall_data::import::folded;

/// Of the columns that are `taken`, each with its field and its name: those whose name another one has, too. Case and space make no
/// difference.
#[must_use]
pub fn doubled(taken: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut columns: HashMap<String, usize> = HashMap::new();
    for (_, name) in &taken {
        *columns.entry(folded(name)).or_default() += 1;
    }
    let is_doubled = |name: &str| columns.get(&folded(name)).is_some_and(|columns| *columns > 1);
    taken.into_iter().filter(|(_, name)| !name.trim().is_empty() && is_doubled(name)).collect()
}

/// What is said beside the field of each column that is called `name` where there are several.
#[must_use]
pub fn another_is_called(name: &str) -> String {
    format!("Another column is called “{}”, too. Give one of them another name.", name.trim())
}
