//! Rolecall, the program: reads the command line and does what it says.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use rolecall::cli::Cli;
use rustix::fs::Mode;
use rustix::process::umask;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    // Whatever is written from here on is for this user alone.
    umask(Mode::RWXG | Mode::RWXO);
    Cli::parse().run().await.unwrap_or_else(|error| {
        // What went wrong is for the person at the terminal: every reason, and never a stack.
        let mut out = std::io::stderr();
        let _ = writeln!(out, "Error: {error}");
        for cause in error.chain().skip(1) {
            let _ = writeln!(out, "  because: {cause}");
        }
        ExitCode::FAILURE
    })
}
