//! What people and programs decide leaves somebody who can decide otherwise. The operator of the command line can give the role again.

use rolecall_sign_in::db::Transaction;

use super::{Administrator, DecisionError};

impl Administrator {
    /// How many people with the role Admin can come in, as a part of `transaction`. Nothing is counted for the operator.
    pub(super) async fn administrators_to_keep(
        &self,
        transaction: &mut Transaction,
        now_ms: i64,
    ) -> Result<usize, DecisionError> {
        if self.is_operator() {
            return Ok(0);
        }
        Ok(self.auth.sign_ins().administrators_in(transaction, now_ms).await?)
    }

    /// Sees that, of those that there were `before`, somebody is left.
    ///
    /// # Errors
    /// [`DecisionError::LastAdministrator`].
    pub(super) async fn keep_an_administrator(
        &self,
        transaction: &mut Transaction,
        before: usize,
        now_ms: i64,
    ) -> Result<(), DecisionError> {
        if before > 0 && self.administrators_to_keep(transaction, now_ms).await? == 0 {
            return Err(DecisionError::LastAdministrator);
        }
        Ok(())
    }
}
