//! The command line.

mod audit;
mod dashboards;
mod datasets;
mod doctor;
mod grant;
mod registration;
mod scim_token;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use leptos::config::LeptosOptions;
use rolecall_apps::UpstreamApp;
use rolecall_config::tls::certificate;
use rolecall_config::{Config, SettingsReport, Sources};
use rolecall_core::audit::Audit;
use rolecall_data::import::worker;
use rolecall_server::open::{Opened, open};
use rolecall_server::stop::orders_by_signal;
use rolecall_server::{Application, Site, telemetry};
use rolecall_sign_in::Clock;
use tokio::net::TcpListener;

/// Reads the command line and runs the command. It is here and not in `src/main.rs`: otherwise that crate compiles the
/// whole server again after each change.
///
/// # Panics
/// If the runtime cannot start.
#[tokio::main]
pub async fn main() -> ExitCode {
    Cli::parse().run().await.unwrap_or_else(|error| {
        // Print every cause, but no stack trace.
        let mut out = std::io::stderr();
        let _ = writeln!(out, "Error: {error}");
        for cause in error.chain().skip(1) {
            let _ = writeln!(out, "  because: {cause}");
        }
        ExitCode::FAILURE
    })
}

/// Dashboards behind your company's sign-in.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve (the default).
    Serve,
    /// Print the settings in force and where each value comes from, with secrets masked.
    Config,
    /// Make a certificate for https on this machine, unless there is one, and print the settings that use it.
    Certificate,
    /// End every sign-in, for example after a backup was restored. Stop Rolecall first.
    SignEverybodyOut,
    /// Give a role to somebody who has signed in before, for example to the first administrator. Shows the person that
    /// it found, and asks. The server can be running.
    Grant(grant::GrantArguments),
    /// Take back roles that were given here. Shows the person that it found, and asks. With SQLite, stop Rolecall
    /// first.
    Revoke(grant::RevokeArguments),
    /// Check whether anybody changed the audit.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Make, list or revoke the tokens with which the directory of a provider provisions people (SCIM).
    #[command(subcommand)]
    ScimToken(scim_token::ScimTokenCommand),
    /// Check the configuration, the provider, the database and the apps. Changes nothing. Exits with 0 when nothing is
    /// bad, and with 1 otherwise.
    Doctor(doctor::Arguments),
    /// Import a file as a data set, for dashboards. Prints the columns and their types. If the file has mistakes,
    /// prints where they are, and imports nothing. The server can be running.
    Import(datasets::ImportArguments),
    /// Check the dashboards in files. Prints every mistake with its file and line; exits with 1 when there is one.
    CheckDashboards,
    /// Register Rolecall at Microsoft Entra ID, or update the registration. The token comes from the Azure CLI or from
    /// the environment variable `ROLECALL_GRAPH_TOKEN`.
    Register(Box<registration::RegisterArguments>),
    /// Delete what `register` made.
    Unregister(Box<registration::UnregisterArguments>),
    /// Read a file within limits of memory and time. Rolecall starts this for every import.
    #[command(hide = true)]
    ImportWorker,
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// With what went wrong, for the person at the terminal.
    async fn run(self) -> anyhow::Result<ExitCode> {
        let load = || Config::load(&Sources::from_process());
        match self.command.unwrap_or(Command::Serve) {
            Command::Config => {
                writeln!(std::io::stdout(), "{}", load()?.1).context("the configuration could not be printed")?;
            }
            Command::Certificate => {
                print_certificate(&Config::load_before_certificate(&Sources::from_process())?.0)?;
            }
            Command::Serve => {
                let (config, report) = load()?;
                serve(config, &report).await?;
            }
            Command::SignEverybodyOut => {
                let (mut config, _) = load()?;
                be_alone(&config).await?;
                let opened = open_for_command(&mut config).await?;
                let ended = opened.sign_everybody_out().await;
                opened.db.close().await;
                let ended = ended.context("the sign-ins could not be ended")?;
                let were_ended = if ended == 1 { "sign-in was ended" } else { "sign-ins were ended" };
                writeln!(std::io::stdout(), "{ended} {were_ended}").context("the number could not be printed")?;
            }
            Command::Grant(arguments) => return arguments.run().await,
            Command::Revoke(arguments) => return arguments.run().await,
            Command::Audit(command) => return command.run().await,
            Command::ScimToken(command) => return command.run().await,
            Command::Doctor(arguments) => return arguments.run().await,
            Command::Import(arguments) => return arguments.run().await,
            Command::CheckDashboards => return dashboards::check().await,
            Command::Register(arguments) => arguments.run().await?,
            Command::Unregister(arguments) => arguments.run().await?,
            Command::ImportWorker => {
                worker::run(std::io::stdin().lock(), std::io::stdout().lock())
                    .context("the import cannot begin or end")?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// With SQLite, checks that no server is running at the address of `config`: it would keep its cached sessions. With
/// PostgreSQL, running servers learn of every change.
async fn be_alone(config: &Config) -> anyhow::Result<()> {
    if config.database_url.starts_with("sqlite:") {
        TcpListener::bind(config.bind)
            .await
            .with_context(|| format!("stop Rolecall first: a program listens on {}", config.bind))?;
    }
    Ok(())
}

/// Opens the database and what works on it for a command of the operator, with the secret keys of the server. If the
/// database was restored from a backup, this ends the sessions that the backup revived, and writes that to the audit:
/// the next start of the server will not notice the backup any more.
async fn open_for_command(config: &mut Config) -> anyhow::Result<Opened> {
    let opened = open(config, Clock::system()).await?;
    have_keys_of_server(&opened.audit).await?;
    if let Some(entry) = opened.end_what_a_backup_revived(&config.data_dir).await? {
        let written = opened.audit.write(&[entry]).await;
        written.context("the sign-ins in a restored backup were ended, but the audit could not be written")?;
    }
    Ok(opened)
}

/// Checks that this command has the secret keys of the server. With other keys, the entries that it adds would make the
/// audit look changed.
async fn have_keys_of_server(audit: &Audit) -> anyhow::Result<()> {
    let has_our_seal = audit.has_our_seal().await.context("the audit cannot be read")?;
    anyhow::ensure!(
        has_our_seal,
        "the server has other secret keys than this command, or somebody changed the audit. Run the command with the settings of the \
         server, also those in its environment (ROLECALL_SECRET_KEYS). `rolecall audit verify` checks the audit. Nothing was done"
    );
    Ok(())
}

/// Makes a certificate unless there is one, and prints its settings in a form for shells and unit files.
fn print_certificate(config: &Config) -> anyhow::Result<()> {
    let app_hosts: Vec<&str> = config.apps.iter().filter_map(UpstreamApp::host).collect();
    let now_ms = Clock::system().now_ms();
    let files = certificate::load_or_create(&config.data_dir, &config.auth.public_url, &app_hosts, now_ms)?;
    let quoted = |path: &Path| format!("'{}'", path.display().to_string().replace('\'', r"'\''"));
    let (cert, key) = (quoted(&files.cert), quoted(&files.key));
    writeln!(std::io::stdout(), "ROLECALL_TLS__CERT={cert}\nROLECALL_TLS__KEY={key}")
        .context("the settings could not be printed")
}

async fn serve(config: Config, report: &SettingsReport) -> anyhow::Result<()> {
    telemetry::begin(&config)?;
    for warning in report.warnings() {
        tracing::warn!("{warning}");
    }
    let orders = orders_by_signal().context("signals cannot be listened to")?;
    let listener = TcpListener::bind(config.bind)
        .await
        .with_context(|| format!("cannot listen on {}: is another program using it?", config.bind))?;
    let (public_url, demonstration) = (config.auth.public_url.clone(), config.demonstration);
    let application = Application::new(config, site_files(), Clock::system()).await?;
    if demonstration {
        tracing::warn!("no provider is configured: with the demonstration provider anyone can sign in as anyone");
    }
    tracing::info!("Rolecall is at {public_url}");
    application.note_start(&report.to_string());
    application.warm_up();
    application.serve(listener, orders).await.context("the server failed")
}

/// The folder of the site's files: the one that `cargo leptos` names, else `site` beside the executable, else the one
/// that `cargo leptos build` fills.
#[expect(clippy::disallowed_methods, reason = "cargo-leptos speaks to the server through these variables")]
fn site_files() -> Site {
    let beside = std::env::current_exe().ok().and_then(|executable| Some(executable.parent()?.join("site")));
    let root = std::env::var_os("LEPTOS_SITE_ROOT")
        .map(PathBuf::from)
        .or_else(|| beside.filter(|site| site.is_dir()))
        .unwrap_or_else(|| PathBuf::from("target/site"));
    let port = std::env::var("LEPTOS_RELOAD_PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(3001);
    let options = LeptosOptions::builder()
        .output_name(env!("CARGO_PKG_NAME"))
        .site_root(root.to_string_lossy().into_owned())
        .reload_port(port)
        .build();
    crate::site(options, std::env::var_os("LEPTOS_WATCH").is_some())
}
