//! NDJSON: one JSON object per line.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::path::Path;

use encoding_rs::UTF_8;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::batch::{Batch, Kind, Rows};
use super::cells::decimal_text;
use super::delimited::{Charset, TextError, TextInput};
use super::error::ImportError;
use super::limits::Limits;
use super::reading::ColumnReading;
use super::report::{ImportReport, Mistake, shown};

/// Reads objects. A column is a field name, at the position where it first appeared; in objects without the field its
/// cell is missing. Nested objects and lists are kept as JSON text.
pub(super) struct JsonLines {
    input: TextInput,
    limits: Limits,
    names: Vec<String>,
    positions: HashMap<String, usize>,
    line: u64,
    text: Vec<u8>,
    row: Row,
    /// Whether `row` waits for a batch that is wide enough.
    is_waiting: bool,
}

/// The cells of an object.
#[derive(Default)]
struct Row {
    bytes: Vec<u8>,
    cells: Vec<Option<(Kind, Range<usize>)>>,
}

impl JsonLines {
    /// Begins to read. Names of `known` columns keep their positions.
    ///
    /// # Errors
    /// If the file cannot be opened.
    pub fn open(file: &Path, known: &[ColumnReading], limits: Limits) -> Result<Self, ImportError> {
        let start = super::delimited::start_of(file)?;
        let charset = Charset::named(&start, UTF_8.name()).ok_or(ImportError::Encoding { line: 1 })?;
        let width = known.iter().map(|column| column.position + 1).max().unwrap_or(0);
        Ok(Self {
            input: TextInput::open(file, charset)?,
            limits,
            names: vec![String::new(); width],
            positions: known.iter().map(|column| (column.source.clone(), column.position)).collect(),
            line: 0,
            text: Vec::new(),
            row: Row::default(),
            is_waiting: false,
        })
    }

    /// The names found so far, each at its position.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Reads the next line into `text`; false at the end of the file.
    fn next_line(&mut self) -> Result<bool, ImportError> {
        self.text.clear();
        self.line += 1;
        loop {
            let piece = match self.input.piece() {
                Ok(piece) => piece,
                Err(TextError::Io(error)) => return Err(error.into()),
                Err(TextError::Malformed) => return Err(ImportError::Encoding { line: self.line }),
            };
            let end = memchr::memchr(b'\n', piece);
            let taken = end.unwrap_or(piece.len());
            self.text.extend_from_slice(&piece[..taken]);
            let is_at_end = piece.is_empty();
            self.input.consume(end.map_or(taken, |end| end + 1));
            if self.text.len() > self.limits.row_bytes() {
                return Err(ImportError::row_too_large(self.line, &self.limits));
            }
            if end.is_some() || is_at_end {
                return Ok(end.is_some() || !self.text.is_empty());
            }
        }
    }

    /// Parses the object in `text` into `row`.
    fn read_row(&mut self, report: &mut ImportReport) -> Result<bool, ImportError> {
        self.row.bytes.clear();
        self.row.cells.clear();
        let Self { names, positions, row, limits, .. } = self;
        let mut json = serde_json::Deserializer::from_slice(&self.text);
        let read = RowSeed { names, positions, row, columns: limits.columns }.deserialize(&mut json);
        let read = read.and_then(|()| json.end());
        if self.names.len() > self.limits.columns {
            return Err(ImportError::too_many_columns(&self.limits));
        }
        if let Err(error) = read {
            let (line, value) = (self.line, Some(shown(&self.text)));
            let reason = if error.is_data() {
                error.to_string().split(" at line ").next().unwrap_or_default().to_owned()
            } else {
                format!("is not a JSON object: see character {}", error.column())
            };
            report.add_with(|| Mistake { line, column: None, value, reason });
            return Ok(false);
        }
        let is_large = |(_, range): &(Kind, Range<usize>)| range.len() > self.limits.cell_bytes;
        if let Some(large) = self.row.cells.iter().position(|cell| cell.as_ref().is_some_and(is_large)) {
            let name = self.positions.iter().find(|(_, position)| **position == large).map(|(name, _)| name.as_str());
            return Err(ImportError::cell_of_column_too_large(self.line, name.unwrap_or_default(), &self.limits));
        }
        Ok(!self.names.is_empty())
    }
}

impl Rows for JsonLines {
    fn fill(&mut self, batch: &mut Batch) -> Result<(), ImportError> {
        batch.width = self.names.len();
        while !batch.is_full() {
            if !std::mem::take(&mut self.is_waiting) {
                if !self.next_line()? {
                    break;
                }
                if self.text.trim_ascii().is_empty() || !self.read_row(&mut batch.report)? {
                    continue;
                }
            }
            if self.names.len() > batch.width {
                if batch.rows() > 0 {
                    self.is_waiting = true;
                    break;
                }
                batch.width = self.names.len();
            }
            for position in 0..batch.width {
                match self.row.cells.get(position).cloned().flatten() {
                    Some((kind, range)) => batch.push_cell(kind, &self.row.bytes[range]),
                    None => batch.push_cell(Kind::Missing, &[]),
                }
            }
            batch.end_row(self.line);
        }
        batch.bytes_read = self.input.bytes_read();
        Ok(())
    }
}

/// Parses an object into a row, and assigns positions to new names.
struct RowSeed<'a> {
    names: &'a mut Vec<String>,
    positions: &'a mut HashMap<String, usize>,
    row: &'a mut Row,
    columns: usize,
}

impl<'de> DeserializeSeed<'de> for RowSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RowSeed<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            let position = if let Some(position) = self.positions.get(name.as_ref()) {
                *position
            } else {
                // The caller notices that there are too many, and ends.
                if self.names.len() > self.columns {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
                self.names.push(name.to_string());
                self.positions.insert(name.to_string(), self.names.len() - 1);
                self.names.len() - 1
            };
            if self.row.cells.len() <= position {
                self.row.cells.resize(position + 1, None);
            }
            let start = self.row.bytes.len();
            let kind = map.next_value_seed(CellSeed(&mut self.row.bytes))?;
            let cell = (kind, start..self.row.bytes.len());
            if self.row.cells[position].replace(cell).is_some() {
                return Err(A::Error::custom(format_args!("the object has the name {name:?} twice")));
            }
        }
        Ok(())
    }
}

/// Writes a value as the text of a cell.
struct CellSeed<'a>(&'a mut Vec<u8>);

impl<'de> DeserializeSeed<'de> for CellSeed<'_> {
    type Value = Kind;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Kind, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl CellSeed<'_> {
    fn text(self, kind: Kind, text: &str) -> Kind {
        self.0.extend_from_slice(text.as_bytes());
        kind
    }
}

impl<'de> Visitor<'de> for CellSeed<'_> {
    type Value = Kind;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Kind, E> {
        Ok(Kind::Missing)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Kind, E> {
        Ok(self.text(Kind::Boolean, if value { "true" } else { "false" }))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Kind, E> {
        Ok(self.text(Kind::Number, &value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Kind, E> {
        Ok(self.text(Kind::Number, &value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Kind, E> {
        Ok(self.text(Kind::Number, &decimal_text(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Kind, E> {
        Ok(self.text(Kind::Text, value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Kind, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element::<Value>()? {
            values.push(value);
        }
        Ok(self.text(Kind::Text, &Value::Array(values).to_string()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Kind, A::Error> {
        let mut values = Map::new();
        while let Some((name, value)) = map.next_entry()? {
            values.insert(name, value);
        }
        Ok(self.text(Kind::Text, &Value::Object(values).to_string()))
    }
}
