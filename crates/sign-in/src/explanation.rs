//! The message for a person whose sign-in failed or could not begin: what happened, and what to do next.

use std::borrow::Cow;

use super::ReturnTo;
use super::session::SignedOutBy;
use crate::db::is_busy;

/// A failure, explained to people. It holds nothing that helps an attacker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The HTTP status.
    pub status: u16,
    /// The heading: the outcome.
    pub title: &'static str,
    /// What happened, in a sentence.
    pub message: Cow<'static, str>,
    /// What to do next, in order.
    pub advice: Vec<&'static str>,
    /// Whether to add the advice to tell an administrator if it happens again, with the data to find the request in the
    /// log.
    pub ask_administrator: bool,
    /// What the provider said, for support: names and values.
    pub details: Vec<(&'static str, String)>,
    /// Whether another account may help.
    pub another_account: bool,
}

pub(super) const TRY_AGAIN: &str = "Try again.";
pub(super) const EXACT_ADDRESS: &str =
    "Open this address exactly as your administrator gave it to you: a cookie belongs to one host name.";
const TOO_LONG: &str = "This address is too long";
const CHANGE_SOMETHING: &str = "Another try will fail in the same way unless something changes. Send an administrator the \
                                details below.";
const ALLOW_COOKIES_FOR_SIGN_IN: &str = "Allow cookies for this address: without them, nobody can stay signed in.";

impl Explanation {
    pub(super) fn new(status: u16, message: impl Into<Cow<'static, str>>, advice: &[&'static str]) -> Self {
        let title = match status {
            404 => "There is no such provider",
            414 => TOO_LONG,
            503 => "Signing in does not work right now",
            _ => "You are not signed in",
        };
        Self {
            status,
            title,
            message: message.into(),
            advice: advice.to_vec(),
            ask_administrator: false,
            details: vec![],
            another_account: false,
        }
    }

    /// The person is known but may not come in. Another account of theirs may help.
    pub(super) fn kept_out(message: impl Into<Cow<'static, str>>, advice: &[&'static str]) -> Self {
        Self { another_account: true, ..Self::new(403, message, advice) }
    }

    /// The same, with the advice to tell an administrator if it happens again.
    pub(super) fn or_ask(self) -> Self {
        Self { ask_administrator: true, ..self }
    }

    /// The same, for a browser that stays signed in: the person's name is on the page.
    #[must_use]
    pub fn beside_sign_in(mut self) -> Self {
        if !matches!(self.status, 404 | 414 | 503) {
            self.title = "You were not signed in again";
        }
        self
    }

    /// The same, for the third failed sign-in in a row. Its page has a button that begins another one.
    #[must_use]
    pub fn third_in_a_row(mut self) -> Self {
        self.message.to_mut().push_str(" It was the third time in a row.");
        self.advice.push(CHANGE_SOMETHING);
        self
    }

    /// A browser was not sent to the provider a fourth time. The page begins another sign-in only when the person
    /// presses its button.
    #[must_use]
    pub fn stopped() -> Self {
        Self::not_sent_again("Then try once more.")
    }

    /// The same, for a page without such a button: the count of failed sign-ins must expire first.
    pub(super) fn stopped_for_now() -> Self {
        Self::not_sent_again("Wait ten minutes, or close the browser, and try once more.")
    }

    fn not_sent_again(try_again: &'static str) -> Self {
        let message = "Three sign-ins in a row did not keep you signed in. To prevent an endless loop of redirects, \
                       this one was stopped.";
        let advice = [ALLOW_COOKIES_FOR_SIGN_IN, EXACT_ADDRESS, try_again];
        Self { title: "You do not stay signed in", ..Self::new(400, message, &advice) }.or_ask()
    }

    /// The browser was signed out, `by` whom.
    #[must_use]
    pub fn signed_out(by: SignedOutBy) -> Self {
        let (title, message) = match by {
            SignedOutBy::Person => {
                ("You signed out", "You signed out in this browser. To see this page, sign in again.")
            }
            SignedOutBy::PersonElsewhere => {
                ("You were signed out", "You ended this session from another browser. To see this page, sign in again.")
            }
            SignedOutBy::Administrator => {
                ("You were signed out", "An administrator ended this session. To see this page, sign in again.")
            }
            SignedOutBy::Disabled => (
                "Your account is disabled",
                "An administrator disabled your account here and ended this session. If you try to sign in, you read why; if \
                 you think that this is a mistake, ask them.",
            ),
            SignedOutBy::Directory => (
                "You were signed out",
                "Your organization’s directory says that your account is not active here. To see this page, sign in again \
                 when it is.",
            ),
        };
        Self { title, ..Self::new(401, message, &[]) }
    }

    /// The browser has lost the long address of the page that the person wanted.
    #[must_use]
    pub fn not_kept() -> Self {
        let message = "Your browser keeps the address of the page for two hours while you sign in. That time is over.";
        let advice = ["Open the link again that brought you here."];
        Self { title: "This link has expired", ..Self::new(400, message, &advice) }
    }

    /// A page needs a sign-in, and its address is too long to return to.
    #[must_use]
    pub fn too_long() -> Self {
        let (thousands, rest) = (ReturnTo::MAX_BYTES / 1000, ReturnTo::MAX_BYTES % 1000);
        let message = format!(
            "You have to sign in first, and a sign-in leads back to addresses of at most {thousands},{rest:03} characters."
        );
        Self::new(414, message, &["Sign in, and then open the page once more."])
    }

    /// A failure on our side: permanent, or because the server is busy.
    pub(super) fn own_failure(error: &(dyn std::error::Error + 'static)) -> Self {
        if is_busy(error) {
            let message = "There are too many requests right now, and you are not signed in.";
            return Self::new(503, message, &["Try again in a moment."]).or_ask();
        }
        Self::internal()
    }

    pub(super) fn internal() -> Self {
        Self::new(500, "Something went wrong on our side, and you are not signed in.", &[TRY_AGAIN]).or_ask()
    }

    pub(super) fn unavailable() -> Self {
        let message = "The provider that you sign in with does not answer right now.";
        Self::new(503, message, &["Try again in a moment. People who are already signed in stay signed in."]).or_ask()
    }
}
