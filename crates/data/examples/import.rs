//! Imports a file from the command line: `import FILE PARQUET` prints how long each pass takes. With the argument
//! `worker` it is the process that reads files for tests.

use std::io::{self, Write as _};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use rolecall_data::import::{Given, Limits, convert, examine, worker};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["worker"] => worker::run(io::stdin().lock(), io::stdout().lock())?,
        [file, into] => import(Path::new(file), Path::new(into))?,
        _ => return Err("import FILE PARQUET".into()),
    }
    Ok(())
}

fn import(file: &Path, into: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let limits = Limits { file_bytes: u64::MAX, rows: u64::MAX, ..Limits::default() };
    let begun = Instant::now();
    let examined = examine(file, &Given::default(), &limits, |_| ControlFlow::Continue(()))?;
    let examined_after = begun.elapsed();
    let converted = convert(file, &examined.reading, into, &limits, |_| ControlFlow::Continue(()))?;
    let (rows, bytes, in_all) = (converted.rows, converted.bytes, begun.elapsed());
    writeln!(io::stdout(), "{rows} rows, {bytes} bytes; examined in {examined_after:.2?}, imported in {in_all:.2?}")?;
    Ok(())
}
