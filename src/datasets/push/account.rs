//! Who sends rows, as the owner of data sets.

use rolecall_sign_in::bearer::{ApiCaller, CallerKind};
use rolecall_sign_in::db::on_both;

use super::super::error::DatasetError;
use super::super::handle::Datasets;
use super::super::rights::Changer;

impl Datasets {
    /// `caller`, known as the owner of data sets from now on: a person as the one who signs in, an application as an entry of its
    /// own.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn changer(&self, caller: &ApiCaller) -> Result<Changer, DatasetError> {
        const KNOWN: &str = "SELECT id FROM users WHERE issuer = $1 AND subject = $2";
        const ADD: &str = "INSERT INTO users (issuer, subject, name, created_at, last_sign_in_at) \
                           VALUES ($1, $2, $3, $4, $4) \
                           ON CONFLICT (issuer, subject) DO UPDATE SET name = excluded.name RETURNING id";
        // A person can have a subject that an application is called. No issuer, which is a URL, begins like this.
        let issuer = match caller.kind {
            CallerKind::Person => caller.issuer.clone(),
            CallerKind::Application => format!("applications of {}", caller.issuer),
        };
        let user: i64 = on_both!(&self.db, |pool| {
            let known = sqlx::query_scalar(KNOWN).bind(&issuer).bind(&caller.subject).fetch_optional(pool).await?;
            if let Some(known) = known {
                known
            } else {
                let add = sqlx::query_scalar(ADD).bind(&issuer).bind(&caller.subject).bind(&caller.name);
                add.bind(self.clock.now_ms()).fetch_one(pool).await?
            }
        });
        Ok(Changer { user, role: caller.open_role })
    }
}
