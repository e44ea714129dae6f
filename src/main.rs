//! The program: its allocator, and who may read its files. [`rolecall::cli`] does the rest.

use std::process::ExitCode;

use rustix::fs::Mode;
use rustix::process::umask;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Files that the program creates are readable only for this user.
    umask(Mode::RWXG | Mode::RWXO);
    rolecall::cli::main()
}
