//! The query of a callback.

use rolecall_sign_in::Callback;

/// A query is read as a form would be, or refused; no parameter that counts is taken where there are two of it.
pub fn callback_query(data: &[u8]) {
    let query = String::from_utf8_lossy(data);
    let Ok(callback) = Callback::parse(&query) else { return };
    let Callback { code, state, iss, error, error_description, .. } = callback;
    let taken =
        [("code", code), ("state", state), ("iss", iss), ("error", error), ("error_description", error_description)];
    for (name, value) in taken {
        let mut sent =
            url::form_urlencoded::parse(query.as_bytes()).filter(|(of, _)| of == name).map(|(_, value)| value);
        let first = sent.next();
        assert!(sent.next().is_none(), "{name} was doubled and taken");
        assert_eq!(first.filter(|value| !value.is_empty()).as_deref(), value.as_deref(), "{name}");
    }
}
