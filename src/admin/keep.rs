//! What programs decide leaves somebody who can decide otherwise. A person keeps their own account by deciding nothing of themselves;
//! a program has none to keep.

use rolecall_sign_in::db::Transaction;

use super::{Administrator, DecisionError};

impl Administrator {
    /// How many people with the role Admin a program finds, as a part of `transaction`. Nothing is counted for anybody else.
    pub(super) async fn administrators_to_keep(
        &self,
        transaction: &mut Transaction,
        now_ms: i64,
    ) -> Result<usize, DecisionError> {
        if !self.is_program() {
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
