use std::cell::RefCell;
use std::future::ready;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use tokio::task::yield_now;

use super::super::deadline::Progress;
use super::*;

static ADA: QueryAsker = QueryAsker::Numbered(1);
static BO: QueryAsker = QueryAsker::Numbered(2);

/// How many places each attempt of a query had that needs `needed` of them, and its result. If `beside`, another query
/// holds one of the three places until the first one waits for it.
async fn attempts(needed: u32, beside: bool) -> (Vec<u32>, Result<(), QueryError>) {
    let places = Places::new(3);
    let other = if beside { Some(places.take(&BO, 1).await.unwrap()) } else { None };
    let had = RefCell::new(Vec::new());
    let waiting = places.wait(&ADA, "what is asked");
    let run = places.run(
        &waiting,
        || true,
        |place| {
            had.borrow_mut().push(place.count);
            ready(if place.count < needed { Err(QueryError::TooLarge) } else { Ok(()) })
        },
    );
    let (result, ()) = tokio::join!(run, async { drop(other) });
    (had.into_inner(), result)
}

#[tokio::test]
async fn a_query_too_large_next_to_others_is_tried_again_alone() {
    assert_eq!(attempts(1, true).await, (vec![1], Ok(())));
    assert_eq!(attempts(3, true).await, (vec![1, 3], Ok(())));
    assert_eq!(attempts(4, true).await, (vec![1, 3], Err(QueryError::TooLarge)));
}

#[tokio::test]
async fn a_query_too_large_even_alone_fails_at_once() {
    assert_eq!(attempts(3, false).await, (vec![1], Err(QueryError::TooLarge)));
}

// Case: data/left-queries
#[tokio::test]
async fn an_abandoned_query_is_not_tried_again() {
    let places = Places::new(2);
    let (_beside, waiting) = (places.wait(&BO, "beside"), places.wait(&ADA, "what is asked"));
    let (tried, progress) = (RefCell::new(0), Progress::default());
    let is_wanted = || progress.wait_again() || waiting.is_shared();
    let run = places.run(&waiting, is_wanted, |_| {
        *tried.borrow_mut() += 1;
        progress.leave();
        ready(Err::<(), _>(QueryError::TooLarge))
    });
    assert_eq!(run.now_or_never(), Some(Err(QueryError::TooLarge)));
    assert_eq!(tried.into_inner(), 1);
    assert!(!waiting.is_shared());
    let of_another = places.wait(&BO, "what is asked");
    assert!(waiting.is_shared(), "somebody else waits for it");
    drop(of_another);
}

#[tokio::test]
async fn a_query_that_began_in_the_meantime_counts_as_running_next_to_it() {
    let places = Places::new(2);
    let tried = RefCell::new(0);
    let waiting = places.wait(&ADA, "one");
    let result = places.run(
        &waiting,
        || true,
        |place| {
            *tried.borrow_mut() += 1;
            let (places, is_first) = (&places, *tried.borrow() == 1);
            async move {
                // Moves the whole place, not only its number.
                let place = place;
                if is_first {
                    places.run(&places.wait(&ADA, "another"), || true, |_| ready(Ok(()))).await?;
                }
                if place.count < 2 { Err(QueryError::TooLarge) } else { Ok(()) }
            }
        },
    );
    assert_eq!((result.await, tried.into_inner()), (Ok(()), 2));
}

// Case: data/fair-turns
#[tokio::test]
async fn a_single_query_waits_for_only_one_of_another_askers_five() {
    let (places, turns) = (&Places::new(1), &RefCell::new(Vec::new()));
    let turn = |(key, asker): (usize, &'static QueryAsker)| async move {
        let attempt = |place: Place| async move {
            turns.borrow_mut().push(asker);
            // Until it continues, all others wait.
            yield_now().await;
            drop(place);
            Ok(())
        };
        places.run(&places.wait(asker, &key.to_string()), || true, attempt).await
    };
    let all = join_all([&ADA, &ADA, &ADA, &ADA, &ADA, &BO].into_iter().enumerate().map(turn)).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(*turns.borrow(), [&ADA, &BO, &ADA, &ADA, &ADA, &ADA]);
}

#[tokio::test]
async fn leaving_while_waiting_for_all_places_delays_nobody() {
    let places = Places::new(2);
    let held = places.take(&BO, 1).await.unwrap();
    let mut all = Box::pin(places.take(&ADA, 2));
    assert!(all.as_mut().now_or_never().is_none());
    let mut one = Box::pin(places.take(&BO, 1));
    assert!(one.as_mut().now_or_never().is_none(), "all places are for who came first");
    drop(all);
    assert!(one.as_mut().now_or_never().is_some());
    drop(held);
}

/// The place of `waiting`, if it is assigned already.
fn now(waiting: &Waiting) -> Option<Place> {
    waiting.turn.wait().now_or_never().flatten()
}

// Case: data/fair-turns
#[tokio::test]
async fn a_query_of_two_askers_runs_at_the_turn_of_either() {
    let places = Places::new(1);
    let first = places.take(&ADA, 1).await.unwrap();
    let [next, last] = ["next", "last"].map(|key| places.wait(&ADA, key));
    let of_bo = places.wait(&BO, "last");
    drop(first);
    assert!(now(&next).is_none(), "it is the turn of who asked for the other");
    let place = now(&last);
    assert!(place.is_some());
    drop((of_bo, place));
    assert!(now(&next).is_some());
}

#[tokio::test]
async fn an_asker_who_left_keeps_no_turn_in_a_shared_query() {
    let places = Places::new(1);
    let first = places.take(&ADA, 1).await.unwrap();
    let [next, last] = ["next", "last"].map(|key| places.wait(&ADA, key));
    drop(places.wait(&BO, "last"));
    drop(first);
    assert!(now(&last).is_none());
    assert!(now(&next).is_some());
    assert!(now(&last).is_some());
}

#[tokio::test]
async fn a_waiter_for_all_places_is_not_overtaken_by_later_ones() {
    let places = Places::new(2);
    let held = places.take(&BO, 1).await.unwrap();
    drop(places.take(&ADA, 1).await.unwrap());
    let mut all = Box::pin(places.take(&ADA, 2));
    assert!(all.as_mut().now_or_never().is_none());
    let mut later = Box::pin(places.take(&QueryAsker::Numbered(3), 1));
    assert!(later.as_mut().now_or_never().is_none(), "the free place is kept for who needs both");
    drop(held);
    let all = all.now_or_never();
    assert!(all.is_some());
    assert!(later.as_mut().now_or_never().is_none());
    drop(all);
    assert!(later.now_or_never().is_some());
}

#[tokio::test]
async fn a_place_that_nobody_takes_becomes_free_again() {
    let places = Places::new(1);
    let held = places.take(&BO, 1).await.unwrap();
    let mut given = Box::pin(places.take(&ADA, 1));
    assert!(given.as_mut().now_or_never().is_none());
    drop(held);
    drop(given);
    assert!(places.take(&BO, 1).now_or_never().is_some());
}
