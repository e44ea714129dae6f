//! The slowest allowed upload. A client that sends a byte now and then would occupy disk space, and one of a person's
//! five uploads, for days.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::iter::successors;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

/// The longest pause, and how long the beginning may be slow.
const PAUSE: Duration = Duration::from_mins(1);
/// After that, the minimum average in bytes per second.
const LEAST_BYTES_PER_SECOND: u64 = 10_000;

/// A body that fails when it arrives too slowly: [`is_too_slow`].
pub struct Paced {
    body: Body,
    pace: Pace,
    end: Pin<Box<Sleep>>,
}

/// The progress of a body.
struct Pace {
    began: Instant,
    bytes: u64,
    pause: Duration,
}

impl Pace {
    /// When it becomes too slow, if nothing more arrives after `now`.
    fn deadline(&self, now: Instant) -> Instant {
        let on_average = Duration::from_secs(self.bytes / LEAST_BYTES_PER_SECOND).max(self.pause);
        (self.began + on_average).min(now + self.pause)
    }
}

impl Paced {
    /// Wraps `body`, starting now.
    pub fn new(body: Body) -> Self {
        Self::pausing(body, PAUSE)
    }

    fn pausing(body: Body, pause: Duration) -> Self {
        let began = Instant::now();
        Self { body, pace: Pace { began, bytes: 0, pause }, end: Box::pin(sleep_until(began + pause)) }
    }
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            let data = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref());
            self.pace.bytes += data.map_or(0, |data| data.len() as u64);
            let deadline = self.pace.deadline(Instant::now());
            self.end.as_mut().reset(deadline);
            return Poll::Ready(frame);
        }
        let too_slow = || axum::Error::new(io::Error::new(ErrorKind::TimedOut, "the body comes in too slowly"));
        self.end.as_mut().poll(context).map(|()| Some(Err(too_slow())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Whether `error` means that a body arrived too slowly.
pub fn is_too_slow(error: &(dyn Error + 'static)) -> bool {
    let is_timeout = |error: &io::Error| error.kind() == ErrorKind::TimedOut;
    successors(Some(error), |error| (**error).source()).any(|error| error.downcast_ref().is_some_and(is_timeout))
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt as _, future, stream};
    use http_body_util::BodyExt as _;

    use super::*;

    /// After how many seconds it is too slow, if the last of so many bytes came after `seconds`.
    fn deadline(bytes: u64, seconds: u64) -> u64 {
        let began = Instant::now();
        let pace = Pace { began, bytes, pause: PAUSE };
        pace.deadline(began + Duration::from_secs(seconds)).duration_since(began).as_secs()
    }

    // Case: uploads/too-slow
    #[test]
    fn a_byte_now_and_then_keeps_no_upload_alive() {
        assert_eq!([deadline(0, 0), deadline(1, 59), deadline(300_000, 59)], [60, 60, 60]);
        // From then on 10 kB a second are enough, and faster progress before that counts.
        assert_eq!([deadline(700_000, 60), deadline(1_000_000, 60), deadline(1_000_001, 90)], [70, 100, 100]);
        // But it may not pause for a minute.
        assert_eq!([deadline(500_000_000, 0), deadline(500_000_000, 100)], [60, 160]);
    }

    #[tokio::test]
    async fn a_body_of_which_nothing_comes_any_more_ends_with_an_error_that_says_so() {
        let pieces = |ends: bool| {
            let pieces = stream::iter(["a", "b"].map(|piece| Ok::<_, io::Error>(Bytes::from(piece))));
            let rest = stream::once(future::pending()).take(usize::from(!ends));
            Paced::pausing(Body::from_stream(pieces.chain(rest)), Duration::from_millis(20))
        };
        assert_eq!(pieces(true).collect().await.unwrap().to_bytes(), "ab");
        let error = pieces(false).collect().await.unwrap_err();
        assert!(is_too_slow(&error), "{error:?}");
        let broken = stream::iter([Err::<Bytes, _>(io::Error::from(ErrorKind::ConnectionReset))]);
        let error = Paced::new(Body::from_stream(broken)).collect().await.unwrap_err();
        assert!(!is_too_slow(&error), "{error:?}");
    }
}
