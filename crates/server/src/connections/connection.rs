//! A browser's connection, which is closed when it is idle for too long or must make room for another one.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_io_timeout::TimeoutStream;

use super::limits::AdmittedConnection;

/// A write of at least this many bytes is part of an answer. Keep-alive frames (HTTP/2's pings and the like) are
/// shorter.
const OF_AN_ANSWER: usize = 128;

/// A connection with an idle timeout, for every protocol and state (including the TLS handshake), except while a request
/// on it waits for its answer, the client receives one, or the [`IdleTimeout`](super::IdleTimeout) is suspended. It is
/// also closed when the client does not read what it is sent, and when it must make room for another one.
pub struct Connection {
    stream: Pin<Box<TimeoutStream<TcpStream>>>,
    idle_timeout: Duration,
    has_spoken: bool,
    /// Whether the client took something since the idle timeout began.
    has_received: bool,
    admitted: AdmittedConnection,
}

impl Connection {
    /// Wraps `stream`: the first byte must arrive within `begin`, and after that it may be silent for `idle_timeout`,
    /// or longer while its idle timeout is suspended.
    pub fn new(stream: TcpStream, begin: Duration, idle_timeout: Duration, admitted: AdmittedConnection) -> Self {
        let mut stream = TimeoutStream::new(stream);
        stream.set_read_timeout(Some(begin));
        stream.set_write_timeout(Some(idle_timeout));
        Self { stream: Box::pin(stream), idle_timeout, has_spoken: false, has_received: false, admitted }
    }

    /// Whether it must make room for another one.
    fn is_closed(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(closed) = &mut self.admitted.closed else { return true };
        let is_closed = Pin::new(closed).poll(cx).is_ready();
        if is_closed {
            self.admitted.closed = None;
        }
        is_closed
    }

    fn wrote(&mut self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.has_received |= matches!(written, Poll::Ready(Ok(1..)));
        if matches!(written, Poll::Ready(Ok(bytes)) if bytes >= OF_AN_ANSWER) {
            self.admitted.activity.touch();
        }
        written
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.is_closed(cx) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let read = ready!(self.stream.as_mut().poll_read(cx, buffer));
        if !self.has_spoken {
            self.has_spoken = true;
            let idle_timeout = self.idle_timeout;
            self.stream.as_mut().set_read_timeout_pinned(Some(idle_timeout));
        }
        match read {
            // The timeout starts again.
            Err(error)
                if error.kind() == io::ErrorKind::TimedOut
                    && (std::mem::take(&mut self.has_received) || !self.admitted.activity.is_idle()) =>
            {
                self.stream.as_mut().poll_read(cx, buffer)
            }
            read => Poll::Ready(read),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = self.stream.as_mut().poll_write(cx, bytes);
        self.wrote(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = self.stream.as_mut().poll_write_vectored(cx, parts);
        self.wrote(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio::sync::oneshot;

    use super::*;
    use crate::connections::browsers::Activity;
    use crate::connections::limits::ConnectionLimits;

    async fn pair() -> (Connection, Activity, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (server, peer) = listener.accept().await.unwrap();
        let idle_timeout = Duration::from_millis(50);
        let admitted = ConnectionLimits::new(NonZeroU32::MIN, NonZeroU32::MIN).for_browser(peer.ip(), false).unwrap();
        let activity = admitted.activity.clone();
        (Connection::new(server, idle_timeout, idle_timeout, admitted), activity, client)
    }

    #[tokio::test]
    async fn a_client_may_be_silent_while_it_is_answered_and_while_it_receives_the_answer() {
        let (mut connection, activity, mut client) = pair().await;
        let serving = activity.serve();
        let (asks, asked) = oneshot::channel();
        let talk = tokio::spawn(async move {
            client.write_all(b"a").await.unwrap();
            tokio::time::sleep(Duration::from_millis(300)).await;
            let _ = asks.send(());
            let mut answer = [0; 10];
            client.read_exact(&mut answer).await.unwrap();
            client.write_all(b"b").await.unwrap();
            client
        });
        assert_eq!(connection.read_u8().await.unwrap(), b'a');
        let (mut reading, mut writing) = tokio::io::split(connection);
        let answer = async move {
            asked.await.unwrap();
            drop(serving);
            for _ in 0..10 {
                writing.write_all(b"x").await.unwrap();
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
            writing
        };
        let (next, _writing) = tokio::join!(reading.read_u8(), answer);
        assert_eq!(next.unwrap(), b'b');
        let _client = talk.await.unwrap();
        assert_eq!(reading.read_u8().await.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_silent_connection_ends_unless_something_on_it_is_patient() {
        let (mut connection, activity, mut client) = pair().await;
        let held = activity.idle_timeout().suspend();
        let talk = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(300)).await;
            client.write_all(b"x").await.unwrap();
            client
        });
        assert_eq!(connection.read_u8().await.unwrap(), b'x');
        let _client = talk.await.unwrap();
        drop(held);
        assert_eq!(connection.read_u8().await.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
