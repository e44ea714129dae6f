//! HTML that is rendered once and filled in at each request.

use leptos::prelude::*;

/// Stands for a hole while the HTML is rendered, with a letter behind it. No text of ours has it: it is for private use (Unicode,
/// section 23.5).
const MARK: char = '\u{F8FF}';

/// Something that differs from request to request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hole {
    /// The title of the page.
    Title,
    /// The name of the person.
    Name,
    /// Where "Sign in" leads.
    SignIn,
    /// The nonce of scripts.
    Nonce,
    /// What loads the page again after a change, for developers.
    Reload,
    /// What stands in the main region.
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

    /// What stands in the view in the place of the hole.
    #[must_use]
    pub fn mark(self) -> String {
        [MARK, self.letter()].iter().collect()
    }
}

/// HTML with holes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    begin: String,
    /// Each hole, and the HTML behind it.
    rest: Vec<(Hole, String)>,
}

impl Template {
    /// The template of `view`, in which [`Hole::mark`] stands for holes.
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

    /// The HTML, its holes filled by `push`, which has to escape what is no HTML. `bytes` is about how long they are.
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
    fn holes_are_filled_in_their_places_and_what_fills_them_has_none() {
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
