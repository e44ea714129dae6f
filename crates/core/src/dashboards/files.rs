//! The dashboards in files: `dashboards/*.toml` in the folder of the configuration.

use std::path::Path;

use rolecall_model::is_name;

use super::spec::{Columns, Dashboard, MistakenDashboard};
use super::stored::is_reserved;
use crate::datasets::{Catalogue, DatasetFiles, is_built_in};
use crate::spec_files::{FilesError, Mistakes, SpecFile, SpecMistake, TextFile, read_folder};

/// The dashboards in files that could be read, and the mistakes in the others.
#[derive(Debug, Default)]
pub struct DashboardFiles {
    /// The dashboards that could be read, by name in paths.
    read: Vec<(Dashboard, SpecFile)>,
    /// The mistakes in the others.
    mistakes: Vec<SpecMistake>,
    /// The others, as far as they could be read.
    mistaken: Vec<MistakenDashboard>,
    /// The names in addresses and the paths of all files.
    names: Vec<(String, String)>,
}

impl DashboardFiles {
    /// Reads every `.toml` file of `folder` that is not hidden. Where there is no such folder, there are no dashboards.
    ///
    /// # Errors
    /// When the folder cannot be read. Mistakes in files are collected.
    pub fn read(folder: &Path) -> Result<Self, FilesError> {
        let mut files = Self::default();
        for TextFile { stem, path, text } in read_folder(folder)? {
            match text {
                Ok(text) => files.add(&stem, &path, text),
                Err(mistake) => files.mistakes.push(mistake),
            }
            files.names.push((stem, path));
        }
        Ok(files)
    }

    fn add(&mut self, slug: &str, file: &str, text: String) {
        let name_mistake = name_mistake(slug);
        let has_good_name = name_mistake.is_none();
        self.mistakes.extend(name_mistake.map(|what| of_file(file, what)));
        match Dashboard::read(slug, file, text) {
            Ok(read) if has_good_name => self.read.push(read),
            Ok((dashboard, file)) => self.mistaken.push(MistakenDashboard::misnamed(dashboard.spec, file)),
            Err(mut file) => {
                self.mistakes.append(&mut file.mistakes);
                self.mistaken.push(*file);
            }
        }
    }

    /// The names of the data sets that they use.
    #[must_use]
    pub fn datasets(&self) -> Vec<&str> {
        let panels = self.read.iter().flat_map(|(dashboard, _)| &dashboard.panels);
        panels.filter_map(|panel| panel.spec.dataset.as_deref()).collect()
    }

    /// The mistakes that can be found without the data sets.
    #[must_use]
    pub fn mistakes(&self) -> &[SpecMistake] {
        &self.mistakes
    }

    /// How many dashboards could be read.
    #[must_use]
    pub fn count(&self) -> usize {
        self.read.len()
    }

    /// The mistakes against the data sets in `catalogue`. Data sets that come with Rolecall may not be imported yet,
    /// and those of `files` not created yet; without a catalogue, none is known.
    #[must_use]
    pub fn check_data(&self, catalogue: Option<&Catalogue>, files: &DatasetFiles) -> Vec<SpecMistake> {
        let columns_of = |name: &str| match catalogue.map(|catalogue| catalogue.get(name)) {
            Some(Some(dataset)) => Columns::Known(&dataset.data.columns),
            Some(None) if !is_built_in(name) && !files.has(name) => Columns::NoDataSet,
            _ => Columns::Unknown,
        };
        let mut mistakes: Vec<SpecMistake> =
            self.read.iter().flat_map(|(dashboard, file)| dashboard.check_data(file, &columns_of)).collect();
        mistakes.extend(self.mistaken.iter().flat_map(|file| file.check_data(&columns_of)));
        mistakes
    }

    /// Those with the name of a dashboard made in the browser; `stored` are these names.
    #[must_use]
    pub fn check_names(&self, stored: &[String]) -> Vec<SpecMistake> {
        let what = "A dashboard that was made in the browser has this name, so the file is left out. Rename the file.";
        let taken = self.names.iter().filter(|(slug, _)| stored.contains(slug));
        taken.map(|(_, path)| of_file(path, what.to_owned())).collect()
    }

