//! `rolecall import`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use rolecall_config::{Config, Sources};
use rolecall_core::audit::Audit;
use rolecall_core::data_dir;
use rolecall_core::data_dir::AUDIT_HEAD;
use rolecall_core::datasets::{DatasetError, Datasets, Imported, Target};
use rolecall_core::schema;
use rolecall_data::import::{DateOrder, Examined, Given, ImportError, ImportReport, NumberStyle, Question};
use rolecall_model::Role;
use rolecall_sign_in::db::Db;
use rolecall_sign_in::{Clock, secret_key};

use super::have_keys_of_server;

/// How long to wait until the entries of the audit are written.
const LAST_ENTRIES: Duration = Duration::from_secs(30);

/// What to import, and as what.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct ImportArguments {
    /// The file to import.
    file: PathBuf,
    /// The name of the data set in dashboards: small letters, digits and hyphens.
    #[arg(long)]
    name: String,
    /// Its title. Without it, its name.
    #[arg(long, conflicts_with_all = ["replace", "append"])]
    title: Option<String>,
    /// The lowest role that sees anything of it: read, write or admin.
    #[arg(long, default_value = "read", conflicts_with_all = ["replace", "append"])]
    role: Role,
    /// Replace the rows of the data set. Columns are matched by name.
    #[arg(long, conflicts_with = "append")]
    replace: bool,
    /// With --replace: also take the columns of the file. Panels that use other columns then show no data.
    #[arg(long, requires = "replace")]
    new_columns: bool,
    /// With --replace: also if the file has no rows.
    #[arg(long, requires = "replace")]
    empty: bool,
    /// Add the rows to those of the data set. Columns are matched by name.
    #[arg(long)]
    append: bool,
    /// With --append: also if the rows of the same file are there already.
    #[arg(long, requires = "append")]
    again: bool,
    /// The order of days and months, if the dates of the file fit both.
    #[arg(long, value_enum)]
    date_order: Option<DatesAre>,
    /// The decimal mark, if the numbers of the file fit both. The other mark then separates thousands.
    #[arg(long, value_enum)]
    decimal_mark: Option<DecimalMark>,
    /// The encoding, such as UTF-8 or windows-1252, if Rolecall can only guess it.
    #[arg(long)]
    encoding: Option<String>,
}

/// The order of days and months.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum DatesAre {
    /// 31/01/2026.
    DayMonthYear,
    /// 01/31/2026.
    MonthDayYear,
}

/// The decimal mark of numbers.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum DecimalMark {
    /// 1,234.5.
    Point,
    /// 1.234,5.
    Comma,
}

impl ImportArguments {
    /// Imports the file. Prints its columns with their types, or the mistakes in it.
    ///
    /// # Errors
    /// When the configuration, the database or the data folder cannot be used, or the result cannot be printed.
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let (mut config, _) = Config::load(&Sources::from_process())?;
        data_dir::prepare(&config.data_dir)?;
        let db = Db::open(&config.database_url, &schema::migrations()).await?;
        let audit = audit(&mut config, &db)?;
        have_keys_of_server(&audit).await?;
        let auditing = audit.keep_writing();
        let datasets = Datasets::open(db.clone(), Clock::system(), &config.data_dir)?
            .importing_with(config.datasets.importer()?)
            .audited_by(audit.clone());
        let target = match (self.replace, self.append, self.name) {
            (true, _, name) => Target::Replace {
                dataset: datasets.key_of(&name).await?,
                new_columns: self.new_columns,
                may_be_empty: self.empty,
            },
            (_, true, name) if self.again => Target::Append(datasets.key_of(&name).await?),
            (_, true, name) => Target::AppendOnce(datasets.key_of(&name).await?),
            (_, _, name) => Target::New { title: self.title.unwrap_or_else(|| name.clone()), name, role: self.role },
        };
        let given = Given {
            date_order: self.date_order.map(|order| match order {
                DatesAre::DayMonthYear => DateOrder::DayMonthYear,
                DatesAre::MonthDayYear => DateOrder::MonthDayYear,
            }),
            numbers: self.decimal_mark.map(|mark| match mark {
                DecimalMark::Point => NumberStyle { decimal: '.', thousands: Some(',') },
                DecimalMark::Comma => NumberStyle { decimal: ',', thousands: Some('.') },
            }),
            encoding: self.encoding,
            ..Given::default()
        };
        let imported = datasets.import_file(&self.file, given, &target, None).await;
        let is_audited = audit.flush(LAST_ENTRIES).await;
        auditing.abort();
        db.close().await;
        let (text, exit_code) = match imported {
            Ok(imported) => (success(&target, &imported), ExitCode::SUCCESS),
            Err(DatasetError::Import(ImportError::Mistakes(report))) => (mistakes(&target, &report), ExitCode::FAILURE),
            Err(DatasetError::Ambiguous(examined)) => {
                return Err(anyhow::anyhow!(
                    "The file can be read in more than one way.{} Nothing was imported.",
                    questions(&examined)
                ));
            }
            Err(error @ DatasetError::AddedBefore(_)) => {
                return Err(anyhow::anyhow!("{error} To add them again, add --again. Nothing was imported."));
            }
            Err(error @ DatasetError::Import(ImportError::Io(_))) => {
                return Err(error).with_context(|| format!("{} cannot be imported", self.file.display()));
            }
            Err(error) => return Err(error.into()),
        };
        std::io::stdout().write_all(text.as_bytes()).context("the result could not be printed")?;
        anyhow::ensure!(is_audited, "the audit could not be written, so it has no entry of this");
        Ok(exit_code)
    }
}

