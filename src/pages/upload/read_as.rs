//! Whether the file was read with the settings of the last one of its data set.

use leptos::prelude::*;
use rolecall_core::datasets::ImportedFile;
use rolecall_data::import::Deviation;
use rolecall_ui::components::time::Moment;

#[component]
pub(super) fn ReadAs(
    /// The last file whose rows went to the data set.
    last: ImportedFile,
    /// Where these settings did not fit.
    deviations: Vec<Deviation>,
    /// The format of this file.
    format: &'static str,
) -> impl IntoView {
    let ImportedFile { name, at_ms } = last;
    let which = view! { <bdi>{name}</bdi> " of " <Moment ms=at_ms/> };
    let why = match deviations[..] {
        [] => {
            return view! {
                <p>"Read like the last file, " {which} ". Change below what is different in this one."</p>
            }
            .into_any();
        }
        [Deviation::Format] => format!("it is {format}, and that one was not"),
        [Deviation::Columns] => "it has none of the same columns".to_owned(),
        _ => {
            let differences: Vec<&str> = deviations.iter().map(|deviation| what_differs(*deviation)).collect();
            let but_for = differences.join(" and ");
            return view! {
                <p>
                    <strong>
                        {format!("Read like the last file, except for {but_for}: this file writes them in another way.")}
                    </strong>
                    " That file was " {which} ". Check that the rows below are right."
                </p>
            }
            .into_any();
        }
    };

    view! {
        <p>
            <strong>"Rolecall could not read it in the same way as the last file: " {why} "."</strong>
            " That file was " {which} ". Check that the rows below are right."
        </p>
    }
    .into_any()
}

const fn what_differs(deviation: Deviation) -> &'static str {
    match deviation {
        Deviation::Format => "the format",
        Deviation::Columns => "the columns",
        Deviation::Encoding => "its encoding",
        Deviation::Numbers => "its numbers",
        Deviation::Dates => "its dates",
    }
}
