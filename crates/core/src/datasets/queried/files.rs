//! The queried data sets in files: `datasets/*.toml` in the folder of the configuration. A file has the name of its
//! data set.

use std::path::Path;
use std::time::Duration;

use rolecall_model::Role;
use serde::Deserialize;

use super::super::dataset::Catalogue;
use super::super::title::{checked_description, checked_title};
use super::connections::Connections;
use super::create::{FRESH, NewQueried, QueryWish, check, check_fresh, check_name};
use crate::spec_files::{FieldMistake, FilesError, Mistakes, Reading, SpecFile, SpecMistake, TextFile, read_folder};

/// The format of files that this version reads.
const FORMAT: u32 = 1;

/// The content of a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: u32,
    title: String,
    #[serde(default)]
    description: String,
    role: Role,
    connection: String,
    keep: String,
    query: String,
}

/// A valid file with all required fields, of which those of a file that cannot be read are taken.
const STAND_INS: &str = r#"
format = 1
title = "(unknown)"
role = "read"
connection = "(unknown)"
keep = "15min"
query = "SELECT 1"
"#;

/// A file, and the data set that it defines.
#[derive(Debug)]
pub struct DatasetFile {
    pub dataset: NewQueried,
    file: SpecFile,
}

/// A file with mistakes.
#[derive(Debug)]
struct MistakenFile {
    /// The name of its data set.
    name: String,
    mistakes: Vec<SpecMistake>,
    /// The connection that it names, if that can be read.
    connection: Option<(String, SpecFile)>,
}

/// The data sets in files that could be read, and the mistakes in the others.
#[derive(Debug, Default)]
pub struct DatasetFiles {
    read: Vec<DatasetFile>,
    /// The mistakes in the others.
    mistakes: Vec<SpecMistake>,
    mistaken: Vec<MistakenFile>,
}

impl DatasetFiles {
    /// Reads every `.toml` file of `folder` that is not hidden. If the folder does not exist, there are no files.
    ///
    /// # Errors
    /// When the folder cannot be read. Mistakes in files are collected.
    pub fn read(folder: &Path) -> Result<Self, FilesError> {
        let mut files = Self::default();
        for TextFile { stem, path, text } in read_folder(folder)? {
            match DatasetFile::read(&stem, &path, text) {
                Ok(file) => files.read.push(file),
                Err(mut file) => {
                    files.mistakes.append(&mut file.mistakes);
                    files.mistaken.push(*file);
                }
            }
        }
        Ok(files)
    }

    /// The same, but fails on mistakes.
    ///
    /// # Errors
    /// [`FilesError::Mistakes`] where there are any; those `of_dashboards` are told with them.
    pub fn without_mistakes(mut self, of_dashboards: &[SpecMistake]) -> Result<Self, FilesError> {
        if self.mistakes.is_empty() {
            return Ok(self);
        }
        let of =
            if of_dashboards.is_empty() { "The data sets in files" } else { "The data sets and dashboards in files" };
        self.mistakes.extend_from_slice(of_dashboards);
        Err(FilesError::Mistakes(Mistakes { of, mistakes: self.mistakes }))
    }

    /// The data sets that could be read.
    pub fn all(&self) -> impl Iterator<Item = &DatasetFile> {
        self.read.iter()
    }

    /// Whether a file defines the data set `name`, also one with mistakes.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.all().any(|file| file.dataset.name == name) || self.mistaken.iter().any(|file| file.name == name)
    }

    /// The mistakes found in the files themselves.
    #[must_use]
    pub fn mistakes(&self) -> &[SpecMistake] {
        &self.mistakes
    }

    /// The mistakes against these `connections`, and against the data sets in `catalogue`, if known.
    #[must_use]
    pub fn check(&self, connections: &Connections, catalogue: Option<&Catalogue>) -> Vec<SpecMistake> {
        let connections_of_mistaken = self.mistaken.iter().filter_map(|file| file.connection.as_ref());
        connections_of_mistaken
            .filter_map(|(connection, file)| check_connection(file, connection, connections))
            .chain(self.all().flat_map(|file| file.check(connections, catalogue)))
            .collect()
    }

    /// The data sets without a mistake from [`check`](Self::check).
    #[must_use]
    pub fn usable(self, connections: &Connections, catalogue: &Catalogue) -> Vec<DatasetFile> {
        self.read.into_iter().filter(|file| file.check(connections, Some(catalogue)).is_empty()).collect()
    }
}

