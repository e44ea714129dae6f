use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use rolecall_apps::hosts::EnterError;
use rolecall_sign_in::bearer::CallerKind;
use strum::VariantNames as _;
use tracing::Subscriber;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use super::*;

const DOCUMENTATION: &str = include_str!("../../../../docs/LOGGING.md");

/// The event to test after `event`. An event that is new stands in this chain, or this does not compile.
fn following(event: &Event) -> Option<Event> {
    let provider = || "demo".to_owned();
    Some(match event {
        Event::SignedIn { .. } => {
            Event::SignInNotBegun { provider: provider(), reason: "", detail: String::new(), ip: None }
        }
        Event::SignInNotBegun { .. } => Event::SignInRefused {
            provider: provider(),
            user_id: None,
            reason: "",
            detail: String::new(),
            said: None,
            ip: None,
        },
        Event::SignInRefused { .. } => Event::SignInStopped { provider: provider(), in_a_row: 3, ip: None },
        Event::SignInStopped { .. } => {
            Event::Refreshed { provider: provider(), user_id: 1, role_before: None, role: None }
        }
        Event::Refreshed { .. } => Event::NotRefreshed {
            provider: provider(),
            user_id: 1,
            ended: true,
            reason: "",
            detail: String::new(),
            said: None,
        },
        Event::NotRefreshed { .. } => Event::SignedOutByProvider { provider: provider(), user_ids: vec![1], ip: None },
        Event::SignedOutByProvider { .. } => Event::SignOutWithoutMatch { provider: provider(), reason: "", ip: None },
        Event::SignOutWithoutMatch { .. } => Event::LogoutTokenWithoutEnd { provider: provider(), ip: None },
        Event::LogoutTokenWithoutEnd { .. } => {
            Event::ProviderSignOutRefused { provider: provider(), reason: "", detail: String::new(), ip: None }
        }
        Event::ProviderSignOutRefused { .. } => Event::SignedOut { provider: provider(), user_id: 1, ip: None },
        Event::SignedOut { .. } => {
            Event::AccessDenied { reason: Denied::SignedOut, user_id: None, role: None, ip: None }
        }
        Event::AccessDenied { .. } => Event::ApiTokenRefused { reason: "", detail: String::new(), ip: None },
        Event::ApiTokenRefused { .. } => Event::ApiDenied {
            provider: provider(),
            client: String::new(),
            caller: CallerKind::Application,
            subject: String::new(),
            reason: Denied::SignedOut,
            role: None,
            ip: None,
        },
        Event::ApiDenied { .. } => return None,
    })
}

/// Level and fields of each entry.
#[derive(Clone, Default)]
struct Recorded(Arc<Mutex<Vec<String>>>);

impl<S: Subscriber> Layer<S> for Recorded {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let fields: Vec<_> =
            event.metadata().fields().iter().map(|field| field.name()).filter(|name| *name != "event").collect();
        self.0.lock().unwrap().push(format!("{} {}", event.metadata().level(), fields.join(", ")));
    }
}

/// The rows of the table below the heading `heading`, without the last column: the first one, and the others.
fn documented(heading: &str) -> BTreeMap<String, String> {
    let (_, section) = DOCUMENTATION.split_once(&format!("\n{heading}\n")).unwrap();
    let section = section.split("\n#").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let columns: Vec<_> = row.trim_matches('|').split(" | ").map(|column| column.trim().replace('`', "")).collect();
        (columns[0].clone(), columns[1..columns.len() - 1].join(" "))
    })
    .collect()
}

#[test]
fn the_documentation_lists_every_event_with_its_level_and_fields() {
    let seen = Recorded::default();
    let mut logged = BTreeMap::new();
    tracing::subscriber::with_default(tracing_subscriber::registry().with(seen.clone()), || {
        let first = Event::SignedIn { provider: "demo".to_owned(), user_id: 1, role: None, ip: None };
        for event in std::iter::successors(Some(first), following) {
            log(&event);
            let entry = seen.0.lock().unwrap().pop().unwrap();
            assert_eq!(logged.insert(event.name().to_owned(), entry), None, "two events are called alike");
        }
    });
    assert_eq!(logged.keys().map(String::as_str).collect::<BTreeSet<_>>(), Event::VARIANTS.iter().copied().collect());
    assert_eq!(documented("## Events"), logged);
}

#[test]
fn the_documentation_lists_every_reason() {
    let of_sign_in = [
        "sign_in_not_begun",
        "sign_in_refused",
        "not_refreshed",
        "provider_sign_out_refused",
        "api_token_refused",
        "access_denied",
    ];
    let lists = of_sign_in.map(|event| (event, Event::reasons(event)));
    for (event, names) in lists.into_iter().chain([("app_not_entered", EnterError::VARIANTS.to_vec())]) {
        assert!(names.len() > 1, "{event}");
        let names: BTreeSet<_> = names.into_iter().map(str::to_owned).collect();
        assert_eq!(documented(&format!("### Reasons of `{event}`")).into_keys().collect::<BTreeSet<_>>(), names);
    }
}
