//! The filters of a dashboard, over its panels: a form that works without a script, and what is in force as links that take it back.

use std::sync::Arc;

use leptos::prelude::*;
use rolecall_model::AppError;
use rolecall_model::spec::{DatePreset, FilterKind, LastDay};
use strum::IntoEnumIterator as _;
use url::form_urlencoded;

use super::rendered::{Made, rendered};
use crate::caller;
use crate::dashboards::{
    AskedRange, Chosen, Dashboard, DayRange, FilterOption, FilterOptions, Filters, JudgedFilter, TableFields,
};

/// Up to how many values of a filter each stand for themselves among what is in force.
const MOST_CHIPS: usize = 8;

/// The filters of `dashboard` for a page of it at `path`, as HTML; nothing where there are none and none were asked for. Forms and
/// links keep the orders of its `tables`, which begin at their first pages again. What only changes with the data is made once.
///
/// # Errors
/// When the values cannot be read.
pub(super) async fn filter_bar(
    path: &str,
    dashboard: &Dashboard,
    filters: &Filters<'_>,
    tables: &TableFields,
) -> Result<Arc<str>, AppError> {
    if filters.is_empty() {
        return Ok("".into());
    }
    let orders: Vec<(String, String)> = tables.orders().map(|(name, sort)| (name, sort.to_owned())).collect();
    // What somebody mistyped is for this one answer.
    let key = filters.mistakes().next().is_none().then(|| dashboard.key()).flatten().map(|key| {
        let of_each: Vec<String> = filters.all().iter().map(JudgedFilter::key).collect();
        format!("filters/{key}{path}/{orders:?}/{}", of_each.join(";"))
    });
    let make = async || {
        let mut all = Vec::with_capacity(filters.all().len());
        for filter in filters.all() {
            let options = match filter.spec.kind {
                FilterKind::Values => caller::dashboards()?.filter_options(dashboard, filter).await,
                FilterKind::DateRange => Ok(FilterOptions::default()),
            };
            all.push((filter, options.map_err(|error| caller::internal(&error))?));
        }
        let is_passing = all.iter().any(|(_, options)| options.is_unavailable || !options.absent.is_empty());
        let bar = Bar { path, filters, orders: &orders };
        let html = bar.html(&all);
        Ok(if is_passing { Made::Passing(html) } else { Made::Lasting(html) })
    };
    rendered(key, make).await
}

struct Bar<'a> {
    path: &'a str,
    filters: &'a Filters<'a>,
    /// The fields of the orders of tables.
    orders: &'a [(String, String)],
}