    /// The dashboards, in the order of their titles.
    ///
    /// # Errors
    /// [`FilesError::Mistakes`] where there are any.
    pub fn into_dashboards(self) -> Result<Vec<Dashboard>, FilesError> {
        if !self.mistakes.is_empty() {
            return Err(FilesError::Mistakes(Mistakes { of: "The dashboards", mistakes: self.mistakes }));
        }
        let mut dashboards: Vec<Dashboard> = self.read.into_iter().map(|(dashboard, _)| dashboard).collect();
        dashboards.sort_by_cached_key(|dashboard| dashboard.spec.title.to_lowercase());
        Ok(dashboards)
    }
}

/// What is wrong with the name `slug` of a file.
fn name_mistake(slug: &str) -> Option<String> {
    if !is_name(slug) {
        let what = "The file's name is the dashboard's in addresses. Use 1 to 64 small letters, digits and hyphens, \
                    such as `sales.toml`.";
        return Some(what.to_owned());
    }
    is_reserved(slug).then(|| format!("Another page has the address `/dashboards/{slug}`. Give the file another name."))
}

/// The mistake `what` of the file at `path` as a whole.
fn of_file(path: &str, what: String) -> SpecMistake {
    SpecMistake { file: path.to_owned(), line: None, at: String::new(), what }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_told_with_the_file_and_what_to_do_and_hidden_files_are_none() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
        write("good.toml", b"format = 1\ntitle = \"Good\"\n");
        write("latin.toml", b"format = 1\ntitle = \"Z\xfcrich\"\n");
        write("._good.toml", b"\x00\x05\x16\x07");
        write(".hidden.toml", b"format = 7\n");
        write("notes.txt", b"\xff");
        write("Sales 2026.toml", b"format = 1\n");
        std::fs::create_dir(folder.path().join("old.toml")).unwrap();
        let files = DashboardFiles::read(folder.path()).unwrap();
        assert_eq!(files.count(), 1);
        let mistakes: Vec<String> = files.mistakes().iter().map(ToString::to_string).collect();
        let expected = [
            ("Sales 2026.toml: ", "Use 1 to 64 small letters"),
            // Its content is checked all the same.
            ("Sales 2026.toml:1: ", "missing field `title`."),
            ("latin.toml:2: ", "Save it as UTF-8."),
            ("old.toml: ", "This is a folder."),
        ];
        assert_eq!(mistakes.len(), expected.len(), "{mistakes:#?}");
        for (mistake, (file, advice)) in mistakes.iter().zip(expected) {
            assert!(mistake.contains(file) && mistake.contains(advice), "{mistake}");
        }
    }

    #[test]
    fn a_file_with_a_bad_name_is_compared_with_the_data_and_a_taken_name_is_told_beside_other_mistakes() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        let panel = "[[panels]]\nid = \"a\"\ntitle = \"x\"\nkind = \"figure\"\ndataset = \"sales\"\n\
                     measures = [{ compute = \"count\" }]\n";
        write("new.toml", &format!("format = 1\ntitle = \"New\"\n{panel}"));
        write("stock.toml", "format = 1\ntitle = \"\"\n");
        let files = DashboardFiles::read(folder.path()).unwrap();
        assert_eq!(files.count(), 0);
        let assert_told = |found: &[SpecMistake], expected: &[(&str, &str)]| {
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            let is_told =
                found.iter().zip(expected).all(|(found, (file, what))| found.contains(file) && found.contains(what));
            assert!(found.len() == expected.len() && is_told, "{found:#?}");
        };
        let (of_name, of_title) =
            (("new.toml: ", "Give the file another name."), ("stock.toml:2: ", "Give the dashboard a title."));
        assert_told(files.mistakes(), &[of_name, of_title]);
        let of_data = files.check_data(Some(&Catalogue::default()), &DatasetFiles::default());
        assert_told(&of_data, &[("new.toml:7: ", "There is no data set `sales`.")]);
        let stored = ["stock".to_owned(), "sales".to_owned()];
        assert_told(&files.check_names(&stored), &[("stock.toml: ", "A dashboard that was made in the browser")]);
    }
}
