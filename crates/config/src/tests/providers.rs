//! The rules of providers.

use rolecall_sign_in::config::{ClaimsFrom, ProviderRoles};

use super::*;

#[test]
fn entra_needs_a_tenant_and_a_secret() {
    let (config, _) = load_file(&entra("")).unwrap();
    let provider = config.auth.providers.first().unwrap();
    assert_eq!(provider.display_name, "Microsoft");
    assert_eq!(provider.scopes, ["openid", "profile", "email", "User.Read"]);
    let ProviderKind::Entra { tenant, allowed_tenants, authority } = &provider.kind else { panic!("{provider:?}") };
    assert_eq!((tenant.as_str(), authority.as_str()), (TENANT, "https://login.microsoftonline.com/"));
    assert!(allowed_tenants.is_empty());

    let nothing = wrong_keys(load_file("[providers.azure]\nkind = 'entra'"));
    assert_eq!(nothing, ["providers.azure.tenant", "providers.azure.client_id", "providers.azure.client_secret"]);
    let keys = ["issuer = 'https://a.example'", "authority = 'http://a.example'", "scopes = ['profile']"];
    for (text, key) in keys.iter().zip(["issuer", "authority", "scopes"]) {
        assert_eq!(wrong_keys(load_file(&entra(text))), [format!("providers.azure.{key}")], "{text}");
    }
}

#[test]
fn shared_tenants_name_the_ones_that_may_sign_in() {
    let with = |tenant: &str, more: &str| {
        wrong_keys(load_file(&entra(more).replace(&format!("tenant = '{TENANT}'"), &format!("tenant = '{tenant}'"))))
    };
    let allowed = format!("allowed_tenants = ['{}']", TENANT.to_uppercase());
    for shared in ["common", "organizations"] {
        assert_eq!(with(shared, ""), ["providers.azure.allowed_tenants"]);
        assert_eq!(with(shared, "allowed_tenants = ['example.com']"), ["providers.azure.allowed_tenants"]);
        assert!(with(shared, &allowed).is_empty());
    }
    assert_eq!(with("consumers", ""), ["providers.azure.tenant"]);
    assert_eq!(with("not a tenant", ""), ["providers.azure.tenant"]);
    assert!(with("contoso.onmicrosoft.com", "").is_empty());
    assert_eq!(with("contoso.onmicrosoft.com", &allowed), ["providers.azure.allowed_tenants"]);
}

// Case: roles/limits-of-provider
#[test]
fn where_several_tenants_may_sign_in_somebody_says_whose_roles_count() {
    const OTHER: &str = "0b7ee2c4-9999-4222-8333-444455556666";
    let with = |more: &str| {
        let allowed = format!("allowed_tenants = ['{TENANT}', '{OTHER}']\n{more}");
        load_file(&entra(&allowed).replace(&format!("tenant = '{TENANT}'"), "tenant = 'organizations'"))
    };
    let key = "providers.azure.roles_from_tenants";
    for wrong in ["", "roles_from_tenants = []", "roles_from_tenants = ['11111111-9999-4222-8333-444455556666']"] {
        assert_eq!(wrong_keys(with(wrong)), [key], "{wrong}");
    }
    let (config, report) = with(&format!("roles_from_tenants = ['{}']", TENANT.to_uppercase())).unwrap();
    let provider = &config.auth.providers[0];
    assert_eq!(provider.role_tenants(), Some([TENANT.to_owned()].as_slice()));
    assert!(report.to_string().contains(&format!("{key} = [{TENANT:?}]")), "{report}");
    assert_eq!(wrong_keys(load_file(&entra(&format!("roles_from_tenants = ['{TENANT}']")))), [key]);
}

// Case: roles/limits-of-provider, roles/claim-names
#[test]
fn a_provider_may_have_rules_claims_and_a_limit_of_its_own() {
    let oidc = |more: &str| {
        load_file(&format!(
            "[providers.idp]\nkind = 'oidc'\nissuer = 'https://id.example.com'\nclient_id = 'id'\n{more}"
        ))
    };
    let (config, _) = oidc("").unwrap();
    assert_eq!(config.auth.providers[0].roles, ProviderRoles::default());
    let (config, _) = oidc(
        "highest_role = 'write'\nclaims_from = 'userinfo'\nroles_claim = 'realm_access.roles'\n\
         groups_claim = 'cognito:groups'\nroles.write = ['editors']\nroles.groups.admin = ['masters']",
    )
    .unwrap();
    let roles = &config.auth.providers[0].roles;
    assert_eq!((roles.highest, roles.claims_from), (Some(Role::Write), ClaimsFrom::UserInfo));
    assert_eq!((roles.roles_claim.as_str(), roles.groups_claim.as_str()), ("realm_access.roles", "cognito:groups"));
    let own = roles.rules.as_ref().unwrap();
    assert_eq!(own.claim_values.clone().map(|(_, values)| values), [vec![], vec!["editors".to_owned()], vec![]]);
    assert_eq!(own.groups.clone().map(|(_, values)| values), [vec![], vec![], vec!["masters".to_owned()]]);

    let mistakes = [
        ("highest_role = 'none'", "highest_role"),
        ("claims_from = 'access_token'", "claims_from"),
        ("roles_claim = ''", "roles_claim"),
        ("roles.write = ['x']\nroles.admin = ['x']", "roles.admin"),
        ("roles_from_tenants = ['x']", "roles_from_tenants"),
    ];
    for (mistake, key) in mistakes {
        assert_eq!(wrong_keys(oidc(mistake)), [format!("providers.idp.{key}")], "{mistake}");
    }
    assert_eq!(wrong_keys(load_file(&entra("claims_from = 'userinfo'"))), ["providers.azure.claims_from"]);
}

