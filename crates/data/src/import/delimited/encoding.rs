//! Detects the encoding of a text.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::Path;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// The size of the part of a file that a proposal is based on, around its first byte that is not UTF-8.
const WINDOW: u64 = 4 << 20;
/// The size of each read while looking for that byte.
const START: u64 = 64 << 10;

/// An encoding, and the length of its byte order mark at the start of the file.
#[derive(Clone, Copy, Debug)]
pub struct Charset {
    pub encoding: &'static Encoding,
    pub mark_length: usize,
    /// Whether it is a guess.
    pub is_guess: bool,
}

impl Charset {
    /// The encoding that a person chose, by name.
    pub fn named(start: &[u8], label: &str) -> Option<Self> {
        let encoding = Encoding::for_label(label.as_bytes())?;
        let marked = Encoding::for_bom(start).filter(|(marked, _)| *marked == encoding);
        Some(Self { encoding, mark_length: marked.map_or(0, |(_, length)| length), is_guess: false })
    }
}

/// Whether `name` is a supported encoding: a name or a label of the WHATWG standard.
#[must_use]
pub fn is_encoding(name: &str) -> bool {
    Encoding::for_label(name.as_bytes()).is_some()
}

/// The first bytes of a file.
pub fn start_of(path: &Path) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    File::open(path)?.take(START).read_to_end(&mut start)?;
    Ok(start)
}

/// The encoding by the start of a file: from its byte order mark, or from zeros in every second byte, otherwise UTF-8.
/// Only reading the file shows whether it is UTF-8 throughout; if not, use [`propose_legacy_encoding`].
pub fn guess_encoding(start: &[u8]) -> Charset {
    if let Some((encoding, mark_length)) = Encoding::for_bom(start) {
        return Charset { encoding, mark_length, is_guess: false };
    }
    let zeros = |offset: usize| start.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let many = start.len() / 5;
    let encoding = match (even, odd) {
        (even, odd) if odd > many && even * 8 < odd => UTF_16LE,
        (even, odd) if even > many && odd * 8 < even => UTF_16BE,
        _ => UTF_8,
    };
    Charset { encoding, mark_length: 0, is_guess: encoding != UTF_8 }
}

/// The most likely encoding of a text that is not UTF-8.
///
/// # Errors
/// If the file cannot be read.
pub fn propose_legacy_encoding(path: &Path) -> io::Result<Charset> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    let mut file = File::open(path)?;
    let at = first_foreign_byte(&mut file)?;
    file.seek(SeekFrom::Start(at.saturating_sub(START)))?;
    let mut window = Vec::new();
    file.take(WINDOW).read_to_end(&mut window)?;
    detector.feed(&window, true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    Ok(Charset { encoding, mark_length: 0, is_guess: true })
}

/// Whether a text can have the encoding `label`, as far as can be seen without decoding it. Nearly every file can be in
/// an encoding with one byte per letter, but not a file that is UTF-8 with characters beyond ASCII.
///
/// # Errors
/// If the file cannot be read.
pub fn may_be_in(path: &Path, label: &str) -> io::Result<bool> {
    let (start, encoding) = (start_of(path)?, Encoding::for_label(label.as_bytes()));
    let guess = guess_encoding(&start).encoding;
    let is_marked = Encoding::for_bom(&start).is_some();
    Ok(match encoding {
        None => false,
        Some(encoding) if encoding == guess => true,
        Some(encoding) if is_marked || guess != UTF_8 || encoding == UTF_16LE || encoding == UTF_16BE => false,
        Some(_) => !is_utf8_beyond_ascii(path)?,
    })
}

/// Whether a file is UTF-8 and not only ASCII.
fn is_utf8_beyond_ascii(path: &Path) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let (mut chunk, mut rest, mut is_foreign) = (vec![0; 64 << 10], 0, false);
    loop {
        let count = file.read(&mut chunk[rest..])?;
        if count == 0 {
            return Ok(is_foreign && rest == 0);
        }
        let filled = rest + count;
        is_foreign = is_foreign || !chunk[..filled].is_ascii();
        let valid = match std::str::from_utf8(&chunk[..filled]) {
            Ok(_) => filled,
            // A character may be cut at the end of the chunk.
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) => return Ok(false),
        };
        chunk.copy_within(valid..filled, 0);
        rest = filled - valid;
    }
}

/// The position of the first byte that is not ASCII.
fn first_foreign_byte(file: &mut File) -> io::Result<u64> {
    let mut chunk = vec![0; 64 << 10];
    let mut at = 0;
    loop {
        let count = file.read(&mut chunk)?;
        if let Some(index) = chunk[..count].iter().position(|byte| !byte.is_ascii()) {
            return Ok(at + index as u64);
        }
        if count == 0 {
            return Ok(at);
        }
        at += count as u64;
    }
}