impl DatasetFile {
    /// The file at `path` with `text`, which defines the data set `name`.
    fn read(name: &str, path: &str, text: Result<String, SpecMistake>) -> Result<Self, Box<MistakenFile>> {
        let with = |mistakes, connection| Box::new(MistakenFile { name: name.to_owned(), mistakes, connection });
        let Reading { file, spec, doubtful, mut mistakes, .. } = text
            .map_err(|mistake| vec![mistake])
            .and_then(|text| SpecFile::parse(path, text).map_err(|mistake| vec![mistake]))
            .and_then(|file| file.read::<Document>(STAND_INS))
            .map_err(|mistakes| with(mistakes, None))?;
        let told = mistakes.len();
        if let Err(error) = check_name(name) {
            mistakes.push(file.mistake(&format!("The file's name is the data set's. {error}")));
        }
        let connection = (!doubtful.overlaps("connection")).then(|| spec.connection.clone());
        match dataset(name, spec) {
            Ok(dataset) if mistakes.is_empty() => return Ok(Self { dataset, file }),
            Ok(_) => {}
            Err(found) => {
                let certain = found.into_iter().filter(|mistake| !doubtful.overlaps(&mistake.at)).collect();
                mistakes.extend(file.locate_all(certain, told));
            }
        }
        Err(with(mistakes, connection.map(|connection| (connection, file))))
    }

    /// The mistake `what` at the field `at`, with its line.
    #[must_use]
    pub fn mistake_at(&self, at: &str, what: impl Into<String>) -> SpecMistake {
        self.file.locate(FieldMistake::new(at, what))
    }

    fn check(&self, connections: &Connections, catalogue: Option<&Catalogue>) -> Vec<SpecMistake> {
        let NewQueried { name, query, .. } = &self.dataset;
        let no_connection = check_connection(&self.file, &query.connection, connections);
        let known = catalogue.and_then(|catalogue| catalogue.get(name));
        let taken = known.filter(|known| !known.is_of_file()).map(|_| {
            self.file.mistake(
                "A data set that was not made by this file has its name, so the file is left out. Rename the file, or \
                 delete that data set.",
            )
        });
        no_connection.into_iter().chain(taken).collect()
    }
}

/// The mistake where `file` names a `connection` that is not one of `connections`.
fn check_connection(file: &SpecFile, connection: &str, connections: &Connections) -> Option<SpecMistake> {
    if connections.named(connection).is_some() {
        return None;
    }
    let what = format!(
        "There is no connection “{connection}” in the configuration. Add `[connections.{connection}]`, or correct the \
         name."
    );
    Some(file.locate(FieldMistake::new("connection", what)))
}

/// The data set `name` as `document` defines it.
fn dataset(name: &str, document: Document) -> Result<NewQueried, Vec<FieldMistake>> {
    let Document { format, title, description, role, connection, keep, query } = document;
    let mut mistakes = Vec::new();
    if format != FORMAT {
        let what = format!("This version of Rolecall reads the format {FORMAT}. Write `format = {FORMAT}`.");
        mistakes.push(FieldMistake::new("format", what));
    }
    let title = checked_title(&title).unwrap_or_else(|error| {
        mistakes.push(FieldMistake::new("title", error.to_string()));
        title
    });
    let description = checked_description(&description).unwrap_or_else(|error| {
        mistakes.push(FieldMistake::new("description", error.to_string()));
        description
    });
    let fresh = kept_for(&keep).unwrap_or_else(|what| {
        mistakes.push(FieldMistake::new("keep", what));
        *FRESH.start()
    });
    // Line breaks as in forms: positions in the text count lines by LF.
    let query = QueryWish { connection, statement: query.replace("\r\n", "\n"), fresh };
    if let Err(error) = check(&query) {
        mistakes.push(FieldMistake::new("query", error.to_string()));
    }
    if mistakes.is_empty() {
        Ok(NewQueried { name: name.to_owned(), title, description, role, query })
    } else {
        Err(mistakes)
    }
}

