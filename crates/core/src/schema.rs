//! The schema of Rolecall's database: the sign-in's tables, and those of the application in `migrations/`.

use rolecall_sign_in::db::Migrations;
use sqlx::migrate::Migrator;

static SQLITE: Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../../migrations/postgres");

/// The migrations that bring a database up to date.
#[must_use]
pub fn migrations() -> Migrations {
    Migrations::of_sign_in().and(&SQLITE, &POSTGRES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_dialects_have_the_same_migrations_with_unique_numbers() {
        let (sqlite, postgres) = migrations().versions();
        assert_eq!(sqlite, postgres);
        assert!(sqlite.is_sorted_by(|one, next| one < next), "{sqlite:?}");
    }
}
