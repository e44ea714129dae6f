//! Who may show an app's pages in a frame.

use axum::http::{HeaderMap, HeaderValue, header};

/// The directive that says who may frame a page (CSP Level 3, section 6.4.2).
const FRAME_ANCESTORS: &str = "frame-ancestors";

/// A content security policy with this directive only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameAncestors(String);

impl FrameAncestors {
    /// Allows pages of `sources`, which are written as in the directive.
    #[must_use]
    pub fn new(sources: &[String]) -> Self {
        Self(format!("{FRAME_ANCESTORS} {}", sources.join(" ")))
    }
}

/// Makes sure that a response says who may frame it. `allowed` overrides what the app says. Without it the app's own
/// rule counts; if the app has none, only its own origin may frame it.
pub(super) fn restrict(headers: &mut HeaderMap, allowed: Option<&FrameAncestors>) {
    let Some(FrameAncestors(allowed)) = allowed else {
        if !has_frame_options(headers) && !says_who_may_frame(headers) {
            headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
        }
        return;
    };
    headers.remove(header::X_FRAME_OPTIONS);
    // All policies must agree, so those of the app must not mention frames.
    let said: Vec<HeaderValue> = headers.get_all(header::CONTENT_SECURITY_POLICY).iter().cloned().collect();
    headers.remove(header::CONTENT_SECURITY_POLICY);
    for line in said {
        let kept = line.to_str().map_or(Some(line.clone()), without_frame_ancestors);
        if let Some(kept) = kept {
            headers.append(header::CONTENT_SECURITY_POLICY, kept);
        }
    }
    if let Ok(allowed) = HeaderValue::from_str(allowed) {
        headers.append(header::CONTENT_SECURITY_POLICY, allowed);
    }
}

/// Whether there is an `X-Frame-Options` that browsers know (RFC 7034). They ignore all others, including `ALLOW-FROM`.
fn has_frame_options(headers: &HeaderMap) -> bool {
    headers.get_all(header::X_FRAME_OPTIONS).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        let is_known = |value: &str| ["deny", "sameorigin"].iter().any(|known| value.eq_ignore_ascii_case(known));
        is_known(value.trim())
    })
}

fn says_who_may_frame(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::CONTENT_SECURITY_POLICY).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split([',', ';'])).any(is_frame_ancestors)
}

/// The policies of `line` without that directive; `None` if nothing is left of them.
fn without_frame_ancestors(line: &str) -> Option<HeaderValue> {
    let policies = line.split(',').map(|policy| {
        let directives = policy.split(';').map(str::trim).filter(|directive| !directive.is_empty());
        directives.filter(|directive| !is_frame_ancestors(directive)).collect::<Vec<_>>().join("; ")
    });
    let kept: Vec<String> = policies.filter(|policy| !policy.is_empty()).collect();
    HeaderValue::from_str(&kept.join(", ")).ok().filter(|line| !line.is_empty())
}

fn is_frame_ancestors(directive: &str) -> bool {
    directive.split_ascii_whitespace().next().is_some_and(|name| name.eq_ignore_ascii_case(FRAME_ANCESTORS))
}
