//! Texts in Markdown.

use std::collections::{HashMap, HashSet};
use std::iter;

use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// The maximum depth of nested lists, quotes and so on. Deeper ones are moved up to this depth: an HTML parser searches
/// all ancestors of an element, and would take minutes for a page full of `>`.
const MAX_DEPTH: usize = 32;
/// The only elements that Markdown may produce.
const ELEMENTS: [&str; 26] = [
    "a",
    "blockquote",
    "br",
    "code",
    "del",
    "div",
    "em",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "span",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
    "sup",
];

/// `markdown` (`CommonMark`, with tables and strikethrough) as HTML.
///
/// HTML in it is shown as text. Links may lead to `http`, `https` and `mailto` addresses or within Rolecall, and send
/// no referrer. Images are removed: loading them would tell their host who reads the page. Headings begin at the third
/// level, below that of the panel. Nesting is limited to 32 levels.
#[must_use]
pub fn text(markdown: &str) -> String {
    let parser = Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH);
    let events = parser.filter(not_too_deep()).map(|event| match event {
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        Event::Start(Tag::Heading { level, id, classes, attrs }) => {
            Event::Start(Tag::Heading { level: lowered(level), id, classes, attrs })
        }
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(lowered(level))),
        // An image is replaced by its description.
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => Event::Text("".into()),
        event => event,
    });
    let mut unsafe_html = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut unsafe_html, events);
    let wide = unsafe_html
        .replace("<table>", "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Table\"><table>")
        .replace("</table>", "</table></div>");
    sanitised(&wide)
}

/// A filter for the events of a document, in order: whether each one is outside of anything nested too deeply.
fn not_too_deep<'a>() -> impl FnMut(&Event<'a>) -> bool {
    let mut depth = 0;
    move |event| match event {
        Event::Start(_) => {
            depth += 1;
            depth <= MAX_DEPTH
        }
        Event::End(_) => {
            depth -= 1;
            depth < MAX_DEPTH
        }
        _ => true,
    }
}

fn sanitised(html: &str) -> String {
    Builder::empty()
        .tags(HashSet::from(ELEMENTS))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href"])),
            ("ol", HashSet::from(["start"])),
            ("div", HashSet::from(["class", "role", "tabindex", "aria-label"])),
        ]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some("external noopener noreferrer"))
        .clean_content_tags(iter::empty::<&str>().collect())
        .clean(html)
        .to_string()
}

/// Two levels lower, below the headings of the page and the panel.
const fn lowered(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H3,
        HeadingLevel::H2 => HeadingLevel::H4,
        HeadingLevel::H3 => HeadingLevel::H5,
        HeadingLevel::H4 | HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn markdown_becomes_html_below_the_panels_heading() {
        assert_eq!(text("# Sales\n\nUp *again*."), "<h3>Sales</h3>\n<p>Up <em>again</em>.</p>\n");
    }

    #[test]
    fn markup_in_the_text_is_text() {
        assert_eq!(text("<script>alert(1)</script>"), "&lt;script&gt;alert(1)&lt;/script&gt;");
        assert_eq!(text("a <b onclick=\"x()\">b</b>"), "<p>a &lt;b onclick=\"x()\"&gt;b&lt;/b&gt;</p>\n");
    }

    #[test]
    fn links_open_pages_and_run_no_script() {
        assert_eq!(
            text("[docs](https://example.com/a?b=c)"),
            "<p><a href=\"https://example.com/a?b=c\" rel=\"external noopener noreferrer\">docs</a></p>\n"
        );
        for attack in
            ["[x](javascript:alert(1))", "[x](JAVASCRIPT:alert(1))", "[x](data:text/html,a)", "[x](vbscript:a)"]
        {
            assert!(!text(attack).contains("href"), "{}", text(attack));
        }
    }

    // Case: panels/nested-text
    #[test]
    fn endless_nesting_is_limited_to_a_depth_that_a_browser_can_parse() {
        for nested in
            [">".repeat(20_000) + "x", "- ".repeat(10_000) + "x", "1. ".repeat(6_000) + "x", "*a **b ".repeat(3_000)]
        {
            let html = text(&nested);
            let deepest = html.split('<').skip(1).fold((0_i32, 0), |(depth, deepest), tag| {
                let depth = if tag.starts_with('/') { depth - 1 } else { depth + 1 };
                (depth, deepest.max(depth))
            });
            assert!(deepest.1 <= 32, "{deepest:?}");
            assert!(html.contains('x') || html.contains('b'));
        }
        assert_eq!(text("> > a"), "<blockquote>\n<blockquote>\n<p>a</p>\n</blockquote>\n</blockquote>\n");
    }

    #[test]
    fn an_image_becomes_its_description() {
        assert_eq!(text("![a plan](https://elsewhere.example/p.png)"), "<p>a plan</p>\n");
    }
}
