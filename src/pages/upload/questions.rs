//! Questions that the file does not answer: the person decides before the import.

use leptos::prelude::*;
use rolecall_core::uploads::decisions::{date_order_key, fields};
use rolecall_data::import::{DateOrder, Examined, Question, Reading};
use rolecall_model::data::Cell;

use super::choices::{ENCODINGS, number_choices};
use super::filled::{Beside, SharedFilled};

#[component]
pub(super) fn Questions(examined: Examined, filled: SharedFilled) -> impl IntoView {
    if examined.questions.is_empty() {
        return ().into_any();
    }
    let asked = examined.questions.iter().map(|question| view_of(*question, &examined, &filled)).collect_view();

    view! {
        <section class="notice notice-warn" aria-labelledby="questions">
            <h2 id="questions">"Please decide first"</h2>
            {asked}
            <p>"Then choose “Show again”."</p>
        </section>
    }
    .into_any()
}

fn view_of(question: Question, examined: &Examined, filled: &SharedFilled) -> AnyView {
    let reading = &examined.reading;
    match question {
        Question::Encoding => of_encoding(reading, filled).into_any(),
        Question::DecimalMark => {
            let marks = number_choices().into_iter().filter(|(key, _)| [".,", ",.", ".", ","].contains(&key.as_str()));
            let legend = "The numbers fit several ways to write them. Which one is it?".to_owned();
            let filled = filled.clone();
            view! { <Answers name=fields::ANSWER_NUMBERS.to_owned() legend choices=marks.collect() filled/> }.into_any()
        }
        Question::DateOrder { position } => of_dates(position, examined, filled).into_any(),
    }
}

fn of_encoding(reading: &Reading, filled: &SharedFilled) -> impl IntoView + use<> {
    let proposal = reading.dialect.as_ref().map(|dialect| dialect.encoding.clone()).unwrap_or_default();
    let others = ENCODINGS.iter().filter(|name| **name != proposal).map(|name| (*name).to_owned());
    let choices = [(proposal.clone(), format!("They are right: it is {proposal}"))].into_iter();
    let choices = choices.chain(others.map(|name| (name.clone(), name))).collect();
    let legend = "The encoding is a guess. Are letters such as é, ß and ž right in the rows below?".to_owned();
    view! { <Answers name=fields::ANSWER_ENCODING.to_owned() legend choices filled=filled.clone()/> }
}

/// The first day of the column, read in both orders.
fn of_dates(position: usize, examined: &Examined, filled: &SharedFilled) -> impl IntoView + use<> {
    let at = examined.reading.columns.iter().position(|column| column.position == position).unwrap_or(position);
    let name = examined.reading.columns.get(at).map(|column| column.name.clone()).unwrap_or_default();
    let example = examined.preview.iter().filter_map(|row| row.get(at)).find(|cell| **cell != Cell::Missing);
    let example = example.map(|cell| match cell {
        Cell::Date(day) => day.to_string(),
        Cell::Timestamp(moment) => moment.date_naive().to_string(),
        _ => String::new(),
    });
    let shown = example.filter(|day| !day.is_empty()).map(|day| format!(" The first is shown as {day} below."));
    let legend = format!("The dates in “{name}” fit two orders. Which one is it?{}", shown.unwrap_or_default());
    let choices = [
        (DateOrder::DayMonthYear, "Day first: 02/01 is the second of January"),
        (DateOrder::MonthDayYear, "Month first: 02/01 is the first of February"),
    ];
    let choices = choices.map(|(order, text)| (date_order_key(order).to_owned(), text.to_owned())).into();
    view! { <Answers name=fields::answer_date_order(position) legend choices filled=filled.clone()/> }
}

/// A question with its answers; none is preselected unless the person chose it before.
#[component]
fn Answers(name: String, legend: String, choices: Vec<(String, String)>, filled: SharedFilled) -> impl IntoView {
    let Beside { described, mistake, .. } = filled.beside(&name);
    let id = described.as_ref().map(|_| name.clone());
    let answer = |(value, text): (String, String)| {
        let chosen = filled.is_chosen(&name, &value);
        view! {
            <label class="choice">
                <input type="radio" name=name.clone() value=value checked=chosen required/>
                {text}
            </label>
        }
    };
    let answers = choices.into_iter().map(answer).collect_view();

    view! {
        <fieldset id=id aria-describedby=described>
            <legend dir="auto">{legend}</legend>
            {mistake}
            {answers}
        </fieldset>
    }
}
