//! The names of browsers and devices.

use woothee::parser::{Parser, WootheeResult};

/// The browser and the device in a `User-Agent` header: "Firefox on Linux". The header is a hint, not proof.
#[must_use]
pub fn device(user_agent: Option<&str>) -> String {
    let known = user_agent.and_then(|user_agent| Parser::new().parse(user_agent));
    match known.as_ref().map(|known| (browser(known), system(known))) {
        Some((Some(browser), Some(system))) => format!("{browser} on {system}"),
        Some((Some(browser), None)) => browser.to_owned(),
        Some((None, Some(system))) => format!("A browser on {system}"),
        Some((None, None)) | None => "An unknown browser".to_owned(),
    }
}

const UNKNOWN: &str = "UNKNOWN";

fn browser<'a>(known: &WootheeResult<'a>) -> Option<&'a str> {
    match known.name {
        UNKNOWN => None,
        "HTTP Library" => Some("A program"),
        name => Some(name),
    }
}

/// The operating system's name. For newer versions of Windows and macOS, browsers always report version 10.
fn system<'a>(known: &WootheeResult<'a>) -> Option<&'a str> {
    match known.os {
        UNKNOWN => None,
        "Mac OSX" => Some("macOS"),
        os if os.starts_with("Windows") && !os.contains("Phone") => Some("Windows"),
        os => Some(os),
    }
}

#[cfg(test)]
mod tests {
    use super::device;
    use rand::rngs::StdRng;
    use rand::{Rng as _, SeedableRng as _};

    #[test]
    fn browsers_and_devices_have_readable_names() {
        let chromium = "(KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
        for (user_agent, words) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0".to_owned(), "Firefox on Linux"),
            (format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 {chromium}"), "Chrome on Windows"),
            (
                format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 {chromium} Edg/140.0.0.0"),
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/18.6 Safari/605.1.15"
                    .to_owned(),
                "Safari on macOS",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/18.6 Mobile/15E148 Safari/604.1"
                    .to_owned(),
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile \
                 Safari/537.36"
                    .to_owned(),
                "Chrome on Android",
            ),
            ("curl/8.5.0".to_owned(), "A program"),
            (String::new(), "An unknown browser"),
        ] {
            assert_eq!(device(Some(&user_agent)), words, "{user_agent}");
        }
        assert_eq!(device(None), "An unknown browser");
    }

    /// Random combinations of the parts that the parser looks for: any text that a client sends has a description.
    #[test]
    fn every_user_agent_has_a_description() {
        let pieces = [
            "Mozilla/5.0",
            "(",
            ")",
            ";",
            " ",
            "/",
            "Windows NT ",
            "Windows ",
            "Mac OS X ",
            "like Mac OS X",
            "iPhone; ",
            "CPU OS ",
            "10_15",
            "Chrome/",
            "Version/",
            "Safari/",
            "Firefox/",
            "Edg/",
            "OPR/",
            "MSIE ",
            "Trident/7.0",
            "rv:",
            "Android ",
            "BlackBerry",
            "DoCoMo/",
            "KDDI-",
            "SoftBank/",
            "é",
            "🦄",
            "\u{202e}",
            "<b>",
            "bot",
            "9",
        ];
        let mut rng = StdRng::seed_from_u64(1);
        for _ in 0..20_000 {
            let length = rng.gen_range(0..14);
            let text: String = (0..length).map(|_| pieces[rng.gen_range(0..pieces.len())]).collect();
            assert!(!device(Some(&text)).is_empty(), "{text:?}");
        }
    }
}
