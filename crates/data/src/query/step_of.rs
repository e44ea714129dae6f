//! The function in plans that maps a value to its step of time.

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::datatypes::{DataType, Date32Type, Int32Type, TimestampMicrosecondType};
use datafusion::common::exec_err;
use datafusion::error::Result;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::calendar::Steps;

/// For each of `values`, the index of its step in `steps`; null if there is none.
pub(super) fn step_of(steps: &Arc<Steps>, values: Expr) -> Expr {
    let signature = Signature::any(1, Volatility::Immutable);
    ScalarUDF::from(StepOf { steps: Arc::clone(steps), signature }).call(vec![values])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct StepOf {
    steps: Arc<Steps>,
    signature: Signature,
}

impl ScalarUDFImpl for StepOf {
    fn name(&self) -> &'static str {
        "step_of"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int32)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [values] = arrays.as_slice() else {
            return exec_err!("step_of takes one argument");
        };
        let steps = match values.data_type() {
            DataType::Date32 => {
                let days = values.as_primitive::<Date32Type>();
                days.unary_opt::<_, Int32Type>(|day| self.steps.step_of(i64::from(day)))
            }
            DataType::Timestamp(..) => {
                let moments = values.as_primitive::<TimestampMicrosecondType>();
                moments.unary_opt::<_, Int32Type>(|moment| self.steps.step_of(moment))
            }
            other => return exec_err!("step_of takes dates and timestamps, not {other}"),
        };
        Ok(ColumnarValue::Array(Arc::new(steps)))
    }
}
