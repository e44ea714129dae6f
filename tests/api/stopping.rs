//! Stopping the program by signals: load balancers notice before the port closes, and running requests may finish.

use std::time::Duration;

use rolecall_routes as routes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::support::{Program, until};

/// The longest time until load balancers can notice the stop.
const NOTICE: Duration = Duration::from_secs(5);

/// Starts the program with this `shutdown_timeout`.
async fn start(shutdown_timeout: &str) -> Program {
    Program::start([("ROLECALL_LIMITS__SHUTDOWN_TIMEOUT".to_owned(), shutdown_timeout.to_owned())]).await
}

/// Waits until `path` answers with the `expected` status, or not at all for `None`.
async fn until_answered(program: &Program, path: &str, expected: Option<u16>) {
    let mut browser = program.browser();
    until(&format!("{path} is {expected:?}"), async || browser.try_get(path).await == expected).await;
}

async fn until_ended(program: &mut Program) {
    until("the program ends", async || program.ended().is_some()).await;
    assert!(program.ended().unwrap().success());
}

/// A request whose head has been read, and whose body is still to come.
async fn begun(program: &Program) -> TcpStream {
    let mut stream = TcpStream::connect(program.address()).await.unwrap();
    let head = format!(
        "POST /login/demo HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: 3\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
        program.address()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 25];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

/// Sends the rest of the request. Returns the answer; empty if there is none.
async fn ended(mut stream: TcpStream) -> String {
    let _ = stream.write_all(b"a=b").await;
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer).await;
    answer
}

// Case: stop/notice, stop/drain
#[tokio::test]
async fn after_sigterm_readiness_goes_first_then_the_port_and_what_has_begun_ends() {
    let mut program = start("10s").await;
    let request = begun(&program).await;
    program.signal("TERM");
    until_answered(&program, routes::HEALTH_READY, Some(503)).await;
    until_answered(&program, routes::HEALTH_LIVE, Some(200)).await;
    until_answered(&program, routes::HOME, Some(200)).await;
    until_answered(&program, routes::HEALTH_READY, None).await;
    assert!(program.ended().is_none());
    let answer = ended(request).await;
    assert!(answer.starts_with("HTTP/1.1 303 "), "{answer}");
    until_ended(&mut program).await;
}

// Case: stop/drain
#[tokio::test]
async fn what_takes_longer_than_stopping_may_is_cut() {
    let mut program = start("1s").await;
    let request = begun(&program).await;
    program.signal("TERM");
    until_ended(&mut program).await;
    assert_eq!(ended(request).await, "");
}

// Case: stop/second-signal
#[tokio::test]
async fn a_second_signal_ends_everything_at_once() {
    for close_first in [false, true] {
        let mut program = start("10m").await;
        let _request = begun(&program).await;
        program.signal(if close_first { "INT" } else { "TERM" });
        until_answered(&program, routes::HEALTH_READY, if close_first { None } else { Some(503) }).await;
        program.signal("TERM");
        until_ended(&mut program).await;
    }
}

// Case: stop/ctrl-c
#[tokio::test]
async fn ctrl_c_does_not_wait_for_load_balancers() {
    let mut program = start("10m").await;
    let asked = Instant::now();
    program.signal("INT");
    until_ended(&mut program).await;
    assert!(asked.elapsed() < NOTICE, "{:?}", asked.elapsed());
}
