//! The data sets of an application under test, as another process makes and changes them: the application knows of it
//! within a second.

use rolecall_core::datasets::{Datasets, Target};
use rolecall_data::import::Given;
use rolecall_model::Role;
use tempfile::NamedTempFile;

use super::{TestApp, execute, importer};

/// A file that is there for as long as it is held, with this `content`.
pub fn file_with(content: impl AsRef<[u8]>) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), content).unwrap();
    file
}

/// Imports `rows`, which are CSV, as `target`. Returns the version that they are.
pub async fn import_rows(datasets: &Datasets, rows: impl AsRef<[u8]>, target: &Target) -> u64 {
    let file = file_with(rows);
    datasets.import_file(file.path(), Given::default(), target, None).await.unwrap().version
}

impl TestApp {
    /// The data sets as a process of its own has them, such as the command `rolecall import`.
    pub fn datasets_elsewhere(&self) -> Datasets {
        Datasets::open(self.db().clone(), self.clock.clock(), &self.data_dir()).unwrap().importing_with(importer())
    }

    /// Imports `rows`, which are CSV, as `target`.
    pub async fn import(&self, rows: &str, target: &Target) {
        import_rows(&self.datasets_elsewhere(), rows, target).await;
    }

    /// Makes the data set `name`, open from `role` on, of `rows`. Its title is the name with a capital.
    pub async fn make_dataset(&self, (name, role): (&str, Role), rows: &str) {
        let title = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
        self.import(rows, &Target::New { name: name.to_owned(), title, role }).await;
    }

    /// Lets each role see the rows of the data set `name` alone in whose column `who` it stands.
    pub async fn part_rows_by_role(&self, name: &str) {
        let rule = r#"[{"column":"who","is":"role"}]"#;
        execute(self.db(), &format!("UPDATE datasets SET row_rules = '{rule}', revision = 1 WHERE name = '{name}'"))
            .await;
    }
}
