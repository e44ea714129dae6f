//! The filters in force.

use leptos::prelude::*;
use rolecall_core::dashboards::{Chosen, FilterOptions, JudgedFilter, MOST_TOLD};
use rolecall_panels::format::NAME_CHARACTERS;
use rolecall_panels::{shortened, with_whole_dates};

use super::choices::{Addresses, comparison_name};

/// The number of values that a filter's button names.
const MOST_NAMED: usize = 2;

/// The filters in force, each as a link that removes it.
pub(super) fn in_force(addresses: &Addresses<'_>, all: &[(&JudgedFilter<'_>, FilterOptions)]) -> AnyView {
    let mut chips: Vec<(String, String)> =
        all.iter().flat_map(|(filter, options)| chips(addresses, filter, options)).collect();
    chips.extend(all.iter().filter_map(|(filter, _)| comparison(addresses, filter)));
    if chips.is_empty() {
        return ().into_any();
    }
    let clear = addresses.to(addresses.filters.fields_of_nothing());
    let chips = chips.into_iter().map(|(text, to)| {
        let label = format!("Remove the filter {text}");
        view! {
            <li>
                <a class="chip" href=to aria-label=label>
                    <bdi inner_html=with_whole_dates(&text)></bdi>
                    <span aria-hidden="true">" ×"</span>
                </a>
            </li>
        }
    });
    view! {
        <ul class="chips" aria-label="Filters in force">
            {chips.collect_view()}
            <li>
                <a href=clear>"Clear all"</a>
            </li>
        </ul>
    }
    .into_any()
}

fn chips(addresses: &Addresses<'_>, filter: &JudgedFilter<'_>, options: &FilterOptions) -> Vec<(String, String)> {
    let (id, title) = (&filter.spec.id, filter.spec.title());
    let nothing = || addresses.to(addresses.filters.fields_with(id, &filter.nothing(), filter.compared_with()));
    match &filter.chosen {
        chosen if !chosen.is_in_force() => Vec::new(),
        Chosen::Values(values) if values.len() <= MOST_TOLD => {
            let chip = |value: &String| {
                let others = values.iter().filter(|other| *other != value).cloned().collect();
                let without = addresses.filters.fields_with(id, &Chosen::Values(others), None);
                (format!("{title}: {}", label_of(value, options)), addresses.to(without))
            };
            values.iter().map(chip).collect()
        }
        Chosen::Days(..) | Chosen::Values(_) => vec![(filter.words(), nothing())],
    }
}

/// The chosen comparison of the days of `filter`, and the address without it.
fn comparison(addresses: &Addresses<'_>, filter: &JudgedFilter<'_>) -> Option<(String, String)> {
    let name = comparison_name(filter.compared_with()?);
    let without = addresses.filters.fields_with(&filter.spec.id, &filter.chosen, None);
    Some((format!("{}, compared with: {name}", filter.spec.title()), addresses.to(without)))
}

/// The choice in force, in a few words.
pub(super) fn in_words(filter: &JudgedFilter<'_>, options: &FilterOptions) -> String {
    match &filter.chosen {
        Chosen::Days(_, days) => days.words(),
        Chosen::Values(values) => match values.as_slice() {
            [] => "all".to_owned(),
            values => named(values, options),
        },
    }
}

/// The first of `values` by label, and the number of others: `Norway, Sweden +2`.
fn named(values: &[String], options: &FilterOptions) -> String {
    let names: Vec<String> = values.iter().take(MOST_NAMED).map(|value| label_of(value, options)).collect();
    let others = values.len() - names.len();
    let others = if others > 0 { format!(" +{others}") } else { String::new() };
    format!("{}{others}", names.join(", "))
}

/// The label of `value`.
fn label_of(value: &str, options: &FilterOptions) -> String {
    let known = options.values.iter().find(|option| option.value == value);
    known.map_or_else(|| shortened(value, NAME_CHARACTERS).into_owned(), |option| option.label.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_names_two_values_and_counts_the_others() {
        let named = |values: &[&str]| {
            let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
            named(&values, &FilterOptions::default())
        };
        assert_eq!(named(&["Norway"]), "Norway");
        assert_eq!(named(&["Norway", "Sweden"]), "Norway, Sweden");
        assert_eq!(named(&["Norway", "Sweden", "Finland", "Iceland"]), "Norway, Sweden +2");
    }
}
