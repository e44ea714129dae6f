//! Reads a file of any encoding as UTF-8.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use encoding_rs::{Decoder, DecoderResult};

use super::encoding::Charset;

/// The size of each read.
const CHUNK: usize = 256 * 1024;

/// Why a text cannot be read further.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// Bytes that are invalid in the encoding.
    #[error("the bytes are not of the encoding")]
    Malformed,
    /// The file cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The text of a file, in pieces of whole characters.
pub struct TextInput {
    file: File,
    /// `None` for UTF-8, which is only checked.
    decoder: Option<Decoder>,
    /// Bytes of the file that are not decoded yet: the first `raw_length`.
    raw: Vec<u8>,
    raw_length: usize,
    /// Decoded text; for UTF-8, the checked start of `raw`. `consumed` bytes of it are done.
    text: Vec<u8>,
    text_length: usize,
    consumed: usize,
    bytes_read: u64,
    at_end: bool,
}

impl TextInput {
    /// # Errors
    /// If the file cannot be opened.
    pub fn open(path: &Path, charset: Charset) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let mark = charset.mark_length as u64;
        io::copy(&mut (&mut file).take(mark), &mut io::sink())?;
        let is_utf8 = charset.encoding == encoding_rs::UTF_8;
        Ok(Self {
            file,
            decoder: (!is_utf8).then(|| charset.encoding.new_decoder_without_bom_handling()),
            raw: vec![0; CHUNK],
            raw_length: 0,
            text: if is_utf8 { Vec::new() } else { vec![0; 3 * CHUNK] },
            text_length: 0,
            consumed: 0,
            bytes_read: mark,
            at_end: false,
        })
    }

    pub fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// The next piece of text; empty at the end of the file.
    ///
    /// # Errors
    /// If the file cannot be read, or is invalid in its encoding here.
    pub fn piece(&mut self) -> Result<&[u8], TextError> {
        while self.consumed == self.text_length && !self.at_end {
            self.read_on()?;
        }
        let text = if self.decoder.is_some() { &self.text } else { &self.raw };
        Ok(&text[self.consumed..self.text_length])
    }

    /// Marks the first `count` bytes of the piece as done.
    pub fn consume(&mut self, count: usize) {
        self.consumed += count;
    }

    fn read_on(&mut self) -> Result<(), TextError> {
        if self.decoder.is_none() {
            // The rest is the beginning of a character.
            self.raw.copy_within(self.text_length..self.raw_length, 0);
            self.raw_length -= self.text_length;
        }
        let count = self.file.read(&mut self.raw[self.raw_length..])?;
        self.bytes_read += count as u64;
        self.raw_length += count;
        self.at_end = count == 0;
        self.consumed = 0;
        self.text_length = match &mut self.decoder {
            None => utf8_length(&self.raw[..self.raw_length], self.at_end)?,
            Some(decoder) => {
                let raw = &self.raw[..self.raw_length];
                let (result, _, written) = decoder.decode_to_utf8_without_replacement(raw, &mut self.text, self.at_end);
                self.raw_length = 0;
                match result {
                    DecoderResult::InputEmpty => written,
                    DecoderResult::Malformed(..) | DecoderResult::OutputFull => return Err(TextError::Malformed),
                }
            }
        };
        Ok(())
    }
}

/// How many bytes at the start form whole characters.
fn utf8_length(bytes: &[u8], at_end: bool) -> Result<usize, TextError> {
    match std::str::from_utf8(bytes) {
        Ok(_) => Ok(bytes.len()),
        Err(error) if error.error_len().is_none() && !at_end => Ok(error.valid_up_to()),
        Err(_) => Err(TextError::Malformed),
    }
}
