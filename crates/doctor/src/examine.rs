//! Every check, in order.

use rolecall_config::{Config, Sources};
use rolecall_core::datasets::DatasetFiles;
use rolecall_sign_in::{Auth, Clock, EventSink};

use super::report::Report;
use super::{addresses, api, apps, configuration, connections, dashboards, data_dir, database, provider, sign_ins};

/// Checks everything that `sources` configure.
pub async fn examine(sources: &Sources, clock: &Clock) -> Report {
    let mut report = Report::default();
    match configuration::check(&mut report.section("configuration"), sources) {
        Some(config) => examine_config(report, config, clock).await,
        None => report,
    }
}

/// Checks everything that `config` says, which a program runs with.
pub async fn examine_running(config: Config, clock: &Clock) -> Report {
    examine_config(Report::default(), config, clock).await
}

async fn examine_config(mut report: Report, mut config: Config, clock: &Clock) -> Report {
    addresses::check(&mut report.section("addresses"), &config, clock.now_ms());
    data_dir::check(&mut report.section("data folder"), &config.data_dir);
    let key = data_dir::check_secret_keys(&mut report.section("secret keys"), &config);
    let db = database::check(&mut report.section("database"), &config.database_url).await;
    for provider in &config.auth.providers {
        let mut section = report.section(format!("provider {}", provider.id));
        provider::check(&mut section, provider, &config, clock).await;
    }
    api::check(&mut report.section("API"), &config);
    let datasets = DatasetFiles::read(&config.datasets_folder).unwrap_or_else(|error| {
        report.section("dashboards").bad("dashboards", error.to_string(), "Correct it, then start Rolecall again.");
        DatasetFiles::default()
    });
    let (folder, connections) = (&config.dashboards_folder, &config.connections);
    dashboards::check(&mut report.section("dashboards"), folder, &datasets, connections, db.as_ref()).await;
    for (name, database) in config.connections.all() {
        connections::check(&mut report.section(format!("connection {name}")), name, database, &datasets).await;
    }
    for app in &config.apps {
        apps::check(&mut report.section(format!("app {}", app.name)), app, &config).await;
    }
    if let (Some(db), Some(key)) = (db, key) {
        config.auth.secret_keys = key;
        if let Ok(auth) = Auth::new(config.auth.clone(), db.clone(), clock.clone(), EventSink::new(|_| {})) {
            sign_ins::check(&mut report.section("sign-ins"), &auth, &config).await;
        }
        db.close().await;
    }
    report
}
