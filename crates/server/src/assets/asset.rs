//! One file, in its plain and compressed forms.

use std::ffi::OsStr;
use std::path::Path;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");
/// Cached, but revalidated before each use (RFC 9111, section 5.2.2.4).
const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const ACCEPT_ENCODING: HeaderValue = HeaderValue::from_static("accept-encoding");

/// A file or another constant answer, plain and compressed.
#[derive(Clone)]
pub struct Asset {
    plain: Form,
    gzip: Option<Form>,
    brotli: Option<Form>,
}

/// The headers and body of the answer.
#[derive(Clone)]
struct Form {
    headers: HeaderMap,
    body: Bytes,
}

impl Asset {
    /// A constant text.
    pub fn of_text(text: &'static str) -> Self {
        let headers = [(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"))];
        Self { plain: Form::new(HeaderMap::from_iter(headers), text.into()), gzip: None, brotli: None }
    }

    /// The `file` for the browser path `path`, with its compressed forms if they are beside it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(file: &Path, path: &str) -> std::io::Result<Self> {
        let never_changes = is_hashed(path);
        let cache_control = match file.extension().and_then(OsStr::to_str) {
            _ if never_changes => IMMUTABLE,
            // Scripts import each other, so all must have the same version.
            Some("js") => NO_CACHE,
            _ => AN_HOUR,
        };
        let form = |mut headers: HeaderMap, body: Vec<u8>| {
            if !never_changes && let Some(tag) = entity_tag(&body) {
                headers.insert(header::ETAG, tag);
            }
            Form::new(headers, body.into())
        };
        let headers = HeaderMap::from_iter([
            (header::CONTENT_TYPE, content_type(file)),
            (header::CACHE_CONTROL, cache_control),
            (header::VARY, ACCEPT_ENCODING),
        ]);
        let compressed = |extension: &str, coding: &'static str| {
            let mut name = file.as_os_str().to_owned();
            name.push(extension);
            let mut headers = headers.clone();
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
            std::fs::read(name).ok().map(|body| form(headers, body))
        };
        let (gzip, brotli) = (compressed(".gz", "gzip"), compressed(".br", "br"));
        Ok(Self { plain: form(headers, std::fs::read(file)?), gzip, brotli })
    }

    /// The same, not to be cached.
    pub fn not_stored(self) -> Self {
        self.map_headers(|mut headers| {
            headers.remove(header::ETAG);
            headers.insert(header::CACHE_CONTROL, NO_STORE);
            headers
        })
    }

    /// The same with the headers of each form changed by `map`.
    pub fn map_headers(self, map: impl Fn(HeaderMap) -> HeaderMap) -> Self {
        let mapped = |form: Form| Form { headers: map(form.headers), body: form.body };
        Self { plain: mapped(self.plain), gzip: self.gzip.map(mapped), brotli: self.brotli.map(mapped) }
    }

    /// The answer to a request with this `method`, GET or HEAD, and these `headers`.
    pub fn response(&self, method: &Method, headers: &HeaderMap) -> Response {
        let accepted = |form: &Option<Form>, coding: &str| form.as_ref().filter(|_| accepts(headers, coding)).cloned();
        let form = accepted(&self.brotli, "br").or_else(|| accepted(&self.gzip, "gzip"));
        let form = form.unwrap_or_else(|| self.plain.clone());
        if form.is_one_of_those_kept(headers) {
            return form.not_modified();
        }
        let Form { headers, body } = form;
        let mut response = Response::new(if method == Method::HEAD { Body::empty() } else { Body::from(body) });
        *response.headers_mut() = headers;
        response
    }
}

impl Form {
    fn new(mut headers: HeaderMap, body: Bytes) -> Self {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        Self { headers, body }
    }

    /// Whether the `asked` headers show that the browser has it already (RFC 9110, section 13.1.2).
    fn is_one_of_those_kept(&self, asked: &HeaderMap) -> bool {
        let Some(own) = self.headers.get(header::ETAG) else { return false };
        let lines = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
        let mut tags = lines.flat_map(|line| line.split(',')).map(str::trim);
        tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == own.as_bytes())
    }

    /// A 304, with the caching headers (RFC 9110, section 15.4.5).
    fn not_modified(self) -> Response {
        let mut headers = self.headers;
        for name in [header::CONTENT_ENCODING, header::CONTENT_LENGTH, header::CONTENT_TYPE] {
            headers.remove(name);
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.headers_mut() = headers;
        response
    }
}

/// A strong validator of `body` (RFC 9110, section 8.8.3): each content coding has its own.
fn entity_tag(body: &[u8]) -> Option<HeaderValue> {
    let hash = URL_SAFE_NO_PAD.encode(&Sha256::digest(body)[..16]);
    HeaderValue::try_from(format!("\"{hash}\"")).ok()
}

/// Whether the name carries a hash, as in `rolecall.xY3….js`.
fn is_hashed(path: &str) -> bool {
    let mut parts = path.rsplit('/').next().unwrap_or_default().split('.').rev();
    let (_, hash) = (parts.next(), parts.next().unwrap_or_default());
    path.starts_with("/pkg/") && parts.next().is_some() && hash.len() >= 16
}

/// Whether `coding` is accepted (RFC 9110, section 12.5.3), unless it has `;q=0`.
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

    // Case: header/changed-assets
    #[test]
    fn each_coding_has_a_validator_of_its_own_until_the_file_changes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("live.js");
        let write = |ending: &str, text: &str| std::fs::write(folder.path().join(format!("live.js{ending}")), text);
        for (ending, text) in [("", "let a;"), (".gz", "gzip of it"), (".br", "brotli of it")] {
            write(ending, text).unwrap();
        }
        let ask = |asset: &Asset, coding: &'static str, known: Option<&HeaderValue>| {
            let mut headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(coding))]);
            headers.extend(known.map(|tag| (header::IF_NONE_MATCH, tag.clone())));
            asset.response(&Method::GET, &headers)
        };
        let codings = ["identity", "gzip", "br"];
        let asset = Asset::read(&file, "/live.js").unwrap();
        let tags = codings.map(|coding| ask(&asset, coding, None).headers()[header::ETAG].clone());
        for (coding, at) in codings.into_iter().zip(0..) {
            for (tag, of) in tags.iter().zip(0..) {
                let status = ask(&asset, coding, Some(tag)).status();
                assert_eq!(status == StatusCode::NOT_MODIFIED, at == of, "{coding}, with the tag of {of}");
            }
        }
        write("", "let b;").unwrap();
        let changed = Asset::read(&file, "/live.js").unwrap();
        let [plain, gzip, _] = &tags;
        assert_eq!(ask(&changed, "identity", Some(plain)).status(), StatusCode::OK);
        assert_eq!(ask(&changed, "gzip", Some(gzip)).status(), StatusCode::NOT_MODIFIED);
        // A file that may change at any time is always sent.
        let always = asset.not_stored();
        assert_eq!(ask(&always, "identity", Some(plain)).status(), StatusCode::OK);
    }
}
