//! Periods in the database. All SQL that writes them is in this file.

use rolecall_sign_in::db::{BeginWriting as _, Db, on_both};

use super::slot::{Refusal, ResponseTimes, Slot};

/// How long they are kept.
const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// The stored data of a period.
pub(super) struct SlotRows {
    pub(super) begins_ms: i64,
    refusals: Vec<(Refusal, u64)>,
    response_times: Vec<ResponseTimes>,
}

impl SlotRows {
    pub(super) fn of(slot: &Slot) -> Self {
        Self { begins_ms: slot.begins_ms, refusals: slot.refusals(), response_times: slot.response_times() }
    }
}

/// Stores the counts of `instance` in a period, replacing what it stored before.
pub(super) async fn write(db: &Db, instance: &str, slot: &SlotRows) -> Result<(), sqlx::Error> {
    const REFUSALS: &str = "INSERT INTO refusals (slot, instance, event, reason, provider, refusals) \
                            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (slot, instance, event, reason, provider) \
                            DO UPDATE SET refusals = excluded.refusals";
    const TIMES: &str = "INSERT INTO response_times \
                         (slot, instance, route, answers, failures, median_us, p95_us, longest_us) \
                         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (slot, instance, route) \
                         DO UPDATE SET answers = excluded.answers, failures = excluded.failures, \
                         median_us = excluded.median_us, p95_us = excluded.p95_us, longest_us = excluded.longest_us";
    if slot.refusals.is_empty() && slot.response_times.is_empty() {
        return Ok(());
    }
    on_both!(db, |pool| {
        let mut transaction = pool.begin_writing().await?;
        for (refusal, count) in &slot.refusals {
            sqlx::query(REFUSALS)
                .bind(slot.begins_ms)
                .bind(instance)
                .bind(refusal.event)
                .bind(refusal.reason)
                .bind(&refusal.provider)
                .bind(count.cast_signed())
                .execute(&mut *transaction)
                .await?;
        }
        for times in &slot.response_times {
            sqlx::query(TIMES)
                .bind(slot.begins_ms)
                .bind(instance)
                .bind(&times.route)
                .bind(times.answers.cast_signed())
                .bind(times.failures.cast_signed())
                .bind(times.median_us.cast_signed())
                .bind(times.p95_us.cast_signed())
                .bind(times.longest_us.cast_signed())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await
    })
}

/// Deletes what has expired at `now_ms`.
pub(super) async fn delete_old(db: &Db, now_ms: i64) -> Result<(), sqlx::Error> {
    for delete in ["DELETE FROM refusals WHERE slot < $1", "DELETE FROM response_times WHERE slot < $1"] {
        on_both!(db, |pool| sqlx::query(delete).bind(now_ms - KEPT_MS).execute(pool).await.map(drop))?;
    }
    Ok(())
}
