//! A browser: it keeps cookies, says where its requests come from, and follows no redirect by itself.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use openidconnect::reqwest::header::{ACCEPT, COOKIE, ORIGIN, REFERER};
use openidconnect::reqwest::redirect::Policy;
use openidconnect::reqwest::{Certificate, Client, ClientBuilder, Method, Request, RequestBuilder};
use rolecall_model::CurrentUser;
use rolecall_routes as routes;

use super::Answer;

/// The name of the session cookie over http.
const SESSION_COOKIE: &str = "rolecall";
/// The name of the session cookie over https.
const SECURE_SESSION_COOKIE: &str = "__Host-rolecall";
const HTML: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// A browser. A clone has the same cookies and then its own life: another tab, or a thief.
#[derive(Clone)]
pub struct Browser {
    http: Client,
    origin: String,
    /// The cookies, by name.
    pub cookies: BTreeMap<String, String>,
    /// The paths of those cookies that are not sent everywhere.
    paths: BTreeMap<String, String>,
    /// The remaining lifetime of cookies that expire (RFC 6265, section 5.2.2).
    lifetimes: BTreeMap<String, Duration>,
    /// The path of the page that the browser shows.
    page: String,
}

impl Browser {
    /// A browser that has never been at `origin`, which has no slash at its end.
    pub fn new(origin: &str) -> Self {
        Self::with(Client::builder(), origin)
    }

    /// A browser that finds `host` at `address`. It keeps the cookies of that host alone.
    pub fn at(host: &str, address: SocketAddr) -> Self {
        Self::with(Client::builder().resolve(host, address), &format!("http://{host}:{}", address.port()))
    }

    /// The same, trusting `certificate` (PEM).
    pub fn trusting(origin: &str, certificate: &[u8]) -> Self {
        Self::with(Client::builder().add_root_certificate(Certificate::from_pem(certificate).unwrap()), origin)
    }

    fn with(http: ClientBuilder, origin: &str) -> Self {
        let http = http
            .redirect(Policy::none())
            .no_proxy()
            // A connection that a stopped server closed must not be used again.
            .pool_max_idle_per_host(0)
            .timeout(Duration::from_secs(30))
            .build()
            .unwrap();
        Self {
            http,
            origin: origin.to_owned(),
            cookies: BTreeMap::new(),
            paths: BTreeMap::new(),
            lifetimes: BTreeMap::new(),
            page: routes::HOME.to_owned(),
        }
    }

    /// Whether `origin` is on another port than this browser's own origin; another scheme or name on the same port is
    /// not elsewhere.
    pub fn is_elsewhere(&self, origin: &str) -> bool {
        let port = |origin: &str| origin.rsplit(':').next().map(ToOwned::to_owned);
        port(origin) != port(&self.origin)
    }

    /// The session cookie's value.
    #[track_caller]
    pub fn session_cookie(&self) -> &str {
        self.cookies.get(SECURE_SESSION_COOKIE).unwrap_or_else(|| &self.cookies[SESSION_COOKIE])
    }

    /// Puts a session cookie into the browser, as an attacker would.
    pub fn plant_session_cookie(&mut self, value: &str) {
        self.cookies.insert(SESSION_COOKIE.to_owned(), value.to_owned());
    }

