//! The headers in which a proxy tells an app who a person is, or where a request comes from. An app may trust any of
//! them. Behind Rolecall only Rolecall sends them: those of the browser are removed.
//!
//! Listed are only names whose content a proxy vouches for. Headers that an app's own page sends and the app checks
//! itself are not listed, and pass: `X-CSRFToken`, `X-Requested-With`, `X-API-Key`, `X-Auth-Token`, `X-Access-Token`,
//! `X-User-Agent`.

#[cfg(test)]
mod tests;

use axum::http::{HeaderMap, HeaderName};

/// The names of headers that one kind of software sets.
#[derive(Clone, Copy)]
enum HeaderFamily {
    /// All names that begin like this. A hyphen at the end marks the end of a word: `x-span-id` does not begin with
    /// `x-sp-`.
    Prefixes(&'static [&'static str]),
    /// Only these names: others with the same beginning can be something else.
    Exact(&'static [&'static str]),
}

use HeaderFamily::{Exact, Prefixes};

/// All families, by the software that sets them, in the form that [`fold`] produces.
const FAMILIES: &[HeaderFamily] = &[
    // Rolecall itself.
    Prefixes(&["x-rolecall"]),
    // RFC 7239, and what came before it: address, scheme, host and path of the client. By oauth2-proxy, Traefik, Envoy
    // and Databricks also user, groups, tokens and client certificates.
    Prefixes(&["x-forwarded", "forwarded", "x-forward-client-cert", "x-rewrite-url"]),
    Prefixes(&["x-original-url", "x-original-uri", "x-original-host", "x-original-method", "x-original-proto"]),
    Prefixes(&["x-original-for", "x-original-remote", "x-original-client", "x-original-user"]),
    Exact(&["x-scheme", "x-url-scheme", "x-script-name", "front-end-https"]),
    // The client's address: nginx, HAProxy, Akamai, Fastly, Fly, Azure Front Door, Envoy, WebLogic.
    Prefixes(&["x-real-ip", "x-client-ip", "x-cluster-client-ip", "client-ip", "true-client-ip", "wl-proxy-client-"]),
    Prefixes(&[
        "fastly-client-ip",
        "fly-client-ip",
        "x-azure-clientip",
        "x-azure-socketip",
        "x-envoy-external-address",
    ]),
    // The CGI variable REMOTE_USER as a header, Authelia, Authentik's Traefik examples; Kubernetes' front proxy
    // (X-Remote-).
    Prefixes(&["remote-", "x-remote-"]),
    // oauth2-proxy and nginx `auth_request`; Louketo (Keycloak Gatekeeper), which sends any claim as `X-Auth-` and its
    // name; Posit Connect; Kong and others. See `CREDENTIALS`.
    Prefixes(&["x-auth-", "x-authenticated-"]),
    // Grafana's proxy authentication, Gitea.
    Prefixes(&["x-webauth-"]),
    // Authentik, Pomerium, Vouch Proxy, Teleport, Tailscale Serve, Cloudflare (Access, certificates, addresses),
    // Kubeflow.
    Prefixes(&["x-authentik-", "x-pomerium-", "x-vouch-", "teleport-", "tailscale-", "cf-", "kubeflow-"]),
    // What hosts of Streamlit, Dash and Domino apps tell them about the person.
    Prefixes(&["x-streamlit-user", "plotly-user-data", "domino-username"]),
    // Grafana Loki, Mimir and Tempo: the tenant whose data is requested.
    Exact(&["x-scope-orgid"]),
    // mod_auth_openidc; Shibboleth; Mellon; mod_auth_cas.
    Prefixes(&["oidc-", "shib-", "mellon-", "cas-"]),
    // Kong and APISIX: consumers, and the unsigned content of an ID token or userinfo.
    Prefixes(&["x-consumer-", "x-credential-", "x-anonymous-consumer", "x-userinfo", "x-id-token"]),
    // caddy-security.
    Prefixes(&["x-token-user", "x-token-subject"]),
    // WSO2; Envoy and Istio in their examples; Google Cloud Endpoints and API Gateway.
    Prefixes(&["x-jwt-assertion", "x-jwt-payload", "x-endpoint-api-userinfo", "x-apigateway-api-userinfo"]),
    // Azure App Service; Google IAP and App Engine; AWS load balancers; Snowflake's container services.
    Prefixes(&["x-ms-client-principal", "x-ms-token-", "x-goog-authenticated-", "x-goog-iap-", "x-appengine-"]),
    Prefixes(&["x-arr-", "x-amzn-oidc-", "x-amzn-mtls-", "x-amzn-ava-", "sf-context-"]),
    // ShinyProxy; Posit Workbench and Connect.
    Prefixes(&["x-sp-", "x-rstudio-username", "x-rstudio-user-", "rstudio-connect-", "posit-connect-"]),
    // Kubernetes: impersonation.
    Prefixes(&["impersonate-"]),
    // SiteMinder; IBM Security Verify (WebSEAL); Oracle Access Manager.
    Prefixes(&["sm-", "iv-", "oam-", "osso-"]),
    // Client certificates: RFC 9440, nginx, Apache, HAProxy.
    Prefixes(&["client-cert", "x-client-cert", "x-client-dn", "x-client-verify", "x-ssl-", "ssl-client"]),
    // Ory Oathkeeper, Mashroom, OliveTin and hand-written proxies.
    Exact(&["x-user", "x-user-id", "x-userid", "x-user-name", "x-username", "x-user-display-name", "x-user-email"]),
    Exact(&["x-user-role", "x-user-roles", "x-user-group", "x-user-groups", "x-usergroup", "x-usergroups"]),
    Exact(&["x-email", "x-role", "x-roles", "x-group", "x-groups"]),
    // CGI turns it into HTTP_PROXY, which libraries use as their proxy ("httpoxy"); OpenSearch's proxy authentication.
    Prefixes(&["proxy", "x-proxy-"]),
];

/// Names that begin like those of a family, but hold credentials that an app's own page sends and the app checks.
const CREDENTIALS: [&str; 2] = ["x-auth-token", "x-auth-key"];

/// Removes every header that says who a person is or where a request comes from, in any spelling.
pub(super) fn remove_identity_headers(headers: &mut HeaderMap) {
    let mut folded = String::new();
    let mut is_forged = |name: &&HeaderName| {
        fold(name.as_str(), &mut folded);
        is_identity_header(&folded)
    };
    let forged: Vec<HeaderName> = headers.keys().filter(&mut is_forged).cloned().collect();
    for name in forged {
        headers.remove(name);
    }
}

/// Whether the folded name belongs to a family.
fn is_identity_header(name: &str) -> bool {
    let is_of_family = |family: &HeaderFamily| match family {
        Prefixes(names) => names.iter().any(|known| name.starts_with(known)),
        Exact(names) => names.contains(&name),
    };
    !CREDENTIALS.contains(&name) && FAMILIES.iter().any(is_of_family)
}

/// Writes the name into `folded` as an app may read it: CGI and WSGI replace everything except letters and digits by
/// one character, so `X-Rolecall-User`, `x_rolecall_user` and `X.Rolecall.User` are the same. Several such characters
/// in a row count as one.
fn fold(name: &str, folded: &mut String) {
    folded.clear();
    for word in name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if !folded.is_empty() {
            folded.push('-');
        }
        folded.extend(word.chars().map(|c| c.to_ascii_lowercase()));
    }
}
