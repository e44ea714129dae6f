//! The data sets that come with Rolecall, imported like any other at the first start with a dashboard that uses them.

use std::ops::ControlFlow;
use std::path::Path;

use rolecall_data::import::{Converted, Given, ImportError, Limits, Progress, convert, examine};
use rolecall_data::store::StoreError;
use rolecall_model::Role;
use rolecall_sign_in::private_files;
use sha2::{Digest as _, Sha256};

use super::catalog::{self, NewDataSet, NewVersion};
use super::dataset::{DataSet, DataSetKind};
use super::error::DatasetError;
use super::handle::Datasets;
use super::own::OwnData;

/// A data set that comes with Rolecall.
pub(super) struct BuiltIn {
    /// Its name in dashboards, which is also its id.
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// Its rows, as CSV with a line of column names.
    csv: &'static [u8],
}

/// All of them. README.md in their folder lists source and licence.
pub(super) const BUILT_IN: &[BuiltIn] = &[
    BuiltIn { name: "weather", title: "Weather in Seattle and New York", csv: include_bytes!("built_in/weather.csv") },
    BuiltIn {
        name: "bird-strikes",
        title: "Bird strikes in the United States",
        csv: include_bytes!("built_in/birdstrikes.csv"),
    },
];

/// Whether a data set called `name` comes with Rolecall.
#[must_use]
pub fn is_built_in(name: &str) -> bool {
    BUILT_IN.iter().any(|built_in| built_in.name == name) || name.parse::<OwnData>().is_ok()
}

impl BuiltIn {
    /// The name of its Parquet file: it changes with the rows.
    fn file(&self) -> String {
        let digest = Sha256::digest(self.csv);
        let hash = digest.iter().take(8).fold(0_u64, |hash, byte| (hash << 8) | u64::from(*byte));
        format!("{}-built-in-{hash:016x}.parquet", self.name)
    }
}

impl Datasets {
    /// Imports the data sets that come with Rolecall and are among `wanted`, if they are missing, or differ from those
    /// of this version.
    ///
    /// # Errors
    /// When database or files cannot be used.
    pub async fn import_built_in(&self, wanted: &[&str]) -> Result<(), DatasetError> {
        let known = catalog::all(&self.db).await?;
        for built_in in BUILT_IN.iter().filter(|built_in| wanted.contains(&built_in.name)) {
            let file = built_in.file();
            let known = known.iter().find(|dataset| dataset.data.dataset == built_in.name);
            let is_current = known.is_some_and(|known| known.data.files == [file.as_str()]);
            if is_current && self.store.size(&file).await.is_ok() {
                continue;
            }
            let imported = self.import(built_in, file, known.filter(|_| !is_current)).await;
            imported.map_err(|error| DatasetError::BuiltIn(built_in.name, Box::new(error)))?;
        }
        self.make_own_data(wanted).await
    }

    /// Writes `file` of `built_in`, and stores it as the version after `before`; without one, as the first.
    async fn import(&self, built_in: &BuiltIn, file: String, before: Option<&DataSet>) -> Result<(), DatasetError> {
        let folder = self.incoming()?;
        let (source, into) = (folder.path().join("rows.csv"), folder.path().join("rows.parquet"));
        tokio::fs::write(&source, built_in.csv).await?;
        let rows = into.clone();
        let converted = tokio::task::spawn_blocking(move || read(&source, &rows)).await;
        let converted = converted.map_err(std::io::Error::other)??;
        match self.store.bring_in(&file, &into).await {
            Ok(_) | Err(StoreError::Exists(_)) => {}
            Err(error) => return Err(error.into()),
        }
        let version = NewVersion {
            version: before.map_or(0, |before| before.data.version) + 1,
            columns: &converted.columns,
            files: &[file],
            rows: converted.rows,
            bytes: converted.bytes,
            source: None,
            created_by: None,
            created_at_ms: self.clock.now_ms(),
        };
        // Another instance may store the same version at the same moment.
        if let Some(before) = before {
            catalog::add_version(&self.db, before, &version).await?;
        } else {
            let BuiltIn { name, title, .. } = built_in;
            let (kind, role) = (DataSetKind::BuiltIn, Role::Read);
            let new = NewDataSet { id: name, name, title, description: "", kind, role, owner: None, limit: None };
            let is_made = catalog::create(&self.db, &new, &version).await?;
            if !is_made && catalog::by_id(&self.db, name).await?.is_none() {
                tracing::warn!(name, "another data set has the name of one that comes with Rolecall");
            }
        }
        self.forget_catalogue();
        Ok(())
    }
}

/// Writes the rows of `file`, which we trust and read without a separate process, to the new Parquet file `into`.
fn read(file: &Path, into: &Path) -> Result<Converted, ImportError> {
    let (limits, go_on) = (Limits::default(), |_: Progress| ControlFlow::Continue(()));
    let reading = examine(file, &Given::default(), &limits, go_on)?.reading;
    let converted = convert(file, &reading, into, &limits, go_on)?;
    private_files::close_to_others(into)?;
    Ok(converted)
}
