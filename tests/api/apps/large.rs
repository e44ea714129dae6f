//! A gigabyte up and a gigabyte down through the program itself, without more memory.

use openidconnect::reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Browser, Program, Upstream};

const GIGABYTE: u64 = 1 << 30;
/// How much more memory the program may use than before.
const FLAT: u64 = 32 * 1024 * 1024;

#[tokio::test]
async fn a_gigabyte_passes_both_ways_at_flat_memory() {
    let upstream = Upstream::start().await;
    let settings = [
        ("UPSTREAM", format!("http://{}", upstream.address)),
        ("ROLE", "read".to_owned()),
        ("SAME_ORIGIN", "trusted".to_owned()),
    ];
    let settings = settings.map(|(key, value)| (format!("ROLECALL_APPS__SALES__{key}"), value));
    let program = Program::start(settings).await;
    let mut browser = program.browser();
    browser.sign_in_as("reed").await;
    browser.get("/apps/sales/zeros/1000000").await.assert_status(200);
    program.peak_memory();
    let before = program.peak_memory();

    let mut answer = browser.script(Method::GET, &format!("/apps/sales/zeros/{GIGABYTE}")).send().await.unwrap();
    let mut received = 0;
    while let Some(piece) = answer.chunk().await.unwrap() {
        received += piece.len() as u64;
    }
    assert_eq!(received, GIGABYTE);
    let after = program.peak_memory();
    assert!(after < before + FLAT, "down: from {before} to {after} bytes");

    assert!(upload(&program, &browser).await.ends_with(&format!("{GIGABYTE} bytes")));
    let after = program.peak_memory();
    assert!(after < before + FLAT, "up: from {before} to {after} bytes");
}

async fn upload(program: &Program, browser: &Browser) -> String {
    let head = format!(
        "POST /apps/sales/arrivals HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Length: {GIGABYTE}\r\nConnection: close\r\n\r\n",
        program.address(),
        browser.cookie_header()
    );
    let mut stream = TcpStream::connect(program.address()).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let piece = vec![0; 1 << 20];
    for _ in 0..GIGABYTE >> 20 {
        stream.write_all(&piece).await.unwrap();
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}
