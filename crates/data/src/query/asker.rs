//! For whom queries run.

use std::sync::Arc;

tokio::task_local! {
    /// The identity on whose behalf a task runs queries.
    static ASKER: QueryAsker;
}

/// Who asks. Queries that wait for a place get them in turns, one of each who asks, so that nobody waits for all that somebody
/// else asked for. What several ask for runs when it is the turn of one of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum QueryAsker {
    /// Nobody in particular: all of these count as one.
    #[default]
    Nobody,
    /// Somebody who has a number.
    Numbered(i64),
    /// Somebody who has a name.
    Named(Arc<str>),
}

impl QueryAsker {
    /// The identity on whose behalf this task runs queries.
    pub(super) fn current() -> Self {
        ASKER.try_with(Self::clone).unwrap_or_default()
    }
}

/// Does `work`, whose queries are asked by `asker`.
pub fn asked_by<F: Future>(asker: QueryAsker, work: F) -> impl Future<Output = F::Output> {
    ASKER.scope(asker, work)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_asks_is_known_within_their_work_alone() {
        let asker = QueryAsker::Numbered(7);
        assert_eq!(asked_by(asker.clone(), async { QueryAsker::current() }).await, asker);
        assert_eq!(QueryAsker::current(), QueryAsker::Nobody);
    }
}
