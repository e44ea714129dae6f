//! On whose behalf queries run.

use std::sync::Arc;

tokio::task_local! {
    /// The identity on whose behalf a task runs queries.
    static ASKER: QueryAsker;
}

/// On whose behalf a query runs. Waiting queries get places in turns, one for each asker, so that nobody waits for
/// everything that another asker requested. A query requested by several askers runs at the first turn of any of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum QueryAsker {
    /// Unknown: all such queries count as one asker.
    #[default]
    Nobody,
    /// An asker identified by a number.
    Numbered(i64),
    /// An asker identified by a name.
    Named(Arc<str>),
}

impl QueryAsker {
    /// The identity on whose behalf this task runs queries.
    pub(super) fn current() -> Self {
        ASKER.try_with(Self::clone).unwrap_or_default()
    }
}

/// Does `work`, whose queries run on behalf of `asker`.
pub fn asked_by<F: Future>(asker: QueryAsker, work: F) -> impl Future<Output = F::Output> {
    ASKER.scope(asker, work)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_asker_is_known_only_within_its_own_work() {
        let asker = QueryAsker::Numbered(7);
        assert_eq!(asked_by(asker.clone(), async { QueryAsker::current() }).await, asker);
        assert_eq!(QueryAsker::current(), QueryAsker::Nobody);
    }
}
