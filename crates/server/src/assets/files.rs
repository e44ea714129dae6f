//! All files, by their paths.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use leptos::config::LeptosOptions;
use rolecall_model::AppError;
use rolecall_ui::documents::ShellAssets;

use super::asset::Asset;
use crate::problem::{self, ProblemPages};

/// The files, by URL path. Clones share them.
#[derive(Clone)]
pub struct Assets(Arc<Inner>);

struct Inner {
    root: PathBuf,
    files: HashMap<String, Asset>,
    reread: bool,
}

impl Assets {
    /// Reads every file in the site folder of `options`; `reread` reads them again at each request instead.
    ///
    /// # Errors
    /// When a file cannot be read. A missing folder counts as empty.
    pub fn read(options: &LeptosOptions, reread: bool) -> std::io::Result<Self> {
        let root = PathBuf::from(&*options.site_root);
        let mut files = HashMap::new();
        if root.is_dir() {
            read_folder(&root, "", &mut files)?;
        }
        Ok(Self(Arc::new(Inner { root, files, reread })))
    }

    /// The file at `path`.
    pub fn find(&self, path: &str) -> Option<Cow<'_, Asset>> {
        if !self.0.reread {
            return self.0.files.get(path).map(Cow::Borrowed);
        }
        let is_plain = path.split('/').skip(1).all(|part| !part.is_empty() && !part.starts_with('.'));
        let named = is_plain.then(|| self.0.root.join(path.trim_start_matches('/')))?;
        let is_style = named.extension().is_some_and(|kind| kind == "css");
        let file = if is_style { newest_form(&named) } else { named };
        Some(Cow::Owned(Asset::read(&file, path).ok()?.not_stored()))
    }

    /// Whether every file in `names` can be served.
    pub fn contain(&self, names: &ShellAssets) -> bool {
        [&names.js, &names.wasm, &names.css].into_iter().all(|path| self.find(path).is_some())
    }

    /// All files with their paths; empty if they may change.
    pub fn unchanging(&self) -> impl Iterator<Item = (&str, &Asset)> {
        self.0.files.iter().filter(|_| !self.0.reread).map(|(path, asset)| (path.as_str(), asset))
    }

    /// The paths of all files.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.files.keys().map(String::as_str)
    }
}

/// The newest file of `named`, with or without a hash: `rolecall.css` and `rolecall.….css`.
fn newest_form(named: &Path) -> PathBuf {
    let stem = named.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let forms = named.parent().and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    forms
        .filter(|form| form.path().extension() == named.extension())
        .filter(|form| form.file_name().to_str().is_some_and(|name| name.starts_with(&format!("{stem}."))))
        .max_by_key(|form| form.metadata().and_then(|metadata| metadata.modified()).ok())
        .map_or_else(|| named.to_owned(), |form| form.path())
}

fn read_folder(folder: &Path, prefix: &str, files: &mut HashMap<String, Asset>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let (path, file) = (format!("{prefix}/{name}"), entry.path());
        let is_compressed_form = file.extension().is_some_and(|extension| extension == "br" || extension == "gz");
        if entry.file_type()?.is_dir() {
            read_folder(&file, &path, files)?;
        } else if !name.starts_with('.') && !is_compressed_form {
            files.insert(path.clone(), Asset::read(&file, &path)?);
        }
    }
    Ok(())
}

/// Answers with the file at the request's path, if [at once](crate::at_once) has not done so. No session is
/// loaded.
pub async fn serve(
    State(assets): State<Assets>,
    State(problem_pages): State<ProblemPages>,
    request: Request,
) -> Response {
    named(&assets, &problem_pages, &request, request.uri().path())
}

/// Answers with the file at `path`, whatever the path of `request`.
pub fn named(assets: &Assets, problem_pages: &ProblemPages, request: &Request, path: &str) -> Response {
    match assets.find(path) {
        _ if !matches!(*request.method(), Method::GET | Method::HEAD) => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        Some(asset) => asset.response(request.method(), request.headers()),
        None => problem::refuse(problem_pages, request, &AppError::NotFound),
    }
}

/// The names of the script, the module and the style sheet: with the hashes from `hash.txt` beside the executable, if
/// it exists. While the server is `watched`, the style sheet has no hash.
pub fn shell_assets(options: &LeptosOptions, watched: bool) -> ShellAssets {
    let beside = std::env::current_exe().ok().and_then(|executable| Some(executable.parent()?.join("hash.txt")));
    let hashes = beside.and_then(|file| std::fs::read_to_string(file).ok()).unwrap_or_default();
    let name = |kind: &str| {
        let hash = hashes.lines().filter_map(|line| line.split_once(':')).find(|(of, _)| of.trim() == kind);
        let hash = hash
            .filter(|_| !(watched && kind == "css"))
            .map_or_else(String::new, |(_, hash)| format!(".{}", hash.trim()));
        format!("/{}/{}{hash}.{kind}", options.site_pkg_dir, options.output_name)
    };
    ShellAssets { js: name("js"), wasm: name("wasm"), css: name("css") }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use axum::http::{HeaderMap, header};

    use super::*;

    #[tokio::test]
    async fn while_watched_the_newest_style_is_served_and_nothing_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir(root.join("pkg")).unwrap();
        let write = |name: &str, text: &str, age_s: u64| {
            std::fs::write(root.join("pkg").join(name), text).unwrap();
            let modified = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000 - age_s);
            std::fs::File::options()
                .write(true)
                .open(root.join("pkg").join(name))
                .unwrap()
                .set_modified(modified)
                .unwrap();
        };
        let options = LeptosOptions::builder().output_name("rolecall").site_root(root.display().to_string()).build();
        write("rolecall.aBcDeFgHiJkLmNoPqRsT12.css", "built", 10);
        let assets = Assets::read(&options, true).unwrap();
        let served = async || {
            let asset = assets.find("/pkg/rolecall.css").unwrap();
            let response = asset.response(&Method::GET, &HeaderMap::new());
            assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
            to_bytes(response.into_body(), 100).await.unwrap()
        };
        assert_eq!(served().await, "built");
        write("rolecall.css", "edited", 5);
        assert_eq!(served().await, "edited");
        write("rolecall.aBcDeFgHiJkLmNoPqRsT12.css", "built again", 0);
        assert_eq!(served().await, "built again");
        assert_eq!(shell_assets(&options, true).css, "/pkg/rolecall.css");
    }
}
