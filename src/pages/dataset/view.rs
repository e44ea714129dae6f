//! The page as a whole.

use std::sync::Arc;

use leptos::prelude::*;
use rolecall_core::datasets::{FileEffect, Way};
use rolecall_model::Role;
use rolecall_ui::components::notices::StepUpNotice;
use rolecall_ui::page::{Answer, Asked, Page};

use super::about::{Columns, Head, UsedBy};
use super::load::{Loaded, load};
use super::rows::{SampleRows, SeeAsPanel};
use super::rules::RowRules;
use super::settings::{Description, NewRows, QueryOfDataSet, Removal};
use super::versions::{ImportOutcome, VersionList, outcome};

/// The data set named by the path.
///
/// # Errors
/// [`AppError::NotFound`](rolecall_model::AppError::NotFound) for one that the viewer's role may not open.
pub async fn dataset(asked: Asked) -> Answer {
    let loaded = load(&asked).await?;
    let outcome = outcome(&asked, &loaded.versions).filter(|_| loaded.may_change);
    let is_new = outcome.as_ref().is_some_and(|(effect, _)| *effect == FileEffect::Made);
    // Assistive technology reads the title of a page first.
    let title = outcome.iter().fold(loaded.dataset.title.clone(), |title, (_, done)| format!("{done} {title}"));
    let Loaded { dataset, role, may_change, sees_all, owner, versions, uses, sample, missing, preview, edited } =
        loaded;
    let kept = |dataset: &Arc<_>| Arc::clone(dataset);
    let rows = sample.as_ref().map_or(0, |sample| sample.total);
    let for_who_may_change = may_change.then(|| {
        view! {
            <RowRules dataset=kept(&dataset) edited/>
            <SeeAsPanel dataset=kept(&dataset) preview/>
        }
    });
    let may = |way| may_change && dataset.check_way(way).is_ok();
    let settings = may(Way::Settings).then(|| {
        view! {
            <Description dataset=kept(&dataset) highest=role.unwrap_or(Role::Read)/>
            <Removal dataset=kept(&dataset) uses=uses.clone()/>
        }
    });
    let (takes_files, may_restore) = (may(Way::File), may(Way::Restore));
    let query = dataset.query.clone().filter(|_| role >= Some(Role::Admin));
    let view = view! {
        <Head dataset=kept(&dataset) owner rows sees_all/>
        {outcome.map(|(effect, sentences)| view! { <ImportOutcome name=dataset.name.clone() effect sentences/> })}
        <StepUpNotice here=asked.here()/>
        {query.map(|query| view! { <QueryOfDataSet name=dataset.name.clone() query/> })}
        {takes_files.then(|| view! { <NewRows id=dataset.data.dataset.clone()/> })}
        <div class="panels">
            <SampleRows dataset=kept(&dataset) rows=sample id="rows" title="The first rows"/>
            <Columns dataset=kept(&dataset) missing/>
            <UsedBy name=dataset.name.clone() uses may_change is_led_on=is_new/>
            <VersionList dataset=kept(&dataset) versions may_restore sees_all=sees_all || may_change tells_files=may_change/>
            {for_who_may_change} {settings}
        </div>
    };
    Ok(Page::new(title, view))
}
