//! `rolecall grant` and `rolecall revoke`: roles that the operator gives, for example to the first administrator.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use rolecall_config::{Config, Sources};
use rolecall_core::admin::Administrator;
use rolecall_model::Role;
use rolecall_server::open::Opened;
use rolecall_sign_in::people::{Grant, PersonRow};
use rolecall_sign_in::{Auth, Clock, plain};
use rolecall_ui::caller::end_of_day;

use super::{be_alone, open_for_command};

/// The longest name that is printed, in characters.
const NAME_MAX_CHARS: usize = 100;

/// Who is meant.
#[derive(Debug, Args)]
struct PersonArguments {
    /// The provider that they sign in with: its id in the configuration.
    #[arg(long)]
    provider: String,
    /// Their subject there: the claim `sub`, or at Microsoft Entra ID the claim `oid`.
    #[arg(long, required_unless_present = "email", conflicts_with = "email")]
    subject: Option<String>,
    /// Their e-mail address, if the provider has verified it. If several people have it, nothing is changed.
    #[arg(long)]
    email: Option<String>,
    /// Do it without asking.
    #[arg(long)]
    yes: bool,
}

/// Whom to give which role.
#[derive(Debug, Args)]
pub(super) struct GrantArguments {
    #[command(flatten)]
    person: PersonArguments,
    /// The role: read, write or admin.
    #[arg(long)]
    role: Role,
    /// The last day of the role, such as 2026-12-31 (UTC). Without it, the role has no end.
    #[arg(long)]
    until: Option<String>,
    /// The reason. The person and readers of the audit see it.
    #[arg(long, default_value = "Given by the operator")]
    reason: String,
}

/// From whom to take which role.
#[derive(Debug, Args)]
pub(super) struct RevokeArguments {
    #[command(flatten)]
    person: PersonArguments,
    /// Only this role: read, write or admin. Without it, every role that was given here.
    #[arg(long)]
    role: Option<Role>,
}

impl GrantArguments {
    /// Shows the person, asks, and gives the role.
    ///
    /// # Errors
    /// When the configuration, the secret key or the database cannot be used, nobody fits the arguments, or the role
    /// cannot be given.
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let Self { person: who, role, until, reason } = self;
        let ends_at_ms =
            end_of_day("until", until.as_deref().unwrap_or_default()).map_err(|error| anyhow::anyhow!("{error}"))?;
        let (mut config, _) = Config::load(&Sources::from_process())?;
        let is_sqlite = config.database_url.starts_with("sqlite:");
        let opened = open_for_command(&mut config).await?;
        let done = async {
            let Some(person) = who.find(&opened.auth).await? else { return Ok(ExitCode::FAILURE) };
            if opened.auth.sign_ins().limited(&who.provider, Some(role), &person.issuer) < Some(role) {
                anyhow::bail!(
                    "the configuration does not leave the role {role} to this person: see highest_role, roles_from_tenants \
                     and the issuer of the provider {}",
                    who.provider
                );
            }
            let end = until.as_deref().map_or_else(|| "without an end".to_owned(), |day| format!("up to {day}"));
            if !who.is_agreed(&format!("Give them the role {role}, {end}?"))? {
                return Ok(ExitCode::FAILURE);
            }
            operator(&opened).grant(person.id, role, &reason, ends_at_ms).await?;
            let when = if is_sqlite { "They have it when they sign in again." } else { "They have it at once." };
            print(&format!("The role {role} was given. {when}\n"))?;
            Ok::<_, anyhow::Error>(ExitCode::SUCCESS)
        };
        let done = done.await;
        opened.db.close().await;
        done
    }
}

