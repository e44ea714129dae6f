//! The state of Rolecall: current figures, and the findings of `rolecall doctor` on request.

use leptos::prelude::*;
use rolecall_doctor::{Examination, Finding, Status};
use rolecall_routes as routes;
use rolecall_ui::caller;
use rolecall_ui::components::number::{grouped, size};
use rolecall_ui::components::time::Moment;
use rolecall_ui::page::Page;

/// The number of seconds after which the page reloads while the checks run.
const AGAIN: &str = "2";

/// Current figures.
#[derive(Clone, Debug)]
pub struct HealthFigures {
    /// The kind of the database.
    pub database: &'static str,
    /// How large it is, in bytes.
    pub database_bytes: u64,
    /// How long it took to answer, in microseconds.
    pub latency_us: u128,
    /// How many sessions are live.
    pub sessions: u64,
    /// The number of people with live sessions.
    pub people: u64,
    /// The number of sign-ins in the last seven days.
    pub last_week: u64,
    /// How many of these had no role from the provider.
    pub without_role: u64,
    /// The number of live sessions that were used after their tokens expired.
    pub not_refreshed: u64,
}

/// The page. The caller must be an administrator.
#[must_use]
pub fn health_page(figures: &HealthFigures, examination: Examination) -> Page {
    if matches!(examination, Examination::Running(_)) {
        caller::refresh_after(AGAIN);
    }
    let view = view! {
        <div class="page-head">
            <p>
                <a href=routes::ADMIN>"Admin"</a>
            </p>
            <h1>"Health"</h1>
            <p class="lead">"Whether Rolecall works as it should, and what “rolecall doctor” finds."</p>
        </div>
        <Figures figures=figures.clone()/>
        <ExaminationPanel examination/>
    };
    Page::new("Health", view)
}

#[component]
fn Figures(figures: HealthFigures) -> impl IntoView {
    let HealthFigures { database, database_bytes, latency_us, sessions, people, last_week, without_role, .. } = figures;
    let share = (without_role * 100).checked_div(last_week).map(|share| format!(" ({share} %)")).unwrap_or_default();
    let latency = format!("{}.{} ms", latency_us / 1000, latency_us % 1000 / 100);
    let facts = [
        ("Version", env!("CARGO_PKG_VERSION").to_owned()),
        ("Database", format!("{database}, {}", size(database_bytes))),
        ("Database answered in", latency),
        ("Live sessions", format!("{} (people: {})", grouped(sessions), grouped(people))),
        ("Sign-ins of the last 7 days", grouped(last_week)),
        ("… without a role of the provider", format!("{}{share}", grouped(without_role))),
        ("Live sessions whose tokens could not be refreshed", grouped(figures.not_refreshed)),
    ];
    let facts = facts.into_iter().map(|(name, value)| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
    });

    view! {
        <section class="panel" aria-labelledby="figures">
            <h2 id="figures">"Now"</h2>
            <dl class="facts">{facts.collect_view()}</dl>
            <p class="muted">"Sessions and people are as they were at most a minute ago."</p>
        </section>
    }
}

#[component]
fn ExaminationPanel(examination: Examination) -> impl IntoView {
    let is_running = matches!(examination, Examination::Running(_));
    let content = match examination {
        Examination::Never => {
            view! { <p>"This instance of Rolecall has not run these checks since its start."</p> }.into_any()
        }
        Examination::Running(ms) => {
            view! { <p role="status">"Looking since " <Moment ms/> ". This page looks again by itself."</p> }.into_any()
        }
        Examination::TooLong(ms) => {
            view! { <p class="bad" role="status">"It took too long, and was ended " <Moment ms/> "."</p> }.into_any()
        }
        Examination::Done(ms, findings) => view! { <Findings ms findings/> }.into_any(),
    };

    view! {
        <section class="panel" aria-labelledby="doctor">
            <h2 id="doctor">"Doctor"</h2>
            <p class="muted">
                "Checks the configuration, the providers, the database, the connections and the apps, as "
                <code>"rolecall doctor"</code> " does. It changes nothing, and says when certificates end, and secrets where "
                <code>"client_secret_expires"</code> " is set: only the provider knows otherwise."
            </p>
            {content}
            {(!is_running)
                .then(|| {
                    view! {
                        <form method="post" action=routes::ADMIN_HEALTH>
                            <button class="button" type="submit">
                                "Look now"
                            </button>
                        </form>
                    }
                })}
        </section>
    }
}

#[component]
fn Findings(ms: i64, findings: Vec<Finding>) -> impl IntoView {
    let count = |status: Status| findings.iter().filter(|finding| finding.status == status).count();
    let (bad, warnings, good) = (count(Status::Bad), count(Status::Warning), count(Status::Good));
    let plural = if warnings == 1 { "" } else { "s" };
    let summary = format!("{bad} bad, {warnings} warning{plural}, {good} good.");
    let rows = findings
        .into_iter()
        .map(|finding| {
            let is_bad = matches!(finding.status, Status::Bad | Status::Warning);
            view! {
                <tr>
                    <th scope="row">{finding.section}</th>
                    <td class=is_bad.then_some("bad")>{finding.status.name()}</td>
                    <td>
                        <bdi>{finding.what}</bdi>
                        {finding.remedy.map(|remedy| view! { <br/> <bdi class="muted">{remedy}</bdi> })}
                    </td>
                </tr>
            }
        })
        .collect_view();

    view! {
        <p role="status">{summary} " As of " <Moment ms/> "."</p>
        <div class="scroll" role="region" tabindex="0" aria-label="Findings">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Part"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Finding"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}
