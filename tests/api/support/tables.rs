//! The tables of a page, as text.

use html_escape::decode_html_entities;

use super::Answer;

impl Answer {
    /// The tables of the page, each with the rows of its body, each with the text of its cells.
    pub fn tables(&self) -> Vec<Vec<Vec<String>>> {
        self.body.split("<table").skip(1).map(|table| rows(between(table, "<tbody", "</tbody>"))).collect()
    }

    /// The ids of the panels on a dashboard, in order.
    pub fn panels(&self) -> Vec<String> {
        let elements = self.body.split('<').filter_map(|tag| tag.split_once('>').map(|(element, _)| element));
        let panels = elements
            .filter(|element| element.contains("class=\"panel span-") || element.contains("class=\"panel panel-"));
        panels.map(|element| element.split("id=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()).collect()
    }

    /// The texts of the elements of the class `class`, in the order of the page.
    pub fn texts_of(&self, class: &str) -> Vec<String> {
        let class = format!("class=\"{class}\"");
        let element = |(at, _): (usize, &str)| {
            let name = self.body[..at].rsplit('<').next().and_then(|tag| tag.split_whitespace().next()).unwrap();
            text(self.body[at..].split(&format!("</{name}>")).next().unwrap())
        };
        self.body.match_indices(&class).map(element).collect()
    }
}

fn rows(body: &str) -> Vec<Vec<String>> {
    let cells = |row: &str| {
        let row = row.replace("</th>", "</td>");
        let mut cells: Vec<_> = row.split("</td>").map(text).collect();
        // The text after the last cell is not part of one.
        cells.pop();
        cells
    };
    body.split("</tr>").map(cells).filter(|cells| !cells.is_empty()).collect()
}

/// The text of `html`, which may begin within a tag.
fn text(html: &str) -> String {
    let text: String = html.split('>').skip(1).map(|part| part.split('<').next().unwrap()).collect();
    decode_html_entities(text.trim()).into_owned()
}

fn between<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(begin).unwrap();
    rest.split_once(end).unwrap().0
}