impl RevokeArguments {
    /// Shows the person, asks, and takes the roles back.
    ///
    /// # Errors
    /// As [`GrantArguments::run`]. With SQLite also while Rolecall runs, because it would not learn of the change.
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let Self { person: who, role } = self;
        let (mut config, _) = Config::load(&Sources::from_process())?;
        be_alone(&config).await?;
        let opened = open_for_command(&mut config).await?;
        let done = async {
            let Some(person) = who.find(&opened.auth).await? else { return Ok(ExitCode::FAILURE) };
            let grants = opened.auth.sign_ins().grants_of(person.id, Clock::system().now_ms()).await?;
            let grants: Vec<Grant> =
                grants.into_iter().filter(|grant| role.is_none_or(|role| grant.role == role)).collect();
            if grants.is_empty() {
                print("No such role was given to them here. Nothing was changed.\n")?;
                return Ok(ExitCode::FAILURE);
            }
            let roles: Vec<&str> = grants.iter().map(|grant| grant.role.name()).collect();
            if !who.is_agreed(&format!("Take back what was given here: {}?", roles.join(", ")))? {
                return Ok(ExitCode::FAILURE);
            }
            for grant in &grants {
                operator(&opened).revoke_grant(grant.id.clone()).await?;
            }
            print(&format!("Taken back: {}.\n", roles.join(", ")))?;
            Ok::<_, anyhow::Error>(ExitCode::SUCCESS)
        };
        let done = done.await;
        opened.db.close().await;
        done
    }
}

fn operator(opened: &Opened) -> Administrator {
    Administrator::operator(opened.auth.clone(), opened.audit.clone())
}

impl PersonArguments {
    /// Prints everyone who fits, and returns the person. Returns `None`, and says so, if several people fit.
    async fn find(&self, auth: &Auth) -> anyhow::Result<Option<PersonRow>> {
        let Some(provider) = auth.provider(&self.provider) else {
            let known: Vec<&str> = auth.providers().iter().map(|provider| provider.config.id.as_str()).collect();
            anyhow::bail!("there is no provider {}: there is {}", self.provider, known.join(", "));
        };
        let (now_ms, id) = (auth.clock().now_ms(), provider.config.id.as_str());
        let found = match (&self.subject, &self.email) {
            (Some(subject), _) => auth.sign_ins().people_at(id, subject, now_ms).await?,
            (None, email) => {
                auth.sign_ins().people_with_email(id, email.as_deref().unwrap_or_default(), now_ms).await?
            }
        };
        // An issuer that the provider had before can have a person with the same subject. That is another person, who
        // is meant only if nobody has the issuer of now.
        let (now, before): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|person| auth.sign_ins().accepts(Some(id), &person.issuer));
        let found = if now.is_empty() { before } else { now };
        let text = found.iter().fold(String::new(), |text, person| text + &shown(person));
        print(&text)?;
        match &found[..] {
            [_] => Ok(found.into_iter().next()),
            [] => anyhow::bail!(
                "nobody like that has signed in with {id}. The person must have signed in once. --email finds them only if \
                 the provider had verified the address at that sign-in; otherwise use --subject"
            ),
            _ => {
                print("This fits several people. Nothing was changed. Choose one with --subject.\n")?;
                Ok(None)
            }
        }
    }

    /// Asks `question` and returns whether the answer is yes. With `--yes`, it does not ask.
    fn is_agreed(&self, question: &str) -> anyhow::Result<bool> {
        if self.yes {
            return Ok(true);
        }
        print(&format!("{question} [y/N] "))?;
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer).context("the answer cannot be read")?;
        let is_agreed = matches!(answer.trim(), "y" | "Y" | "yes");
        if !is_agreed {
            print("\nNothing was changed.\n")?;
        }
        Ok(is_agreed)
    }
}

/// The person and their roles, so that the operator can check who it is.
fn shown(person: &PersonRow) -> String {
    let mut text = plain(&person.name, NAME_MAX_CHARS);
    if let Some(email) = &person.email {
        _ = write!(text, " <{}>", plain(email, NAME_MAX_CHARS));
    }
    let role = |role: Option<Role>| role.map_or("no role", Role::name);
    let facts = [
        ("issuer", plain(&person.issuer, NAME_MAX_CHARS * 3)),
        ("subject", plain(&person.subject, NAME_MAX_CHARS * 3)),
        ("by the provider", role(person.provider_role).to_owned()),
        ("given here", role(person.granted_role).to_owned()),
    ];
    for (name, value) in facts {
        _ = write!(text, "\n  {name:<16}{value}");
    }
    if person.disabled.is_some() || person.inactive_since_ms.is_some() {
        text.push_str("\n  disabled");
    }
    text + "\n"
}

fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("the result could not be printed")
}
