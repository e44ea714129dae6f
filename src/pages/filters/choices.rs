//! The choices of a filter, and the targets of its form and links.

use leptos::prelude::*;
use rolecall_core::dashboards::{
    AskedRange, Chosen, Comparison, DayRange, FilterOption, FilterOptions, Filters, JudgedFilter, LONGEST_VALUE,
    preset_name,
};
use rolecall_model::spec::DatePreset;
use rolecall_panels::format::NAME_CHARACTERS;
use rolecall_panels::shortened;
use rolecall_routes as routes;
use strum::IntoEnumIterator as _;
use url::form_urlencoded;

/// The page with the filters.
#[derive(Clone, Copy)]
pub(super) struct Addresses<'a> {
    pub(super) path: &'a str,
    pub(super) filters: &'a Filters<'a>,
    /// Its other fields, which are kept, such as the orders of tables.
    pub(super) kept: &'a [(String, String)],
}

impl Addresses<'_> {
    /// The address of the page with these `fields` of filters.
    pub(super) fn to(&self, fields: String) -> String {
        let mut query = form_urlencoded::Serializer::new(fields);
        query.extend_pairs(self.kept);
        routes::with_fields(self.path, &query.finish())
    }
}

/// The named ranges as links, two fields for any other range, and the comparison.
pub(super) fn days(addresses: &Addresses<'_>, filter: &JudgedFilter<'_>, asked: AskedRange, days: DayRange) -> AnyView {
    let id = filter.spec.id.clone();
    let presets = DatePreset::iter().map(|preset| {
        let is_current = matches!(asked, AskedRange::Usual(of) | AskedRange::Preset(of) if of == preset);
        let chosen = Chosen::Days(AskedRange::Preset(preset), days);
        let to = addresses.to(addresses.filters.fields_with(&id, &chosen, filter.comparison));
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
            let name = format!("{id}.otherwise");
            Some(view! { <input type="hidden" name=name value=preset.to_string()/> })
        }
        AskedRange::Usual(_) | AskedRange::Days => None,
    };
    let field = |part: &str, label: &'static str, day: Option<chrono::NaiveDate>| {
        let name = format!("{id}.{part}");
        let field_id = format!("filter-{id}-{part}");
        let day = day.map(|day| day.to_string());
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
        <div class="fields-row">{field("from", "From day", filter.typed.from)} {field("to", "To day", filter.typed.to)}</div>
        {filter.can_compare().then(|| comparisons(filter))}
    }
    .into_any()
}

/// The possible comparisons of the days of `filter`.
fn comparisons(filter: &JudgedFilter<'_>) -> AnyView {
    let (name, id) = (format!("{}.compared", filter.spec.id), format!("filter-{}-compared", filter.spec.id));
    let options = Comparison::iter().map(|comparison| {
        view! {
            <option value=comparison.to_string() selected=filter.comparison == Some(comparison)>
                {comparison_name(comparison)}
            </option>
        }
    });
    let is_waiting = filter.comparison.is_some() && filter.compared_with().is_none();
    let advice_id = format!("{id}-advice");
    let advice = is_waiting.then(|| {
        view! {
            <p class="muted" id=advice_id.clone()>
                "Choose a first and a last day first."
            </p>
        }
    });
    view! {
        <div>
            <label for=id.clone()>"Compared with"</label>
            <select id=id name=name aria-describedby=is_waiting.then_some(advice_id)>
                // Forms leave out this empty field, so the dashboard decides.
                <option value="">"As usual"</option>
                {options.collect_view()}
            </select>
            {advice}
        </div>
    }
    .into_any()
}

/// The values on offer, and a field that finds others.
pub(super) fn values(filter: &JudgedFilter<'_>, options: &FilterOptions) -> AnyView {
    let id = filter.spec.id.clone();
    if options.is_unavailable {
        let chosen = match &filter.chosen {
            Chosen::Values(values) => values.clone(),
            Chosen::Days(..) => Vec::new(),
        };
        let kept = chosen.into_iter().map(|value| view! { <input type="hidden" name=id.clone() value=value/> });
        return view! {
            <p class="muted">"The values cannot be loaded right now. Try again later."</p>
            {kept.collect_view()}
        }
        .into_any();
    }
    let absent = options.absent.iter().map(|value| FilterOption {
        value: value.clone(),
        label: shortened(value, NAME_CHARACTERS).into_owned(),
        is_chosen: true,
    });
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
    let found = match (&filter.search, options.found) {
        (_, 0) if options.has_too_long => None,
        (_, 0) => Some("There are no such values.".to_owned()),
        (Some(_), _) if options.has_more => Some("There are more. Search for a longer part of the name.".to_owned()),
        (Some(_), count) => Some(format!("{count} found")),
        (None, _) => None,
    };
    let too_long = options.has_too_long.then(|| {
        view! { <p class="muted">{format!("Values of more than {LONGEST_VALUE} bytes are not offered.")}</p> }
    });
    view! {
        {search}
        <p class="muted filter-found" role="status">
            {found}
        </p>
        <fieldset class="filter-values">
            <legend class="visually-hidden">{filter.spec.title().to_owned()}</legend>
            {choices.collect_view()}
        </fieldset>
        {too_long}
    }
    .into_any()
}

/// The label of a comparison.
pub(super) const fn comparison_name(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::PeriodBefore => "The period before",
        Comparison::YearBefore => "A year before",
        Comparison::Nothing => "Nothing",
    }
}