    /// A request with the cookies and nothing else.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.origin));
        let cookies = self.cookies_for(path);
        if cookies.is_empty() { request } else { request.header(COOKIE, cookies) }
    }

    /// The request of a link that is followed, or a form that is sent, on one of our own pages.
    pub fn navigation(&self, method: Method, path: &str) -> RequestBuilder {
        let is_safe = method.is_safe();
        let request = self
            .request(method, path)
            .header(ACCEPT, HTML)
            .header("sec-fetch-site", "same-origin")
            .header("sec-fetch-mode", "navigate");
        if is_safe {
            return request;
        }
        request.header(ORIGIN, &self.origin).header(REFERER, format!("{}{}", self.origin, self.page))
    }

    /// The request of a script on one of our own pages.
    pub fn script(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path)
            .header(ACCEPT, "application/json")
            .header(ORIGIN, &self.origin)
            .header("sec-fetch-site", "same-origin")
            .header("sec-fetch-mode", "cors")
    }

    /// Pretends that the browser shows `path`: the address of a form after the form came back with mistakes.
    pub fn stands_at(&mut self, path: &str) {
        path.clone_into(&mut self.page);
    }

    /// Sends `request`, and keeps the cookies of the answer.
    pub async fn send(&mut self, request: RequestBuilder) -> Answer {
        let answer = Answer::read(request.send().await.unwrap()).await;
        self.keep_cookies(&answer);
        answer
    }

    /// Sends a request that has already been built, and keeps the cookies of the answer.
    pub async fn execute(&mut self, request: Request) -> Answer {
        let answer = Answer::read(self.http.execute(request).await.unwrap()).await;
        self.keep_cookies(&answer);
        answer
    }

    /// Goes to `path`.
    pub async fn get(&mut self, path: &str) -> Answer {
        let answer = self.send(self.navigation(Method::GET, path)).await;
        if answer.status == 200 {
            path.clone_into(&mut self.page);
        }
        answer
    }

    /// Sends a form from the page that the browser shows.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(self.navigation(Method::POST, path).form(fields)).await
    }

    /// Fetches `path` by script.
    pub async fn fetch(&mut self, path: &str) -> Answer {
        self.send(self.script(Method::GET, path)).await
    }

    /// Calls the server function at `path` by script.
    pub async fn call(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(self.script(Method::POST, path).form(fields)).await
    }

    /// Who is signed in here.
    pub async fn user(&mut self) -> Option<CurrentUser> {
        let answer = self.fetch(routes::API_SESSION).await;
        if answer.status == 200 {
            return Some(answer.json());
        }
        answer.assert_status(401);
        None
    }

    /// The `Cookie` header of most requests.
    pub fn cookie_header(&self) -> String {
        self.cookies_for("/")
    }

    /// The `Cookie` header of a request for `path` (RFC 6265, section 5.1.4).
    pub fn cookies_for(&self, path: &str) -> String {
        let path = path.split('?').next().unwrap();
        let is_for = |name: &String| self.paths.get(name).is_none_or(|of| path == of);
        let pairs = self.cookies.iter().filter(|(name, _)| is_for(name));
        pairs.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// Takes over the cookies of `tab`: all tabs of a browser share them.
    pub fn share_with(&mut self, tab: &Self) {
        self.cookies.extend(tab.cookies.clone());
        self.paths.extend(tab.paths.clone());
        self.lifetimes.extend(tab.lifetimes.clone());
    }

    /// Lets `time` pass: cookies whose lifetime ends are removed.
    pub fn wait(&mut self, time: Duration) {
        self.lifetimes.retain(|name, left| {
            *left = left.saturating_sub(time);
            let is_kept = !left.is_zero();
            if !is_kept {
                self.cookies.remove(name);
            }
            is_kept
        });
    }

    /// The one attempt that the browser keeps: its cookie's name and value.
    #[track_caller]
    pub fn attempt(&self) -> (String, String) {
        let attempts: Vec<_> = self.cookies.iter().filter(|(name, _)| name.contains("-attempt-")).collect();
        let [(name, value)] = attempts[..] else { panic!("not one attempt: {attempts:?}") };
        (name.clone(), value.clone())
    }

    /// Keeps the cookies of `answer`.
    pub fn keep_cookies(&mut self, answer: &Answer) {
        for line in answer.set_cookies() {
            let mut parts = line.split(';').map(str::trim);
            let (name, value) = parts.next().unwrap().split_once('=').unwrap();
            assert!(name.len() + value.len() <= 4096, "no browser keeps {name}");
            let path = parts.clone().find_map(|attribute| attribute.strip_prefix("Path=")).unwrap_or("/");
            if path != "/" {
                self.paths.insert(name.to_owned(), path.to_owned());
            }
            let max_age = parts.find_map(|attribute| attribute.strip_prefix("Max-Age=")?.parse().ok());
            let max_age: Option<Duration> = max_age.map(Duration::from_secs);
            if max_age.is_some_and(|left| left.is_zero()) {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
            match max_age {
                Some(left) => self.lifetimes.insert(name.to_owned(), left),
                None => self.lifetimes.remove(name),
            };
        }
    }
}
