//! A short run of every fuzz target: its property over the seed corpus and over mutations of it, the same at every run.

use std::path::Path;

use self::mutations::Mutations;

mod mutations;
#[path = "../../fuzz/src/properties/mod.rs"]
mod properties;

/// Checks `property` against everything in the corpus of `target`, and against so many `mutations` of it.
fn holds(target: &str, property: fn(&[u8]), mutations: usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let seeds: Vec<_> = files.iter().map(|file| std::fs::read(file).unwrap()).collect();
    assert!(!seeds.is_empty(), "{target} has no corpus");
    for case in seeds.iter().cloned().chain(Mutations::of(&seeds).take(mutations)) {
        property(&case);
    }
}

// Case: malformed/doubled-code, malformed/doubled-state, malformed/not-utf8
#[test]
fn whatever_stands_in_the_query_of_a_callback_is_read_as_a_form_or_refused() {
    holds("callback_query", properties::callback_query, 20_000);
}

// Case: malformed/garbage-cookie, malformed/doubled-cookie
#[test]
fn whatever_stands_in_the_cookie_header_only_a_binding_of_ours_is_taken() {
    holds("cookie_header", properties::cookie_header, 40_000);
}

// Case: return/slashes, return/backslash, return/encoded-tab, return/encoded-backslash, return/scheme-without-slashes
// Case: return/tab, return/dot-backslash, return/dots-backslash, return/javascript, return/space
// Case: return/vertical-ideograph, return/user-at-host, return/odd-addresses
#[test]
fn whatever_a_person_is_to_return_to_is_on_our_origin_raw_and_decoded_once_and_twice() {
    holds("return_to", properties::return_to, 60_000);
}

// Case: identity/forwarded-untrusted
#[test]
fn whatever_a_client_writes_into_the_headers_of_proxies_the_word_of_the_proxy_counts() {
    holds("forwarded", properties::forwarded, 40_000);
}

#[test]
fn whatever_claims_come_only_those_of_a_logout_token_sign_anybody_out() {
    holds("logout_token", properties::logout_token, 40_000);
}

/// Shows that the test above can fail: the honest claims are accepted, and no others of the corpus.
#[test]
fn the_honest_logout_tokens_of_the_corpus_are_accepted() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/logout_token");
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let claims = serde_json::from_str(&std::fs::read_to_string(&path).unwrap());
        let accepted = claims.is_ok_and(|claims| properties::signed_out(&claims).is_some());
        let name = path.file_name().unwrap().to_str().unwrap();
        assert_eq!(accepted, name.starts_with("honest"), "{name}");
    }
}

// Case: api/token-claims
#[test]
fn whatever_claims_come_only_those_of_an_access_token_for_us_say_who_calls() {
    holds("access_token", properties::access_token, 40_000);
}

/// Shows that the test above can fail: the honest claims are accepted, and no others of the corpus.
#[test]
fn the_honest_access_tokens_of_the_corpus_are_accepted() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/access_token");
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let claims = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let accepted = properties::caller(&claims, name.contains("entra")).is_some();
        assert_eq!(accepted, name.starts_with("honest"), "{name}");
    }
}

// Case: token/claims-of-other-form, token/exp-beyond-time, token/nested, token/crit
#[test]
fn whatever_token_comes_only_what_the_key_signed_is_accepted() {
    holds("id_token", properties::id_token, 10_000);
}

/// Shows that the test above can fail: the honest token is accepted.
#[test]
fn the_honest_token_of_the_corpus_is_accepted() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/id_token");
    let accepted = |file: &str| {
        let token = std::fs::read_to_string(folder.join(file)).unwrap();
        properties::accepted(&token).is_some()
    };
    assert!(accepted("honest") && accepted("honest-without-kid"));
    for file in std::fs::read_dir(&folder).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert_eq!(accepted(&name), name.starts_with("honest"), "{name}");
    }
}

#[test]
fn whatever_file_comes_it_is_refused_or_written_as_what_it_was_taken_for() {
    holds("import", properties::import, 2_000);
}
