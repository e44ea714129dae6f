//! The program: reads the command line and runs the command.

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
    // Files that the program creates are readable only for this user.
    umask(Mode::RWXG | Mode::RWXO);
    Cli::parse().run().await.unwrap_or_else(|error| {
        // For the person at the terminal: every reason, and never a stack trace.
        let mut out = std::io::stderr();
        let _ = writeln!(out, "Error: {error}");
        for cause in error.chain().skip(1) {
            let _ = writeln!(out, "  because: {cause}");
        }
        ExitCode::FAILURE
    })
}