/// How long an answer is kept by the text `keep`, or what is wrong with it.
fn kept_for(keep: &str) -> Result<Duration, String> {
    let fresh = humantime::parse_duration(keep.trim())
        .map_err(|_| "Write how long an answer is kept as “30s”, “15min” or “2h”.".to_owned())?;
    check_fresh(fresh).map_err(|error| error.to_string())?;
    Ok(fresh)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "format = 1\ntitle = \"Sales\"\nrole = \"write\"\nconnection = \"crm\"\nkeep = \"15min\"\n\
                        query = \"SELECT 1 AS a\"\n";

    /// The mistakes in the file `name` with `text`, as text.
    fn mistakes(name: &str, text: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(name), text).unwrap();
        let files = DatasetFiles::read(folder.path()).unwrap();
        assert!(files.mistakes().is_empty() || files.all().count() == 0);
        let place = format!("{}/", folder.path().display());
        files.mistakes().iter().map(|mistake| mistake.to_string().replace(&place, "")).collect()
    }

    // Case: queried/file-mistakes
    #[test]
    fn mistakes_are_reported_with_file_and_line() {
        assert_eq!(mistakes("sales.toml", GOOD), [""; 0]);
        for (wrong, right, place, advice) in [
            ("format = 2", "format = 1", "sales.toml:1: format: ", "Write `format = 1`."),
            ("title = \" \"", "title = \"Sales\"", "sales.toml:2: title: ", "Give the data set a title"),
            ("role = \"boss\"", "role = \"write\"", "sales.toml:3: ", "boss"),
            ("keep = \"soon\"", "keep = \"15min\"", "sales.toml:5: keep: ", "“15min”"),
            ("keep = \"1s\"", "keep = \"15min\"", "sales.toml:5: keep: ", "10 seconds"),
            ("owner = 1\nquery", "query", "sales.toml:6: ", "owner"),
        ] {
            let found = mistakes("sales.toml", &GOOD.replacen(right, wrong, 1));
            assert!(found.len() == 1 && found[0].starts_with(place) && found[0].contains(advice), "{found:?}");
        }
        let long = format!("query = \"{}\"", "x".repeat(50_001));
        let found = mistakes("sales.toml", &GOOD.replace("query = \"SELECT 1 AS a\"", &long));
        assert!(found.len() == 1 && found[0].starts_with("sales.toml:6: query: "), "{found:?}");
        // Each at its field.
        let found = mistakes("sales.toml", &GOOD.replace("query = \"SELECT 1 AS a\"", &long).replace("15min", "1s"));
        let expected =
            ["sales.toml:5: keep: Keep a snapshot for 10 seconds", "sales.toml:6: query: The SELECT has at most"];
        let is_told = found.iter().zip(expected).all(|(found, expected)| found.starts_with(expected));
        assert!(found.len() == 2 && is_told, "{found:?}");
        let long = format!("description = \"{}\"\nquery", "x".repeat(501));
        let found = mistakes("sales.toml", &GOOD.replace("query", &long));
        assert!(found.len() == 1 && found[0].starts_with("sales.toml:6: description: "), "{found:?}");
        for name in ["Sales.toml", "new.toml", "weather.toml"] {
            let found = mistakes(name, GOOD);
            assert!(found.len() == 1 && found[0].contains("The file's name is the data set's."), "{found:?}");
        }
    }

    #[test]
    fn the_stand_ins_are_a_valid_file() {
        let document: Document = toml_edit::de::from_str(STAND_INS).unwrap();
        assert!(dataset("sales", document).is_ok());
    }

    // Case: queried/file-mistakes
    #[test]
    fn every_mistake_of_a_file_is_told_at_once() {
        let text = "format = 1\ntitle = \" \"\nowner = 1\nrole = \"boss\"\nkeep = 5\nquery = \"SELECT 1 AS a\"\n";
        let found = mistakes("sales.toml", text);
        let expected = [
            "sales.toml:1: missing field `connection`.",
            "sales.toml:3: unknown field `owner`, ",
            "sales.toml:4: unknown variant `boss`, ",
            "sales.toml:5: invalid type: integer `5`, expected a string.",
            "sales.toml:2: title: Give the data set a title",
        ];
        let is_told = found.iter().zip(expected).all(|(found, expected)| found.starts_with(expected));
        assert!(found.len() == expected.len() && is_told, "{found:#?}");
    }

    // Case: queried/file-mistakes
    #[test]
    fn mistakes_of_dashboards_are_told_with_those_of_data_sets() {
        let folder = tempfile::tempdir().unwrap();
        let of_dashboards = [SpecMistake {
            file: "stock.toml".to_owned(),
            line: Some(2),
            at: "title".to_owned(),
            what: "Give the dashboard a title.".to_owned(),
        }];
        std::fs::write(folder.path().join("sales.toml"), GOOD).unwrap();
        assert!(DatasetFiles::read(folder.path()).unwrap().without_mistakes(&of_dashboards).is_ok());
        std::fs::write(folder.path().join("sales.toml"), GOOD.replace("\"Sales\"", "\" \"")).unwrap();
        let told = |of_dashboards: &[SpecMistake]| {
            DatasetFiles::read(folder.path()).unwrap().without_mistakes(of_dashboards).unwrap_err().to_string()
        };
        let alone = told(&[]);
        assert!(alone.starts_with("The data sets in files have a mistake:") && alone.contains("sales.toml:2: title: "));
        let both = told(&of_dashboards);
        assert!(both.starts_with("The data sets and dashboards in files have 2 mistakes:"), "{both}");
        assert!(both.contains("sales.toml:2: title: ") && both.contains("stock.toml:2: title: "), "{both}");
    }

    #[test]
    fn an_unknown_connection_is_reported_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("sales.toml"), GOOD).unwrap();
        let files = DatasetFiles::read(folder.path()).unwrap();
        let found = files.check(&Connections::default(), None);
        assert!(found.len() == 1 && found[0].to_string().contains("sales.toml:4: connection: "), "{found:?}");
        assert_eq!(files.usable(&Connections::default(), &Catalogue::default()).len(), 0);
        // Also beside other mistakes; dashboards can name the data set all the same.
        std::fs::write(folder.path().join("sales.toml"), GOOD.replace("\"Sales\"", "\" \"")).unwrap();
        let files = DatasetFiles::read(folder.path()).unwrap();
        let found = files.check(&Connections::default(), None);
        assert!(found.len() == 1 && found[0].to_string().contains("sales.toml:4: connection: "), "{found:?}");
        assert!(files.mistakes().len() == 1 && files.has("sales") && files.all().count() == 0);
    }
}
