//! What all pictures have: their size, a title, a description, and a style with the colours of a light page.

use super::texts::{fitting, push_text};
use crate::html::escaped;

/// The width of a picture, unless what it shows needs more, and what is free on each side, in pixels.
pub const WIDTH: usize = 800;
pub const MARGIN: usize = 24;
/// Where the title stands, and where what is below it begins.
const TITLE: usize = 36;
pub const TOP: usize = 64;
/// About how wide a character of the title is.
const TITLE_CHARACTER: usize = 10;
/// The rules that all pictures need.
const STYLE: &str = "text{font-family:system-ui,sans-serif;font-size:12px;fill:#52606d}\
                     .title{font-size:20px;font-weight:600;fill:#16212b}.label{font-size:14px;fill:#16212b}\
                     .grid{stroke:#dbe2e7}.grid-zero{stroke:#7a8794}";

/// A picture without what it shows.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    pub title: &'a str,
    /// What the picture shows, in a sentence, for those who do not see it.
    pub description: &'a str,
    /// In pixels.
    pub width: usize,
    pub height: usize,
    /// The rules that it needs beside those of all pictures.
    pub style: &'a str,
}

impl Frame<'_> {
    /// The document, of type `image/svg+xml`, with `content` below its title.
    pub fn around(self, content: &str) -> String {
        let Self { title, description, width, height, style } = self;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
             role=\"img\" aria-labelledby=\"title desc\"><title id=\"title\">{}</title><desc id=\"desc\">{}</desc>\
             <style>{STYLE}{style}</style><rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>",
            escaped(title),
            escaped(description)
        );
        let shown = fitting(title, (width - 2 * MARGIN) / TITLE_CHARACTER);
        push_text(&mut svg, "title", (MARGIN, width - MARGIN), TITLE, &shown);
        svg.push_str(content);
        svg.push_str("</svg>");
        svg
    }
}
