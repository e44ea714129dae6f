//! Claims of a token, explained.

use html_escape::encode_text_to_string;
use leptos::prelude::*;
use rolecall_model::Claim;

/// Claims as a description list: name and meaning, then the value.
#[component]
pub fn ClaimList(claims: Vec<Claim>) -> impl IntoView {
    if claims.is_empty() {
        return view! { <p class="muted">"No claims."</p> }.into_any();
    }
    let mut html = String::with_capacity(256 * claims.len());
    for claim in &claims {
        push_claim(&mut html, claim);
    }

    view! { <dl class="claims" inner_html=html></dl> }.into_any()
}

/// Adds one claim to `html`. As view nodes, thirty claims would take the server half the time of the page.
fn push_claim(html: &mut String, claim: &Claim) {
    let Claim { name, meaning, value, json, .. } = claim;
    html.push_str("<div class=\"claim\"><dt><code><bdi>");
    encode_text_to_string(name, html);
    html.push_str("</bdi></code>");
    if !meaning.is_empty() {
        html.push_str("<span class=\"muted\">");
        encode_text_to_string(meaning, html);
        html.push_str("</span>");
    }
    html.push_str("</dt><dd><p class=\"claim-value\" dir=\"auto\">");
    encode_text_to_string(value, html);
    html.push_str("</p>");
    if let Some(json) = json {
        html.push_str("<details><summary>As JSON</summary><pre><code>");
        encode_text_to_string(json, html);
        html.push_str("</code></pre></details>");
    }
    html.push_str("</dd></div>");
}

#[cfg(test)]
mod tests {
    use super::push_claim;
    use rolecall_model::Claim;

    #[test]
    fn a_claim_is_shown_as_text() {
        let text = |text: &str| format!("<b>{text}&");
        let (name, meaning, value) = (text("name"), text("meaning"), text("value"));
        let mut html = String::new();
        push_claim(&mut html, &Claim { name, meaning, value, json: Some(text("json")), protocol: false });
        for part in ["name", "meaning", "value", "json"] {
            assert!(html.contains(&format!(">&lt;b&gt;{part}&amp;</")), "{part}: {html}");
        }
        assert!(!html.contains("<b>"), "{html}");
    }
}
