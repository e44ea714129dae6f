//! Builds Arrow arrays from the cells of a column.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, NullBufferBuilder, StringArray,
    TimestampMicrosecondBuilder,
};
use datafusion::arrow::buffer::{Buffer, OffsetBuffer};
use datafusion::arrow::error::ArrowError;
use rolecall_model::data::ColumnType;

use super::batch::{Batch, Kind};
use super::cells::{CellFormat, parse_boolean, parse_date, parse_decimal, parse_integer, parse_timestamp};
use super::report::{ImportReport, Mistake, shown};
use crate::schema::days_since_1970;

/// How a column of the file becomes a column of the data set.
pub(super) struct ColumnPlan {
    pub position: usize,
    /// Its name in messages.
    pub name: String,
    pub format: CellFormat,
}

impl ColumnPlan {
    /// The array of the column. A cell that is not of the type is reported, and becomes a missing value.
    ///
    /// # Errors
    /// If the texts of the batch are too large for one array.
    pub fn array(&self, batch: &Batch, report: &mut ImportReport) -> Result<ArrayRef, ArrowError> {
        let rows = batch.rows();
        Ok(match self.format.column_type {
            ColumnType::Text => return self.texts(batch),
            ColumnType::Integer => {
                let mut builder = Int64Builder::with_capacity(rows);
                let integer = |cell: &[u8], format: CellFormat| parse_integer(cell, format.numbers);
                self.each(batch, report, integer, |value| builder.append_option(value));
                Arc::new(builder.finish())
            }
            ColumnType::Decimal => {
                let mut builder = Float64Builder::with_capacity(rows);
                let decimal = |cell: &[u8], format: CellFormat| parse_decimal(cell, format.numbers);
                self.each(batch, report, decimal, |value| builder.append_option(value));
                Arc::new(builder.finish())
            }
            ColumnType::Boolean => {
                let mut builder = BooleanBuilder::with_capacity(rows);
                self.each(batch, report, |cell, _| parse_boolean(cell), |value| builder.append_option(value));
                Arc::new(builder.finish())
            }
            ColumnType::Date => {
                let mut builder = Date32Builder::with_capacity(rows);
                let day = |cell: &[u8], format: CellFormat| parse_date(cell, format.date_order).map(days_since_1970);
                self.each(batch, report, day, |value| builder.append_option(value));
                Arc::new(builder.finish())
            }
            ColumnType::Timestamp => {
                let mut builder = TimestampMicrosecondBuilder::with_capacity(rows).with_timezone("UTC");
                let moment =
                    |cell: &[u8], format: CellFormat| parse_timestamp(cell, format.date_order, format.time_zone.0);
                self.each(batch, report, moment, |value| builder.append_option(value));
                Arc::new(builder.finish())
            }
        })
    }

    /// Passes on the value of each cell; `None` if it is empty or, as a reported mistake, of another type.
    fn each<T>(
        &self,
        batch: &Batch,
        report: &mut ImportReport,
        parse: impl Fn(&[u8], CellFormat) -> Option<T>,
        mut append: impl FnMut(Option<T>),
    ) {
        for (row, (kind, cell)) in batch.cells(self.position).enumerate() {
            let cell = cell.trim_ascii();
            let value = parse(cell, self.format.of_kind(kind));
            if value.is_none() && !cell.is_empty() {
                report.add_with(|| Mistake {
                    line: batch.first_line(row),
                    column: Some(self.name.clone()),
                    value: Some(shown(cell)),
                    reason: self.format.complaint(),
                });
            }
            append(value);
        }
    }

    fn texts(&self, batch: &Batch) -> Result<ArrayRef, ArrowError> {
        let mut lengths = Vec::with_capacity(batch.rows());
        let mut text = Vec::new();
        let mut present = NullBufferBuilder::new(batch.rows());
        for (kind, cell) in batch.cells(self.position) {
            lengths.push(cell.len());
            text.extend_from_slice(cell);
            present.append(!cell.is_empty() || kind == Kind::Text);
        }
        let offsets = OffsetBuffer::from_lengths(lengths);
        // `try_new` checks that every cell is UTF-8.
        Ok(Arc::new(StringArray::try_new(offsets, Buffer::from_vec(text), present.finish())?))
    }
}
