//! A file of delimited text, and how it is written.

use std::path::{Path, PathBuf};

use super::super::error::ImportError;
use super::super::limits::Limits;
use super::super::reading::{Dialect, Given};
use super::encoding::{Charset, guess_encoding, propose_legacy_encoding, start_of};
use super::kind::refuse_other_kinds;
use super::records::Records;
use super::sniff::sniff;
use super::text::{TextError, TextInput};

/// A file with its encoding, delimiter and quote.
pub struct Source {
    file: PathBuf,
    pub charset: Charset,
    delimiter: u8,
    quote: u8,
    /// Whether the encoding was inferred.
    is_inferred: bool,
}

impl Source {
    /// Uses what was given, and detects the rest from the start of the file.
    ///
    /// # Errors
    /// If the file is not text, cannot be read, or cannot have the given encoding.
    pub fn guess(file: &Path, given: &Given) -> Result<Self, ImportError> {
        let start = start_of(file)?;
        refuse_other_kinds(&start)?;
        match &given.encoding {
            Some(label) => Self::in_charset(file, named(&start, label)?, given, false),
            None => match Self::in_charset(file, guess_encoding(&start), given, true) {
                Err(ImportError::Encoding { .. }) => {
                    Self::in_charset(file, propose_legacy_encoding(file)?, given, true)
                }
                source => source,
            },
        }
    }

    /// Uses the settings of a reading.
    ///
    /// # Errors
    /// As [`Self::guess`].
    pub fn of(file: &Path, dialect: &Dialect) -> Result<Self, ImportError> {
        let start = start_of(file)?;
        refuse_other_kinds(&start)?;
        let charset = named(&start, &dialect.encoding)?;
        let (delimiter, quote) = (one_byte(dialect.delimiter)?, one_byte(dialect.quote)?);
        Ok(Self { file: file.to_owned(), charset, delimiter, quote, is_inferred: false })
    }

    fn in_charset(file: &Path, charset: Charset, given: &Given, is_inferred: bool) -> Result<Self, ImportError> {
        let delimiter = given.delimiter.map(one_byte).transpose()?;
        let quote = given.quote.map(one_byte).transpose()?;
        let mut input = TextInput::open(file, charset)?;
        let (delimiter, quote) = match input.piece() {
            Ok(text) => sniff(text, delimiter, quote),
            Err(TextError::Io(error)) => return Err(error.into()),
            Err(TextError::Malformed) => return Err(ImportError::Encoding { line: 1 }),
        };
        Ok(Self { file: file.to_owned(), charset, delimiter, quote, is_inferred })
    }

    /// Whether another encoding may be tried if this one does not fit.
    pub fn may_be_other(&self) -> bool {
        self.is_inferred && self.charset.encoding == encoding_rs::UTF_8
    }

    /// The same file in the most likely encoding other than UTF-8.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn in_likeliest_other_encoding(&self, given: &Given) -> Result<Self, ImportError> {
        Self::in_charset(&self.file, propose_legacy_encoding(&self.file)?, given, true)
    }

    pub fn dialect(&self) -> Dialect {
        let encoding = self.charset.encoding.name().to_owned();
        Dialect { encoding, delimiter: char::from(self.delimiter), quote: char::from(self.quote) }
    }

    /// Begins to read the rows.
    ///
    /// # Errors
    /// As [`Records::open`].
    pub fn open(&self, header_row: u32, limits: &Limits) -> Result<Records, ImportError> {
        let input = TextInput::open(&self.file, self.charset)?;
        Records::open(input, (self.delimiter, self.quote), header_row, *limits)
    }
}

fn named(start: &[u8], label: &str) -> Result<Charset, ImportError> {
    Charset::named(start, label).ok_or_else(|| ImportError::refused("There is no encoding of this name."))
}

/// A delimiter or a quote as a byte.
fn one_byte(character: char) -> Result<u8, ImportError> {
    let is_possible = character.is_ascii() && !character.is_ascii_alphanumeric() && !"\0\r\n".contains(character);
    let byte = u8::try_from(character).ok().filter(|_| is_possible);
    byte.ok_or_else(|| {
        ImportError::refused("Delimiter and quotation mark must be one sign of ASCII, no letter or digit.")
    })
}
