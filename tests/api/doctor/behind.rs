//! What the doctor reports about the API and the apps behind Rolecall.

use axum::Router;
use axum::http::StatusCode;
use rolecall_config::tls::certificate;
use rolecall_doctor::{Report, Status};
use rolecall_sign_in::Clock;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::{examine, of};
use crate::support::{AUDIENCE, CLIENT_ID, Face, Setup, StandIn, TestApp, Upstream, set};

/// The doctor's report on `setup`, which is not running.
async fn of_setup(setup: &Setup) -> Report {
    let folder = TempDir::new().unwrap();
    examine(&setup.sources(&folder)).await
}

/// Checks that, with `setup`, the doctor's finding for `check` has this `status` and contains `words`.
async fn says(setup: &Setup, check: &str, status: Status, words: &str) {
    let report = of_setup(setup).await;
    let finding = of(&report, check);
    let told = format!("{} {}", finding.what, finding.remedy.clone().unwrap_or_default());
    assert!(finding.status == status && told.contains(words), "{}", report.text(false));
}

#[tokio::test]
async fn tokens_of_entra_must_be_able_to_be_for_the_api() {
    let provider = StandIn::start(Face::Entra).await;
    let with = |audience: &str| provider.setup().set("ROLECALL_API__AUDIENCE", audience);
    says(&provider.setup(), "api.audience", Status::Note, "is off").await;
    for own in [AUDIENCE, CLIENT_ID, &CLIENT_ID.to_uppercase(), &format!("api://example.com/rolecall,{CLIENT_ID}")] {
        says(&with(own), "api.audience", Status::Good, AUDIENCE).await;
    }
    says(&with("api://example.com/rolecall"), "api.audience", Status::Warning, &format!("Add \"{AUDIENCE}\"")).await;
    let other = "api://11111111-2222-4333-8444-555555555555";
    says(&with(other), "api.audience", Status::Note, "an application of its own").await;
    // Other providers cannot be checked, and the demonstration makes its own audience.
    let provider = StandIn::start(Face::Plain).await;
    let plain = provider.setup().set("ROLECALL_API__AUDIENCE", "https://api.example.com");
    says(&plain, "api.audience", Status::Note, "Rolecall cannot check").await;
    says(&TestApp::setup(), "api.audience", Status::Note, "The demonstration issues tokens for api://").await;
}

#[tokio::test]
async fn an_app_that_answers_is_told_and_was_asked_for_nobody() {
    let upstream = Upstream::start().await;
    let setup = TestApp::setup().with_app("sales", upstream.address, "read");
    let at = format!("http://{} answers (status 200)", upstream.address);
    says(&setup, "app.upstream", Status::Good, &at).await;
    let [seen] = upstream.seen().try_into().unwrap();
    assert_eq!((seen.method.as_str(), seen.target.as_str(), seen.header("host")), ("GET", "/", "127.0.0.1:3000"));
    assert_eq!(seen.header("x-forwarded-prefix"), "/apps/sales");
    assert!(seen.headers.keys().all(|name| !name.as_str().starts_with("x-rolecall")), "{seen:#?}");
    let setup = setup.set("ROLECALL_APPS__SALES__KEEP_PREFIX", "true");
    says(&setup.set("ROLECALL_APPS__SALES__UPSTREAM_HOST", "true"), "app.upstream", Status::Good, &at).await;
    let seen = upstream.last();
    assert_eq!((seen.target.as_str(), seen.header("host")), ("/apps/sales/", upstream.address.to_string().as_str()));
}