#[test]
fn other_providers_need_an_issuer_and_may_be_public_clients() {
    let oidc = |issuer: &str, more: &str| {
        load_file(&format!("[providers.idp]\nkind = 'oidc'\nissuer = '{issuer}'\nclient_id = 'id'\n{more}"))
    };
    let (config, _) = oidc("https://id.example.com/realm/", "").unwrap();
    let provider = config.auth.providers.first().unwrap();
    assert_eq!(provider.display_name, "id.example.com");
    assert_eq!(provider.kind, ProviderKind::Oidc { issuer: "https://id.example.com/realm/".to_owned() });
    assert!(provider.client_secret.is_none());
    assert!(oidc("http://localhost:9000", "").is_ok());
    for issuer in ["http://id.example.com", "https://id.example.com?q=1", "id.example.com"] {
        assert_eq!(wrong_keys(oidc(issuer, "")), ["providers.idp.issuer"], "{issuer}");
    }
    assert_eq!(wrong_keys(oidc("https://id.example.com", "tenant = 'x.example'")), ["providers.idp.tenant"]);
    assert_eq!(wrong_keys(oidc("https://id.example.com", "scopes = ['openid email']")), ["providers.idp.scopes"]);
}

/// The file of a key or certificate of the tests.
fn key_file(name: &str) -> String {
    format!("{}/../sign-in/test-keys/{name}.pem", env!("CARGO_MANIFEST_DIR"))
}

/// An Entra provider with these keys in place of the secret.
fn entra_with(more: &str) -> Result<(Config, SettingsReport), ConfigErrors> {
    load_file(&entra(more).replace("client_secret = 's'\n", ""))
}

#[test]
fn entra_takes_a_certificate_in_place_of_the_secret() {
    let (key, certificate) = (key_file("client-rsa.key"), key_file("client-rsa.crt"));
    let both = format!("client_key_file = '{key}'\nclient_certificate_file = '{certificate}'");
    let (config, report) = entra_with(&both).unwrap();
    let provider = config.auth.providers.first().unwrap();
    assert!(provider.client_secret.is_none());
    assert!(provider.client_key.as_ref().is_some_and(|key| key.certificate_thumbprint().is_some()));
    let printed = format!("{config:?} {report}");
    let secret = std::fs::read_to_string(&key).unwrap().lines().nth(3).unwrap().to_owned();
    assert!(report.to_string().contains("providers.azure.client_key = \"********\""), "{report}");
    assert!(!printed.contains(&secret), "{printed}");

    let alone = entra_with(&format!("client_key_file = '{key}'"));
    assert_eq!(wrong_keys(alone), ["providers.azure.client_certificate"]);
    let beside = load_file(&entra(&both));
    assert_eq!(wrong_keys(beside), ["providers.azure.client_key_file"]);
}

#[test]
fn keys_and_certificates_are_tried_out_at_the_start() {
    let with = |key: &str, certificate: &str| {
        let (key, certificate) = (key_file(key), key_file(certificate));
        wrong_keys(entra_with(&format!("client_key_file = '{key}'\nclient_certificate_file = '{certificate}'")))
    };
    assert!(with("client-rsa.key", "client-rsa.crt").is_empty());
    assert_eq!(with("client-rsa.crt", "client-rsa.crt"), ["providers.azure.client_key_file"]);
    assert_eq!(with("weak-rsa.key", "client-rsa.crt"), ["providers.azure.client_key_file"]);
    assert_eq!(with("client-rsa.key", "client-rsa.key"), ["providers.azure.client_certificate_file"]);
    assert_eq!(with("client-rsa.key", "client-p256.crt"), ["providers.azure.client_certificate_file"]);
    assert_eq!(with("client-p256.key", "client-p256.crt"), ["providers.azure.client_key_file"], "Entra takes RSA");
    let inline = entra_with("client_key = 'not a key'\nclient_certificate = 'x'");
    assert_eq!(wrong_keys(inline), ["providers.azure.client_key"]);
    let nothing = load_file(&entra(&format!("client_certificate_file = '{}'", key_file("client-rsa.crt"))));
    assert_eq!(wrong_keys(nothing), ["providers.azure.client_certificate_file"]);
}

