//! Maps the types of Parquet columns, and reads their text cells.

use datafusion::arrow::array::{ArrayRef, AsArray as _};
use datafusion::arrow::datatypes::DataType;
use rolecall_model::data::ColumnType;

use super::super::batch::Kind;

/// The type that a column of this Arrow type becomes; `None` if it is not supported.
pub(super) fn type_of(data_type: &DataType) -> Option<ColumnType> {
    Some(match data_type {
        // Some writers do not declare texts as texts. Unsigned 64-bit integers and times of day become text, which
        // loses nothing.
        DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::Null
        | DataType::UInt64
        | DataType::Time32(_)
        | DataType::Time64(_) => ColumnType::Text,
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32 => ColumnType::Integer,
        DataType::Decimal32(digits, 0) | DataType::Decimal64(digits, 0) | DataType::Decimal128(digits, 0)
            if *digits <= 18 =>
        {
            ColumnType::Integer
        }
        DataType::Float16 | DataType::Float32 | DataType::Float64 => ColumnType::Decimal,
        DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..) | DataType::Decimal256(..) => {
            ColumnType::Decimal
        }
        DataType::Boolean => ColumnType::Boolean,
        DataType::Date32 | DataType::Date64 => ColumnType::Date,
        DataType::Timestamp(..) => ColumnType::Timestamp,
        DataType::Dictionary(_, values) => return type_of(values),
        _ => return None,
    })
}

/// The kind that cells of this type have as text.
pub(super) fn kind_of(data_type: &DataType) -> Kind {
    match type_of(data_type) {
        Some(ColumnType::Integer | ColumnType::Decimal) => Kind::Number,
        Some(ColumnType::Boolean) => Kind::Boolean,
        Some(ColumnType::Date | ColumnType::Timestamp) => Kind::Time,
        Some(ColumnType::Text) | None => Kind::Text,
    }
}

/// The type to read a text column as: views, where cells point into the data of the file and a repeated text is stored
/// once.
pub(in super::super) fn in_views(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Utf8 => DataType::Utf8View,
        DataType::Binary => DataType::BinaryView,
        other => other.clone(),
    }
}

/// The cells of a column that was read [`in_views`]; `None` for other columns.
pub(in super::super) fn text_cells(array: &ArrayRef) -> Option<Box<dyn Iterator<Item = Option<&[u8]>> + '_>> {
    if let Some(texts) = array.as_string_view_opt() {
        return Some(Box::new(texts.iter().map(|text| text.map(str::as_bytes))));
    }
    let bytes = array.as_binary_view_opt()?;
    Some(Box::new(bytes.iter()))
}
