//! The frame of all pictures: size, title, description, and a style with the colours of a light page.

use std::fmt::Write as _;

use super::texts::{CHARACTER, LINE, few_lines_of, lines_of, push_lines};
use crate::html::escaped;

/// The width of a picture, unless its content needs more, and its margin, in pixels.
pub const WIDTH: usize = 800;
pub const MARGIN: usize = 24;
/// The top of the title, and the top of the content below a title of one line.
const TITLE_TOP: usize = 16;
pub const TOP: usize = 64;
/// The height of a line of the title, the maximum number of lines, and the approximate width of a character.
const TITLE_LINE: usize = 26;
const MOST_TITLE_LINES: usize = 2;
const TITLE_CHARACTER: usize = 13;
/// The style rules of all pictures.
const STYLE: &str = "text{font-family:system-ui,sans-serif;font-size:12px;fill:#52606d}\
                     .title{font-size:20px;font-weight:600;fill:#16212b}.filters{font-size:14px}\
                     .label{font-size:14px;fill:#16212b}.grid{stroke:#dbe2e7}.grid-zero{stroke:#7a8794}";

/// A picture without its content.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    pub title: &'a str,
    /// The filters in force, in words; empty without filters. Outside of its page, a picture has no other hint of what
    /// its values cover.
    pub filters: &'a str,
    /// A one-sentence description, for readers who cannot see the picture.
    pub description: &'a str,
    /// In pixels. The height is that with a title of one line and without filters.
    pub width: usize,
    pub height: usize,
    /// Style rules in addition to those of all pictures.
    pub style: &'a str,
}

impl Frame<'_> {
    /// The document, of type `image/svg+xml`, with `content` below the title and the filters.
    pub fn around(self, content: &str) -> String {
        let Self { title, filters, description, width, height, style } = self;
        let (mut head, room, free) = (String::new(), (MARGIN, width - MARGIN), width - 2 * MARGIN);
        let titles = few_lines_of(title, free / TITLE_CHARACTER, MOST_TITLE_LINES);
        let y = push_lines(&mut head, "title", room, (TITLE_TOP, TITLE_LINE), &titles);
        let y = push_lines(&mut head, "filters", room, (y, LINE), &lines_of(filters, free / CHARACTER));
        let lower = y.saturating_sub(TITLE_TOP + TITLE_LINE);
        let height = height + lower;
        let description =
            if filters.is_empty() { escaped(description) } else { escaped(&format!("{description} ({filters})")) };
        let mut svg = document_of((width, height), "role=\"img\" aria-labelledby=\"title desc\"");
        // Writing to a string does not fail.
        _ = write!(
            svg,
            "<title id=\"title\">{}</title><desc id=\"desc\">{description}</desc>\
             <style>{STYLE}{style}</style><rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>{head}\
             <g transform=\"translate(0 {lower})\">{content}</g></svg>",
            escaped(title)
        );
        svg
    }
}

/// The beginning of a document of type `image/svg+xml` with this width and height and more `attributes`.
pub fn document_of((width, height): (usize, usize), attributes: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         {attributes}>"
    )
}

/// Appends a `drawing` of this width and height with its top left corner at `(left, top)`.
pub fn push_drawing(svg: &mut String, (left, top): (usize, usize), (width, height): (usize, usize), drawing: &str) {
    _ = write!(
        svg,
        "<svg x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" overflow=\"visible\">{drawing}</svg>"
    );
}
