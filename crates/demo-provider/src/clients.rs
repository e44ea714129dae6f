//! The applications that the provider knows, the API that they ask for, and where a browser may be sent: to a client on
//! this machine, and there only to the addresses made for it.

use std::net::{Ipv4Addr, Ipv6Addr};

use rolecall_routes as routes;
use url::{Host, Url};

/// The one client that people sign in to: public, with PKCE.
pub const CLIENT_ID: &str = "rolecall-demonstration";
/// The application that can get access tokens of its own. It has the role Read.
pub const ROBOT_ID: &str = "rolecall-demonstration-robot";
/// Its secret, which is not really secret: everybody can read it in the documentation.
pub const ROBOT_SECRET: &str = "demonstration";
/// The application with which people get access tokens.
pub(super) const TOOL_ID: &str = "rolecall-demonstration-tool";

/// The API that access tokens are for by default.
pub const API_AUDIENCE: &str = "api://rolecall-demonstration";
/// The scope of a person's access token by default.
pub const API_SCOPE: &str = "access_as_user";

/// An API that access tokens are for.
#[derive(Clone, Debug)]
pub(super) struct Api {
    /// Its name: `aud`.
    pub(super) audience: String,
    /// What a person allows: `scp`.
    pub(super) scope: String,
}

/// The redirect URI in `text`, when it is one that a client of the demonstration may have: http or https on a loopback
/// host, any port (RFC 8252, section 7.3), the path [`routes::LOGIN_AUTHORIZED`], without query and fragment.
pub(super) fn redirect_uri(text: &str) -> Option<Url> {
    let url = loopback_url(text)?;
    let provider = url.path_segments()?.nth(1)?;
    let is_id = |id: &str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (is_id(provider) && url.path() == routes::login_authorized(provider)).then_some(url)
}

/// The address to return to after signing out, when it is [`routes::SIGNED_OUT`] of a client on a loopback host.
pub(super) fn post_logout_redirect_uri(text: &str) -> Option<Url> {
    loopback_url(text).filter(|url| url.path() == routes::SIGNED_OUT)
}

/// `text` as an address of this machine, without user, query and fragment.
fn loopback_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let loopback = match url.host()? {
        Host::Ipv4(address) => address == Ipv4Addr::LOCALHOST,
        Host::Ipv6(address) => address == Ipv6Addr::LOCALHOST,
        Host::Domain(name) => name == "localhost",
    };
    let bare =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    (["http", "https"].contains(&url.scheme()) && loopback && bare).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loopback_callback_is_accepted() {
        for text in [
            "http://127.0.0.1:3000/login/demo/authorized",
            "http://localhost/login/azure/authorized",
            "http://[::1]:3000/login/my-provider/authorized",
            "https://127.0.0.1:3000/login/demo/authorized",
        ] {
            assert!(redirect_uri(text).is_some(), "{text}");
        }
    }

    #[test]
    fn any_other_callback_is_refused() {
        for text in [
            "",
            "/login/demo/authorized",
            "ftp://127.0.0.1:3000/login/demo/authorized",
            "https://127.0.0.2:3000/login/demo/authorized",
            "http://127.0.0.2:3000/login/demo/authorized",
            "http://example.com/login/demo/authorized",
            "http://localhost.example.com/login/demo/authorized",
            "http://127.0.0.1@example.com/login/demo/authorized",
            "http://somebody@127.0.0.1:3000/login/demo/authorized",
            "http://127.0.0.1:3000/login/demo/authorized?next=/",
            "http://127.0.0.1:3000/login/demo/authorized#here",
            "http://127.0.0.1:3000/login/demo/authorized/",
            "http://127.0.0.1:3000/login//authorized",
            "http://127.0.0.1:3000/login/a%2fb/authorized",
            "http://127.0.0.1:3000/login/demo/../authorized",
            "http://127.0.0.1:3000/admin",
            "javascript:alert(1)",
        ] {
            assert!(redirect_uri(text).is_none(), "{text}");
        }
    }

    #[test]
    fn after_signing_out_only_the_page_for_it_is_accepted() {
        assert!(post_logout_redirect_uri("http://127.0.0.1:3000/signed-out").is_some());
        for text in ["http://127.0.0.1:3000/", "http://example.com/signed-out", "https://example.com/signed-out"] {
            assert!(post_logout_redirect_uri(text).is_none(), "{text}");
        }
    }
}
