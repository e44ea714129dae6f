//! The rows of a table as one piece of HTML.
//!
//! A page of data has hundreds of cells. As nodes of a view each costs the server and the browser far more than its text. As one
//! escaped string they cost almost nothing, and they never change.

use html_escape::encode_text;

/// Adds a row to `html`: each cell with its text and whether it is a number. The first one heads the row.
pub fn push_row<'a>(html: &mut String, cells: impl IntoIterator<Item = (&'a str, bool)>) {
    html.push_str("<tr>");
    for (index, (text, numeric)) in cells.into_iter().enumerate() {
        let (open, close) = if index == 0 { ("<th scope=\"row\"", "</th>") } else { ("<td", "</td>") };
        html.push_str(open);
        html.push_str(if numeric { " class=\"num\">" } else { " dir=\"auto\">" });
        html.push_str(&encode_text(text));
        html.push_str(close);
    }
    html.push_str("</tr>");
}

#[cfg(test)]
mod tests {
    use super::push_row;

    #[test]
    fn a_row_is_headed_by_its_first_cell_and_holds_text_only() {
        let mut html = String::new();
        push_row(&mut html, [("<b>&\"", false), ("1.5", true)]);
        assert_eq!(html, "<tr><th scope=\"row\" dir=\"auto\">&lt;b&gt;&amp;\"</th><td class=\"num\">1.5</td></tr>");
    }
}
