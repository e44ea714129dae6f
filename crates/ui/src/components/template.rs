//! HTML that is rendered once and filled in at each request.

use leptos::prelude::*;

/// Marks a hole while the HTML is rendered, followed by a letter. It is a private-use character (Unicode, section
/// 23.5), so none of our texts contains it.
const MARK: char = '\u{F8FF}';

/// A part that differs between requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hole {
    /// The title of the page.
    Title,
    /// The name of the person.
    Name,
    /// The target of the link "Sign in".
    SignIn,
    /// The nonce of scripts.
    Nonce,
    /// The script that reloads the page after a change, for developers.
    Reload,
    /// The content of the main region.
    Main,
}

impl Hole {
    const ALL: [Self; 6] = [Self::Title, Self::Name, Self::SignIn, Self::Nonce, Self::Reload, Self::Main];

    const fn letter(self) -> char {
        match self {
            Self::Title => 'T',
            Self::Name => 'N',
            Self::SignIn => 'S',
            Self::Nonce => 'O',
            Self::Reload => 'R',
            Self::Main => 'M',
        }
    }

    /// The placeholder for the hole in a view.
    #[must_use]
    pub fn mark(self) -> String {
        [MARK, self.letter()].iter().collect()
    }
}

/// HTML with holes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    begin: String,
    /// Each hole, with the HTML after it.
    rest: Vec<(Hole, String)>,
}

impl Template {
    /// The template for `view`, in which [`Hole::mark`] marks the holes.
    #[must_use]
    pub fn of(view: impl IntoView) -> Self {
        Self::parse(&view.into_view().to_html())
    }

    fn parse(html: &str) -> Self {
        let mut pieces = html.split(MARK);
        let begin = pieces.next().unwrap_or_default().to_owned();
        let hole = |piece: &str| {
            let hole = Hole::ALL.into_iter().find(|hole| piece.starts_with(hole.letter()))?;
            Some((hole, piece[hole.letter().len_utf8()..].to_owned()))
        };
        Self { begin, rest: pieces.filter_map(hole).collect() }
    }

    /// The HTML with its holes filled by `push`, which must escape text. `bytes` is the approximate length of what it
    /// fills in.
    #[must_use]
    pub fn fill(&self, bytes: usize, mut push: impl FnMut(Hole, &mut String)) -> String {
        let fixed: usize = self.rest.iter().map(|(_, html)| html.len()).sum();
        let mut html = String::with_capacity(self.begin.len() + fixed + bytes);
        html.push_str(&self.begin);
        for (hole, behind) in &self.rest {
            push(*hole, &mut html);
            html.push_str(behind);
        }
        html
    }
}

#[cfg(test)]
mod tests {
    use super::{Hole, Template};

    #[test]
    fn holes_are_filled_in_place_and_their_contents_are_not_searched_for_holes() {
        let marks = Hole::ALL.map(Hole::mark);
        let html = format!("<p title=\"{}\">{}</p>{}", marks[2], marks[1], marks[1]);
        let filled = Template::parse(&html).fill(0, |hole, html| match hole {
            Hole::Name => html.push_str(&Hole::Main.mark()),
            Hole::SignIn => html.push('/'),
            other => panic!("{other:?}"),
        });
        assert_eq!(filled, format!("<p title=\"/\">{0}</p>{0}", marks[5]));
    }
}
