use super::*;

/// Names of each family, in their usual spelling.
const KNOWN: &[&str] = &[
    "X-Rolecall-User",
    "X-Rolecall-Anything-New",
    "X-Forwarded-User",
    "X-Forwarded-Preferred-Username",
    "X-Forwarded-Access-Token",
    "X-Forwarded-For",
    "X-Forwarded-Client-Cert",
    "Forwarded",
    "X-Original-URL",
    "X-Script-Name",
    "X-Real-IP",
    "True-Client-IP",
    "CF-Connecting-IPv6",
    "Remote-User",
    "Remote-Groups",
    "X-Remote-User",
    "X-Remote-Extra-Scopes",
    "X-Auth-Request-Email",
    "X-Auth-Email",
    "X-Auth-Roles",
    "X-Auth-Groups",
    "X-Auth-Subject",
    "X-Auth-Userid",
    "X-Auth-Username",
    "X-Authenticated-Userid",
    "X-WEBAUTH-USER",
    "X-authentik-username",
    "X-Pomerium-Jwt-Assertion",
    "X-Vouch-User",
    "X-Vouch-IdP-Claims-Groups",
    "Teleport-Jwt-Assertion",
    "Tailscale-User-Login",
    "Cf-Access-Jwt-Assertion",
    "OIDC_CLAIM_sub",
    "OIDC-CLAIM-email",
    "OIDC_access_token",
    "OIDC_id_token_payload",
    "Shib-Identity-Provider",
    "X-Consumer-Username",
    "X-Consumer-Custom-ID",
    "X-Credential-Identifier",
    "X-Userinfo",
    "X-ID-Token",
    "X-Token-Subject",
    "X-JWT-Assertion",
    "X-Endpoint-API-UserInfo",
    "X-Apigateway-Api-Userinfo",
    "X-MS-CLIENT-PRINCIPAL-NAME",
    "X-Goog-Authenticated-User-Email",
    "X-Appengine-User-Email",
    "X-Amzn-Oidc-Data",
    "X-SP-UserId",
    "X-SP-UserGroups",
    "X-RStudio-Username",
    "Impersonate-User",
    "Impersonate-Extra-Scopes",
    "SM_USER",
    "iv-user",
    "Client-Cert",
    "X-SSL-Client-S-DN",
    "X-User",
    "X-User-Email",
    "X-Email",
    "Proxy",
    "X-Original-Forwarded-For",
    "X-Rewrite-URL",
    "Front-End-Https",
    "X-Cluster-Client-IP",
    "X-Client-IP",
    "Client-IP",
    "WL-Proxy-Client-IP",
    "Fastly-Client-IP",
    "Fly-Client-IP",
    "X-Azure-ClientIP",
    "X-Azure-SocketIP",
    "X-Envoy-External-Address",
    "X-Auth-Preferred-Username",
    "X-Auth-Given-Name",
    "CF-Client-Cert-Sha256",
    "Kubeflow-UserId",
    "X-Streamlit-User",
    "Plotly-User-Data",
    "Domino-Username",
    "X-Scope-OrgID",
    "MELLON_NAME_ID",
    "CAS-User",
    "X-Anonymous-Consumer",
    "X-Token-User-Email",
    "X-Jwt-Payload",
    "X-MS-TOKEN-AAD-ID-TOKEN",
    "X-Goog-Iap-Jwt-Assertion",
    "X-ARR-ClientCert",
    "X-Amzn-Mtls-Clientcert",
    "X-Amzn-Ava-User-Context",
    "Sf-Context-Current-User",
    "X-RStudio-User-Identity",
    "RStudio-Connect-Credentials",
    "Posit-Connect-User-Session-Token",
    "OAM_REMOTE_USER",
    "Osso-User-Dn",
    "X-Client-Cert",
    "X-Client-DN",
    "X-Client-Verify",
    "SSL_CLIENT_S_DN",
    "X-Role",
    "X-Group",
    "X-Proxy-Roles",
    "X-Proxy-Ext-Department",
    "X-Forward-Client-Cert",
    "X-Original-URI",
    "X-Original-Host",
    "X-Original-Method",
    "X-Original-Proto",
    "X-Original-Remote-Addr",
    "X-Original-Client-IP",
    "X-Original-User",
];

/// Similar names that an app's own page sends, and in which no proxy says anything.
const ALLOWED: [&str; 25] = [
    "X-User-Agent",
    "X-Emailer",
    "X-Userland",
    "X-Requested-With",
    "X-CSRFToken",
    "X-CSRF-Token",
    "X-XSRF-TOKEN",
    "X-API-Key",
    "X-Auth-Token",
    "X-Access-Token",
    "X-Request-Kind",
    "X-Span-Id",
    "X-Speed",
    "X-Grafana-Org-Id",
    "X-Grafana-Device-Id",
    "X-Gradio-User",
    "X-Auth-Key",
    "X-Original-Filename",
    "X-Rolex",
    "X-RStudio-Refresh-Auth-Creds",
    "Traceparent",
    "Remote",
    "Small-Print",
    "If-Match",
    "Range",
];

fn passes(name: &str) -> bool {
    let mut headers = HeaderMap::new();
    headers.append("accept", "*/*".parse().unwrap());
    for value in ["eve", "mallory"] {
        headers.append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
    }
    remove_identity_headers(&mut headers);
    assert!(headers.contains_key("accept"));
    headers.keys_len() > 1
}

// Case: app/foreign-headers
#[test]
fn who_somebody_is_cannot_be_said_in_any_spelling() {
    for name in KNOWN {
        let name = *name;
        let spellings = [
            name.to_owned(),
            name.to_ascii_uppercase(),
            name.replace('-', "_"),
            name.replacen('-', "_", 1),
            name.replace(['-', '_'], "."),
            name.replace(['-', '_'], "--"),
            format!("{name}_"),
            format!("_{name}"),
        ];
        for spelling in spellings {
            assert!(!passes(&spelling), "{spelling}");
        }
    }
}

// Case: app/foreign-headers
#[test]
fn what_an_apps_own_page_sends_passes() {
    for name in ALLOWED {
        assert!(passes(name) && passes(&name.replace('-', "_")), "{name}");
    }
}

#[test]
fn the_list_is_written_as_names_are_compared() {
    for family in FAMILIES {
        let (Prefixes(names) | Exact(names)) = family;
        for name in *names {
            let mut folded = String::new();
            fold(name, &mut folded);
            assert_eq!(folded, name.trim_end_matches('-'));
        }
    }
}

#[test]
fn every_beginning_in_the_list_is_tried() {
    for family in FAMILIES {
        let Prefixes(names) = family else { continue };
        for name in *names {
            let is_tried = |known: &&str| {
                let mut folded = String::new();
                fold(known, &mut folded);
                folded.starts_with(name)
            };
            assert!(KNOWN.iter().any(is_tried), "{name}");
        }
    }
}