/// The audit in `db`. The server writes to it too.
fn audit(config: &mut Config, db: &Db) -> anyhow::Result<Audit> {
    if config.auth.secret_keys.is_empty() {
        config.auth.secret_keys.push(secret_key::load_or_create(&config.data_dir)?);
    }
    let audit = Audit::new(db.clone(), &config.auth.secret_keys, Clock::system());
    audit.keep_head_in(config.data_dir.join(AUDIT_HEAD)).context("the newest entry of the audit cannot be read")?;
    Ok(audit)
}

fn success(target: &Target, imported: &Imported) -> String {
    let rows = if imported.rows == 1 { "1 row".to_owned() } else { format!("{} rows", imported.rows) };
    let mut text = format!("{rows} imported into {}, version {}.\n", target.name(), imported.version);
    for column in imported.reading.data_columns() {
        _ = writeln!(text, "  {:<10} {}", column.column_type, column.name);
    }
    text
}

/// What is ambiguous in the file, each with the option that decides it.
fn questions(examined: &Examined) -> String {
    let mut text = String::new();
    for question in &examined.questions {
        _ = match question {
            Question::Encoding => {
                let dialect = examined.reading.dialect.as_ref();
                let guess = dialect.map_or("windows-1252", |dialect| dialect.encoding.as_str());
                write!(text, " The encoding is a guess: add --encoding {guess}, or another one.")
            }
            Question::DecimalMark => {
                write!(text, " The numbers fit two marks: add --decimal-mark point or --decimal-mark comma.")
            }
            Question::DateOrder { position } => {
                let column = examined.reading.columns.iter().find(|column| column.position == *position);
                let name = column.map_or("a column", |column| column.name.as_str());
                write!(
                    text,
                    " The dates in “{name}” fit two orders: add --date-order day-month-year or --date-order month-day-year."
                )
            }
        };
    }
    text
}

fn mistakes(target: &Target, report: &ImportReport) -> String {
    let mut text = String::new();
    for mistake in &report.mistakes {
        _ = write!(text, "line {}", mistake.line);
        if let Some(column) = &mistake.column {
            _ = write!(text, ", {column}");
        }
        if let Some(value) = &mistake.value {
            _ = write!(text, ": {value:?}");
        }
        _ = writeln!(text, " {}", mistake.reason);
    }
    let shown = u64::try_from(report.mistakes.len()).unwrap_or(u64::MAX);
    let rest = if report.count > shown { format!(" These are the first {shown}.") } else { String::new() };
    let mistakes = if report.count == 1 { "1 mistake".to_owned() } else { format!("{} mistakes", report.count) };
    _ = writeln!(text, "{mistakes}.{rest} Nothing was imported.");
    if matches!(target, Target::Replace { new_columns: false, .. }) {
        _ = writeln!(text, "To take the columns of the file in place of those that are there, add --new-columns.");
    }
    text
}
