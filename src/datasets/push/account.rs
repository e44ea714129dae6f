//! Who sends rows, as the owner of data sets.

use rolecall_sign_in::bearer::ApiCaller;

use super::super::error::DatasetError;
use super::super::handle::Datasets;
use super::super::rights::Changer;

impl Datasets {
    /// `caller`, known as the owner of data sets from now on: a person as the one who signs in, an application as an entry of its
    /// own.
    pub async fn changer(&self, caller: &ApiCaller) -> Result<Changer, DatasetError> {
        let user = caller.number(&self.db, self.clock.now_ms()).await?;
        Ok(Changer { user, role: caller.open_role })
    }
}