impl Bar<'_> {
    fn html(&self, all: &[(&JudgedFilter<'_>, FilterOptions)]) -> String {
        let orders = self.orders.iter().map(|(name, sort)| {
            view! { <input type="hidden" name=name.clone() value=sort.clone()/> }
        });
        let fields = all.iter().map(|(filter, options)| self.field(filter, options)).collect_view();
        let strays = self.filters.strays().map(|sentence| {
            view! {
                <p class="bad" dir="auto">
                    {sentence.to_owned()}
                </p>
            }
        });
        view! {
            <section class="filters" aria-label="Filters">
                <form class="filter-bar" action=self.path.to_owned() data-filters="">
                    {orders.collect_view()}
                    {fields}
                </form>
                {strays.collect_view()}
                {self.in_force(all)}
            </section>
        }
        .to_html()
    }

    /// The address of the page with these `fields` of filters.
    fn to(&self, fields: String) -> String {
        let mut query = form_urlencoded::Serializer::new(fields);
        query.extend_pairs(self.orders);
        let query = query.finish();
        if query.is_empty() { self.path.to_owned() } else { format!("{}?{query}", self.path) }
    }

    /// One filter: what is in force, and below that what can be chosen.
    fn field(&self, filter: &JudgedFilter<'_>, options: &FilterOptions) -> AnyView {
        let id = format!("filter-{}", filter.spec.id);
        let title = filter.spec.title().to_owned();
        let choices = match &filter.chosen {
            Chosen::Days(asked, days) => self.days(filter, *asked, *days),
            Chosen::Values(_) => values(filter, options),
        };
        let absent = (!options.absent.is_empty()).then(|| {
            let absent = options.absent.iter().map(|value| format!("“{value}”")).collect::<Vec<_>>().join(", ");
            format!("{title}: no row that you can see has {absent}.")
        });
        let sentences: Vec<String> = filter.mistakes.iter().cloned().chain(absent).collect();
        let mistake = (!sentences.is_empty()).then(|| {
            view! {
                <p class="bad" dir="auto">
                    {sentences.join(" ")}
                </p>
            }
        });
        view! {
            <div class="filter">
                <details id=id name="filters" open=filter.search.is_some()>
                    <summary class="button">
                        <bdi>{title}</bdi>
                        ": "
                        <bdi>{in_words(filter, options)}</bdi>
                    </summary>
                    <div class="filter-choices">{choices} <button class="button button-primary" type="submit">"Apply"</button></div>
                </details>
                {mistake}
            </div>
        }
        .into_any()
    }

    /// The ranges that have a name as links, and two fields for any other.
    fn days(&self, filter: &JudgedFilter<'_>, asked: AskedRange, days: DayRange) -> AnyView {
        let id = filter.spec.id.clone();
        let presets = DatePreset::iter().map(|preset| {
            let is_current = matches!(asked, AskedRange::Usual(of) | AskedRange::Preset(of) if of == preset);
            let chosen = Chosen::Days(AskedRange::Preset(preset), days);
            let to = self.to(self.filters.fields_with(&id, &chosen));
            view! {
                <li>
                    <a href=to aria-current=is_current.then_some("true")>
                        {preset_name(preset, filter.spec.last_day)}
                    </a>
                </li>
            }
        });
        let kept = match asked {
            AskedRange::Preset(preset) => {
                Some(view! { <input type="hidden" name=id.clone() value=preset.to_string()/> })
            }
            AskedRange::Usual(_) | AskedRange::Days => None,
        };
        let field = |part: &str, label: &'static str, day: Option<chrono::NaiveDate>| {
            let name = format!("{id}.{part}");
            let field_id = format!("filter-{id}-{part}");
            let day = day.filter(|_| asked == AskedRange::Days).map(|day| day.to_string());
            view! {
                <div>
                    <label for=field_id.clone()>{label}</label>
                    <input id=field_id name=name type="date" value=day/>
                </div>
            }
        };
        view! {
            <ul class="filter-presets">{presets.collect_view()}</ul>
            {kept}
            <div class="fields-row">{field("from", "From day", days.from)} {field("to", "To day", days.to)}</div>
        }
        .into_any()
    }

    /// What is in force, each as a link that takes it back.
    fn in_force(&self, all: &[(&JudgedFilter<'_>, FilterOptions)]) -> AnyView {
        let chips: Vec<(String, String)> =
            all.iter().flat_map(|(filter, options)| self.chips(filter, options)).collect();
        if chips.is_empty() {
            return ().into_any();
        }
        let clear = self.to(self.filters.fields_of_nothing());
        let chips = chips.into_iter().map(|(text, to)| {
            let label = format!("Remove the filter {text}");
            view! {
                <li>
                    <a class="chip" href=to aria-label=label>
                        <bdi>{text}</bdi>
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

    fn chips(&self, filter: &JudgedFilter<'_>, options: &FilterOptions) -> Vec<(String, String)> {
        let (id, title) = (&filter.spec.id, filter.spec.title());
        let nothing = || self.to(self.filters.fields_with(id, &filter.nothing()));
        match &filter.chosen {
            chosen if !chosen.is_in_force() => Vec::new(),
            Chosen::Days(_, days) => vec![(format!("{title}: {}", days.words()), nothing())],
            Chosen::Values(values) if values.len() > MOST_CHIPS => {
                vec![(format!("{title}: {} values", values.len()), nothing())]
            }
            Chosen::Values(values) => {
                let chip = |value: &String| {
                    let others = values.iter().filter(|other| *other != value).cloned().collect();
                    let without = self.filters.fields_with(id, &Chosen::Values(others));
                    (format!("{title}: {}", label_of(value, options)), self.to(without))
                };
                values.iter().map(chip).collect()
            }
        }
    }
}

/// The values that can be chosen, and a field that finds others.
fn values(filter: &JudgedFilter<'_>, options: &FilterOptions) -> AnyView {
    let id = filter.spec.id.clone();
    if options.is_unavailable {
        let chosen = match &filter.chosen {
            Chosen::Values(values) => values.clone(),
            Chosen::Days(..) => Vec::new(),
        };
        let kept = chosen.into_iter().map(|value| view! { <input type="hidden" name=id.clone() value=value/> });
        return view! {
            <p class="muted">"The values cannot be told right now. Try again later."</p>
            {kept.collect_view()}
        }
        .into_any();
    }
    let absent =
        options.absent.iter().map(|value| FilterOption { value: value.clone(), label: value.clone(), is_chosen: true });
    let choices = absent.chain(options.values.iter().cloned()).map(|option| {
        view! {
            <label class="choice">
                <input type="checkbox" name=id.clone() value=option.value checked=option.is_chosen/>
                <span dir="auto">{option.label}</span>
            </label>
        }
    });
    let search = (options.has_more || filter.search.is_some()).then(|| {
        let (field_id, name) = (format!("filter-{id}-search"), format!("{id}.search"));
        let value = filter.search.clone();
        let label = if options.has_more { "The most frequent are below. Search for others" } else { "Search" };
        view! {
            <div>
                <label for=field_id.clone()>{label}</label>
                <input id=field_id name=name type="search" value=value dir="auto" autocomplete="off"/>
            </div>
        }
    });
    let nothing = options.values.is_empty().then(|| view! { <p class="muted">"There are no such values."</p> });
    view! {
        {search}
        {nothing}
        <fieldset class="filter-values">
            <legend class="visually-hidden">{filter.spec.title().to_owned()}</legend>
            {choices.collect_view()}
        </fieldset>
    }
    .into_any()
}

/// What is in force, in a few words.
fn in_words(filter: &JudgedFilter<'_>, options: &FilterOptions) -> String {
    match &filter.chosen {
        Chosen::Days(_, days) => days.words(),
        Chosen::Values(values) => match values.as_slice() {
            [] => "all".to_owned(),
            [value] => label_of(value, options),
            values => format!("{} values", values.len()),
        },
    }
}

/// What people read of `value`.
fn label_of(value: &str, options: &FilterOptions) -> String {
    let known = options.values.iter().find(|option| option.value == value);
    known.map_or_else(|| value.to_owned(), |option| option.label.clone())
}

/// What people call a range.
const fn preset_name(preset: DatePreset, last_day: LastDay) -> &'static str {
    match (preset, last_day) {
        (DatePreset::Today, LastDay::Today) => "Today",
        (DatePreset::Today, LastDay::Newest) => "Newest day",
        (DatePreset::Last7Days, _) => "Last 7 days",
        (DatePreset::Last30Days, _) => "Last 30 days",
        (DatePreset::Last90Days, _) => "Last 90 days",
        (DatePreset::ThisMonth, LastDay::Today) => "This month",
        (DatePreset::ThisMonth, LastDay::Newest) => "Newest month",
        (DatePreset::ThisYear, LastDay::Today) => "This year",
        (DatePreset::ThisYear, LastDay::Newest) => "Newest year",
        (DatePreset::LastYear, LastDay::Today) => "Last year",
        (DatePreset::LastYear, LastDay::Newest) => "The year before",
        (DatePreset::All, _) => "All",
    }
}
