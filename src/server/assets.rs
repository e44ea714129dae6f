//! The files that browsers load, read into memory when the server starts, with their compressed forms.
//!
//! Names with a hash in them never change what they name, so those are immutable for a year. While `cargo leptos
//! watch` runs, files are read again at each request instead, and the style sheet goes by its name without a hash, which
//! is the one that a changed style is written to.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use leptos::config::LeptosOptions;
use rolecall_model::AppError;

use super::problem::{self, ProblemPages};
use crate::app::ShellAssets;

const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// The files, by URL path. Clones share them.
#[derive(Clone)]
pub struct Assets(Arc<Inner>);

struct Inner {
    root: PathBuf,
    files: HashMap<String, Asset>,
    reread: bool,
}

#[derive(Clone)]
struct Asset {
    content_type: HeaderValue,
    cache_control: HeaderValue,
    plain: Bytes,
    gzip: Option<Bytes>,
    brotli: Option<Bytes>,
}

impl Assets {
    /// Reads every file below the site folder of `options`; `reread` reads them at each request instead.
    ///
    /// # Errors
    /// When a file cannot be read. A missing folder is an empty one.
    pub fn read(options: &LeptosOptions, reread: bool) -> std::io::Result<Self> {
        let root = PathBuf::from(&*options.site_root);
        let mut files = HashMap::new();
        if root.is_dir() {
            read_folder(&root, "", &mut files)?;
        }
        Ok(Self(Arc::new(Inner { root, files, reread })))
    }

    fn find(&self, path: &str) -> Option<Asset> {
        if !self.0.reread {
            return self.0.files.get(path).cloned();
        }
        let is_plain = path.split('/').skip(1).all(|part| !part.is_empty() && !part.starts_with('.'));
        let named = is_plain.then(|| self.0.root.join(path.trim_start_matches('/')))?;
        let is_style = named.extension().is_some_and(|kind| kind == "css");
        let file = if is_style { newest_form(&named) } else { named };
        Some(Asset { cache_control: NO_STORE, ..Asset::read(&file, path).ok()? })
    }

    /// Whether every file that `names` names can be served.
    pub fn contain(&self, names: &ShellAssets) -> bool {
        [&names.js, &names.wasm, &names.css].into_iter().all(|path| self.find(path).is_some())
    }

    /// The paths of all files.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.files.keys().map(String::as_str)
    }
}

/// The newest of `named` and its forms with a hash: `rolecall.css` and `rolecall.….css`.
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

impl Asset {
    fn read(file: &Path, path: &str) -> std::io::Result<Self> {
        let compressed = |extension: &str| {
            let mut name = file.as_os_str().to_owned();
            name.push(extension);
            std::fs::read(name).ok().map(Bytes::from)
        };
        Ok(Self {
            content_type: content_type(file),
            cache_control: if is_hashed(path) { IMMUTABLE } else { AN_HOUR },
            plain: std::fs::read(file)?.into(),
            gzip: compressed(".gz"),
            brotli: compressed(".br"),
        })
    }

    fn response(self, accepted: &HeaderMap) -> Response {
        let (body, encoding) = if let (Some(brotli), true) = (self.brotli, accepts(accepted, "br")) {
            (brotli, Some("br"))
        } else if let (Some(gzip), true) = (self.gzip, accepts(accepted, "gzip")) {
            (gzip, Some("gzip"))
        } else {
            (self.plain, None)
        };
        let mut response = body.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, self.content_type);
        headers.insert(header::CACHE_CONTROL, self.cache_control);
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    }
}

/// Whether the name carries a hash, as in `rolecall.xY3….js`.
fn is_hashed(path: &str) -> bool {
    let mut parts = path.rsplit('/').next().unwrap_or_default().split('.').rev();
    let (_, hash) = (parts.next(), parts.next().unwrap_or_default());
    path.starts_with("/pkg/") && parts.next().is_some() && hash.len() >= 16
}

/// Whether `coding` is accepted (RFC 9110, section 12.5.3), `;q=0` excepted.
fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        parts.next() == Some(coding) && parts.next().is_none_or(|quality| !matches!(quality, "q=0" | "q=0.0"))
    })
}

fn content_type(file: &Path) -> HeaderValue {
    HeaderValue::from_static(match file.extension().and_then(|extension| extension.to_str()) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    })
}

/// Answers with the file that the path names. No session is looked at on the way.
pub async fn serve(State(assets): State<Assets>, State(pages): State<ProblemPages>, request: Request) -> Response {
    named(&assets, &pages, &request, request.uri().path())
}

/// Answers with the file that `path` names, whatever the path of `request`.
pub fn named(assets: &Assets, pages: &ProblemPages, request: &Request, path: &str) -> Response {
    match assets.find(path) {
        _ if !matches!(*request.method(), Method::GET | Method::HEAD) => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        Some(asset) => asset.response(request.headers()),
        None => problem::refuse(pages, request, &AppError::NotFound),
    }
}

/// The names of the script, the module and the style sheet: with the hashes of the `hash.txt` beside the executable,
/// where there is one. While the server is `watched`, the style sheet has none.
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
    use super::*;

    #[test]
    fn only_hashed_names_are_immutable() {
        assert!(is_hashed("/pkg/rolecall.aBcDeFgHiJkLmNoPqRsT12.js"));
        for path in ["/pkg/rolecall.js", "/favicon.svg", "/a.aBcDeFgHiJkLmNoPqRsT12.js", "/pkg/rolecall.min.css"] {
            assert!(!is_hashed(path), "{path}");
        }
    }

    #[test]
    fn while_watched_the_newest_style_is_served_and_nothing_is_kept() {
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
        let served = |assets: &Assets| assets.find("/pkg/rolecall.css").map(|asset| (asset.plain, asset.cache_control));
        assert_eq!(served(&assets), Some(("built".into(), NO_STORE)));
        write("rolecall.css", "edited", 5);
        assert_eq!(served(&assets), Some(("edited".into(), NO_STORE)));
        write("rolecall.aBcDeFgHiJkLmNoPqRsT12.css", "built again", 0);
        assert_eq!(served(&assets), Some(("built again".into(), NO_STORE)));
        assert_eq!(shell_assets(&options, true).css, "/pkg/rolecall.css");
    }

    #[test]
    fn a_coding_is_sent_only_to_who_accepts_it() {
        let accepts_br = |value: &'static str| {
            let headers = [(header::ACCEPT_ENCODING, HeaderValue::from_static(value))].into_iter().collect();
            accepts(&headers, "br")
        };
        assert!(accepts_br("gzip, deflate, br"));
        assert!(accepts_br("br;q=0.5"));
        assert!(!accepts_br("gzip, br;q=0"));
        assert!(!accepts_br(""));
    }
}