#[test]
fn a_method_of_authentication_needs_what_it_is_done_with() {
    let secret = "client_secret = 's'";
    let key = format!("client_key_file = '{}'", key_file("client-p256.key"));
    let wrong = |method: &str, more: &str| {
        wrong_keys(load_file(&format!(
            "[providers.idp]\nkind = 'oidc'\nissuer = 'https://id.example.com'\nclient_id = 'id'\nclient_auth = \
             '{method}'\n{more}"
        )))
    };
    for (method, more) in
        [("client_secret_basic", secret), ("client_secret_post", secret), ("private_key_jwt", &key), ("none", "")]
    {
        assert!(wrong(method, more).is_empty(), "{method}");
    }
    assert_eq!(wrong("client_secret_post", ""), ["providers.idp.client_secret"]);
    assert_eq!(wrong("private_key_jwt", ""), ["providers.idp.client_key"]);
    assert_eq!(wrong("none", secret), ["providers.idp.client_secret"]);
    assert_eq!(wrong("none", &key), ["providers.idp.client_key_file"]);
    assert_eq!(wrong("client_secret_jwt", secret), ["providers.idp.client_auth"]);
}

#[test]
fn options_of_providers_are_checked() {
    let text = "prompt = 'login consent'\nacr_values = ['a', 'b']\nmax_age = '90m'\npar = 'always'\n\
                id_token_algorithms = ['ES256', 'EdDSA']\ndomain_hint = 'example.com'\n\
                client_secret_expires = '1970-01-02'";
    let (config, _) = load_file(&entra(text)).unwrap();
    let options = &config.auth.providers.first().unwrap().options;
    assert_eq!(options.prompt.len(), 2);
    assert_eq!(options.acr_values, ["a", "b"]);
    assert_eq!(options.max_age, Some(Duration::from_mins(90)));
    assert_eq!(options.par, ParUse::Always);
    assert_eq!(options.id_token_algorithms.len(), 2);
    assert_eq!(options.domain_hint.as_deref(), Some("example.com"));
    assert_eq!(options.secret_expires_at_ms, Some(86_400_000));
    assert!(load_file(&entra("prompt = 'none'\nmax_age = '0s'")).is_ok());

    for (text, key) in [
        ("prompt = 'none login'", "prompt"),
        ("prompt = 'Login'", "prompt"),
        ("acr_values = ['a b']", "acr_values"),
        ("max_age = '3600'", "max_age"),
        ("max_age = '1ms'", "max_age"),
        ("max_age = '31days'", "max_age"),
        ("par = 'yes'", "par"),
        ("client_secret_expires = 'soon'", "client_secret_expires"),
        ("client_secret_expires = '2027-02-30'", "client_secret_expires"),
        ("id_token_algorithms = ['HS256']", "id_token_algorithms"),
        ("id_token_algorithms = ['RS256', 'none']", "id_token_algorithms"),
        ("id_token_algorithms = []", "id_token_algorithms"),
    ] {
        assert_eq!(wrong_keys(load_file(&entra(text))), [format!("providers.azure.{key}")], "{text}");
    }
    let oidc = "[providers.idp]\nkind = 'oidc'\nissuer = 'https://id.example.com'\nclient_id = 'id'\n";
    assert_eq!(wrong_keys(load_file(&format!("{oidc}domain_hint = 'x.example'"))), ["providers.idp.domain_hint"]);
    let public = load_file(&format!("{oidc}client_secret_expires = '2027-11-30'"));
    assert_eq!(wrong_keys(public), ["providers.idp.client_secret_expires"]);
}

#[test]
fn ids_of_providers_are_parts_of_paths() {
    for id in ["Azure", "a_b", "'a.b'", "''", &"a".repeat(33)] {
        let result = load_file(&entra("").replace("azure", id));
        assert_eq!(wrong_keys(result), [format!("providers.{}", id.trim_matches('\''))], "{id}");
    }
}

#[test]
fn two_sections_are_not_the_same_client_of_one_provider() {
    let section = |id: &str, issuer: &str, client: &str| {
        format!("[providers.{id}]\nkind = 'oidc'\nissuer = 'https://{issuer}'\nclient_id = '{client}'\n")
    };
    let wrong = |sections: [String; 2]| wrong_keys(load_file(&sections.concat()));
    let first = || section("a", "id.example.com", "client");
    assert_eq!(wrong([first(), section("b", "id.example.com", "client")]), ["providers.b"]);
    for other in [section("b", "id.example.com", "another"), section("b", "other.example.com", "client")] {
        assert!(wrong([first(), other]).is_empty());
    }
    assert_eq!(wrong([entra(""), entra("").replace("azure", "b")]), ["providers.b"]);
}