#[tokio::test]
async fn an_app_that_does_not_answer_is_told_with_what_to_do() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let setup = || TestApp::setup().with_app("sales", address, "read").set("ROLECALL_APPS__SALES__TIMEOUT", "1s");
    says(&setup(), "app.upstream", Status::Bad, "does not answer in time").await;
    drop(listener);
    let report = of_setup(&setup()).await;
    assert!(!report.is_good());
    says(&setup(), "app.upstream", Status::Bad, "Start the app, or correct apps.sales.upstream").await;
    let nowhere = setup().set("ROLECALL_APPS__SALES__UPSTREAM", "http://nowhere.invalid:8050");
    says(&nowhere, "app.upstream", Status::Bad, "Correct the name in apps.sales.upstream").await;

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let failing = TestApp::setup().with_app("sales", listener.local_addr().unwrap(), "read");
    let router = Router::new().fallback(async || StatusCode::SERVICE_UNAVAILABLE);
    tokio::spawn(async move { axum::serve(listener, router).await });
    says(&failing, "app.upstream", Status::Warning, "status 503").await;
}

#[tokio::test]
async fn the_certificate_of_an_app_is_checked_as_it_is_for_people() {
    let folder = TempDir::new().unwrap();
    let address = "https://127.0.0.1".parse().unwrap();
    let files = certificate::load_or_create(folder.path(), &address, &[], Clock::system().now_ms()).unwrap();
    let upstream = Upstream::start_over_tls(&files.cert, &files.key).await;
    let setup = |scheme: &str, ca: &str| {
        let setup = TestApp::setup().with_app("sales", upstream.address, "read");
        let setup = setup.set("ROLECALL_APPS__SALES__UPSTREAM", &format!("{scheme}://{}", upstream.address));
        setup.set("ROLECALL_APPS__SALES__UPSTREAM_CA", ca)
    };
    let ca = files.cert.to_str().unwrap();
    says(&setup("https", ca), "app.upstream", Status::Good, "answers (status 200)").await;
    says(&setup("https", ""), "app.upstream", Status::Bad, "apps.sales.upstream_ca").await;
    says(&setup("http", ""), "app.upstream", Status::Bad, "http or https").await;
}

#[tokio::test]
async fn the_host_of_an_app_must_lead_to_us_and_be_in_the_certificate() {
    let upstream = Upstream::start().await;
    let at = |setup: Setup, host: &str| {
        setup
            .set("ROLECALL_APPS__SALES__UPSTREAM", &format!("http://{}", upstream.address))
            .set("ROLECALL_APPS__SALES__ROLE", "read")
            .set("ROLECALL_APPS__SALES__HOST", host)
    };
    let nowhere = at(TestApp::setup(), "nowhere.invalid").set("ROLECALL_ALLOW_INSECURE_HTTP", "true");
    says(&nowhere, "app.host", Status::Warning, "Add a DNS record that points nowhere.invalid to").await;
    let here = at(TestApp::setup(), "sales.localhost");
    says(&here, "app.host", Status::Good, "to this machine").await;
    assert!(of_setup(&here).await.findings().iter().all(|found| found.check != "app.certificate-name"));

    // The test certificate is valid for localhost and 127.0.0.1.
    for (host, status) in [("localhost", Status::Good), ("sales.localhost", Status::Bad)] {
        let app = at(TestApp::setup().over_tls(), host).start().await;
        let report = examine(&app.sources()).await;
        let finding = of(&report, "app.certificate-name");
        assert!(finding.status == status && finding.what.contains(host), "{}", report.text(false));
        assert_eq!(finding.section, "app sales");
    }
}

#[tokio::test]
async fn every_app_is_looked_at_by_its_name() {
    let (provider, upstream) = (StandIn::start(Face::Entra).await, Upstream::start().await);
    let setup = set(provider.setup(), "DISPLAY_NAME", "Contoso");
    let setup = setup.with_app("sales", upstream.address, "read").with_app("stock", upstream.address, "admin");
    let report = of_setup(&setup).await;
    let sections: Vec<_> = report.findings().iter().filter(|found| found.check == "app.upstream").collect();
    assert_eq!(sections.iter().map(|found| found.section.as_str()).collect::<Vec<_>>(), ["app sales", "app stock"]);
    assert!(report.is_good() && report.text(false).contains("\nApp sales\n"), "{}", report.text(false));
}
