//! Where Microsoft Graph is.

use rolecall_sign_in::loopback::is_loopback;
use url::Url;

use super::network::parse_web_address;
use super::reader::Reader;

/// Reads the address of Graph. `None` when it cannot be used: a mistake.
pub(super) fn base_url(reader: &mut Reader) -> Option<Url> {
    const KEY: &str = "graph.base_url";
    const REMEDY: &str = "Leave it out, or give the address of a national cloud, for example \
                          \"https://graph.microsoft.us\".";
    let text = reader.text_or_default(KEY);
    let usable = parse_web_address(&text).and_then(|url| {
        // Tokens go there.
        if url.scheme() == "https" || is_loopback(&url) { Ok(url) } else { Err("is http outside this machine") }
    });
    match usable {
        Ok(url) => {
            reader.note(KEY, &text);
            Some(url)
        }
        Err(what) => {
            reader.mistake(KEY, what, REMEDY);
            None
        }
    }
}
