//! Steps of time: the beginnings of hours, days, weeks, months, quarters and years in a time zone.
//!
//! A step follows the local clock: the label of a timestamp is its local time, truncated to the step. So a day has 23
//! or 25 hours when clocks change, and a day that a zone skipped does not exist. An hour that a clock change repeats is
//! two steps. Offsets come from the IANA database in `chrono-tz`.

use std::ops::RangeInclusive;

use chrono::{
    DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Timelike, Utc,
};
use chrono_tz::Tz;
use rolecall_model::data::{Cell, TimeStep};

/// The supported years: those that ISO 8601 writes with four digits. Values outside of them are missing in steps of
/// time.
pub(super) const YEARS: RangeInclusive<i32> = 1..=9999;

/// The number of days up to which each has its step in a table: 44 years.
const MOST_DAYS: i64 = 16_384;

/// The steps of a period, and the mapping of values to steps.
#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Steps {
    /// The starts of intervals that each belong to one step, ascending: days since 1970 for dates, microseconds for
    /// timestamps.
    starts: Vec<i64>,
    /// The step of each interval, as an index of `labels`.
    step_of: Vec<i32>,
    /// The first interval of each slot, as an index of `starts`. Slots have equal lengths, so the interval of a value
    /// is found without a search, which matters for many rows in any order.
    slots: Vec<u32>,
    /// The length of a slot, as a power of two.
    slot_bits: u32,
    /// For dates, the step of each day from the first on, if there are few days: faster than slots.
    days: Vec<i32>,
    /// The starts of the steps, ascending.
    labels: Vec<Label>,
}

/// The start of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Label {
    Day(NaiveDate),
    Hour(DateTime<Utc>),
}

impl Steps {
    /// The steps from that of `first` to that of `last`; `None` if there are more than `most`.
    pub(super) fn of_dates(first: NaiveDate, last: NaiveDate, step: TimeStep, most: usize) -> Option<Self> {
        let mut stretches = Vec::new();
        let mut label = cut(first, step);
        while label <= last {
            if stretches.len() == most {
                return None;
            }
            stretches.push((days_since_1970(label), Label::Day(label)));
            label = next(label, step)?;
        }
        let mut steps = Self::of_stretches(stretches);
        let first = steps.starts.first().copied().unwrap_or_default();
        let end = days_since_1970(last) + 1;
        if end - first <= MOST_DAYS {
            steps.days = (first..end).map_while(|day| steps.step_of(day)).collect();
        }
        Some(steps)
    }

    /// The steps in `zone` from that of `first` to that of `last`; `None` if there are more than `most`.
    pub(super) fn of_timestamps(
        first: DateTime<Utc>,
        last: DateTime<Utc>,
        step: TimeStep,
        zone: Tz,
        most: usize,
    ) -> Option<Self> {
        let mut stretches = Vec::new();
        // An hour earlier, so that the hour of `first` is included from its start.
        let mut start = first.checked_sub_signed(TimeDelta::hours(1))?;
        while start <= last {
            let end = next_change(start, last, zone);
            let offset = TimeDelta::seconds(offset_seconds(start, zone));
            let mut local = start.naive_utc().checked_add_signed(offset)?;
            loop {
                let begins = local.checked_sub_signed(offset)?.and_utc().max(start);
                if begins >= end {
                    break;
                }
                if stretches.len() > most {
                    return None;
                }
                let label = match step {
                    TimeStep::Hour => Label::Hour(begins),
                    _ => Label::Day(cut(local.date(), step)),
                };
                stretches.push((begins.timestamp_micros(), label));
                local = next_local(local, step)?;
            }
            start = end;
        }
        Some(Self::of_stretches(stretches))
    }

    fn of_stretches(stretches: Vec<(i64, Label)>) -> Self {
        let mut labels: Vec<Label> = stretches.iter().map(|(_, label)| *label).collect();
        labels.sort_unstable();
        labels.dedup();
        let step = |label: &Label| i32::try_from(labels.partition_point(|other| other < label)).unwrap_or(i32::MAX);
        let step_of = stretches.iter().map(|(_, label)| step(label)).collect();
        let starts: Vec<i64> = stretches.into_iter().map(|(start, _)| start).collect();
        let (slots, slot_bits) = slots(&starts);
        Self { starts, step_of, slots, slot_bits, days: vec![], labels }
    }

    /// The step that `value` belongs to: an index for [`label`](Self::label).
    pub(super) fn step_of(&self, value: i64) -> Option<i32> {
        let first = self.starts.first().filter(|first| **first <= value)?;
        let offset = value.abs_diff(*first);
        if let Some(step) = usize::try_from(offset).ok().and_then(|day| self.days.get(day)) {
            return Some(*step);
        }
        let slot = usize::try_from(offset >> self.slot_bits).ok()?;
        let mut stretch = *self.slots.get(slot).or(self.slots.last())? as usize;
        while self.starts.get(stretch + 1).is_some_and(|next| *next <= value) {
            stretch += 1;
        }
        self.step_of.get(stretch).copied()
    }

    /// The label of the step with that index.
    pub(super) fn label(&self, step: usize) -> Cell {
        match self.labels.get(step) {
            Some(Label::Day(day)) => Cell::Date(*day),
            Some(Label::Hour(hour)) => Cell::Timestamp(*hour),
            None => Cell::Missing,
        }
    }
}

/// The first interval of each slot, for the ascending `starts`, and the slot length as a power of two. There are a few
/// times more slots than intervals, so that few slots contain several starts.
fn slots(starts: &[i64]) -> (Vec<u32>, u32) {
    const SLOTS_PER_STRETCH: usize = 4;
    let (Some(first), Some(last)) = (starts.first(), starts.last()) else { return (vec![], 0) };
    let most = (SLOTS_PER_STRETCH * starts.len()) as u64;
    let span = last.abs_diff(*first);
    let bits = (0..u64::BITS).find(|bits| span >> bits < most).unwrap_or_default();
    let mut stretch = 0;
    let slots = (0..=span >> bits).map(|slot| {
        while starts.get(stretch + 1).is_some_and(|next| next.abs_diff(*first) <= slot << bits) {
            stretch += 1;
        }
        u32::try_from(stretch).unwrap_or(u32::MAX)
    });
    (slots.collect(), bits)
}

/// The first moment of `day` in `zone`: usually midnight, or the end of a gap that skips midnight.
pub(super) fn beginning_of_day(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    let local = |moment: DateTime<Utc>| moment.with_timezone(&zone).naive_local();
    zone.from_local_datetime(&midnight).earliest().map_or_else(
        || {
            // In a gap, which ends at the offset change less than two days away.
            let before = (midnight - TimeDelta::days(2)).and_utc();
            let mut change = next_change(before, before + TimeDelta::days(4), zone);
            while local(change) < midnight && change < before + TimeDelta::days(4) {
                change = next_change(change, before + TimeDelta::days(4), zone);
            }
            change
        },
        |moment| moment.to_utc(),
    )
}

/// The next change of the offset of `zone` after `start`, or the second after `last` if that is earlier.
fn next_change(start: DateTime<Utc>, last: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
    let offset = offset_seconds(start, zone);
    let over = last + TimeDelta::seconds(1);
    let mut same = start;
    loop {
        // No zone ever changed its offset twice within a day. None changes before 1800, and from 2200 on.
        let mut probe = match same.year() {
            ..1800 => NaiveDate::from_ymd_opt(1800, 1, 1).map_or(over, |day| day.and_time(NaiveTime::MIN).and_utc()),
            2200.. => over,
            _ => same + TimeDelta::days(1),
        };
        if same >= last {
            return over;
        }
        if offset_seconds(probe, zone) == offset {
            same = probe;
            continue;
        }
        while probe - same > TimeDelta::seconds(1) {
            let middle = same + TimeDelta::seconds((probe - same).num_seconds() / 2);
            if offset_seconds(middle, zone) == offset { same = middle } else { probe = middle }
        }
        // Offsets change at whole seconds.
        return over.min(probe.with_nanosecond(0).unwrap_or(probe));
    }
}

fn offset_seconds(moment: DateTime<Utc>, zone: Tz) -> i64 {
    i64::from(zone.offset_from_utc_datetime(&moment.naive_utc()).fix().local_minus_utc())
}

/// The start of the step that contains `day`.
fn cut(day: NaiveDate, step: TimeStep) -> NaiveDate {
    let month = match step {
        TimeStep::Hour | TimeStep::Day => return day,
        TimeStep::Week => {
            return day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into())).unwrap_or(day);
        }
        TimeStep::Month => day.month(),
        TimeStep::Quarter => day.month0() / 3 * 3 + 1,
        TimeStep::Year => 1,
    };
    NaiveDate::from_ymd_opt(day.year(), month, 1).unwrap_or(day)
}

/// The start of the step after the one that starts at `label`.
fn next(label: NaiveDate, step: TimeStep) -> Option<NaiveDate> {
    match step {
        TimeStep::Hour | TimeStep::Day => label.succ_opt(),
        TimeStep::Week => label.checked_add_days(Days::new(7)),
        TimeStep::Month => label.checked_add_months(Months::new(1)),
        TimeStep::Quarter => label.checked_add_months(Months::new(3)),
        TimeStep::Year => label.checked_add_months(Months::new(12)),
    }
}

/// The start of the step after that of `local`, in local time.
fn next_local(local: NaiveDateTime, step: TimeStep) -> Option<NaiveDateTime> {
    if step == TimeStep::Hour {
        let hour = local.date().and_hms_opt(local.hour(), 0, 0)?;
        return hour.checked_add_signed(TimeDelta::hours(1));
    }
    next(cut(local.date(), step), step).map(|day| day.and_time(NaiveTime::MIN))
}

fn days_since_1970(day: NaiveDate) -> i64 {
    day.signed_duration_since(DateTime::UNIX_EPOCH.date_naive()).num_days()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: [TimeStep; 6] =
        [TimeStep::Hour, TimeStep::Day, TimeStep::Week, TimeStep::Month, TimeStep::Quarter, TimeStep::Year];

    fn assert_found(steps: &Steps) {
        let Steps { starts, step_of, .. } = steps;
        for (stretch, (start, step)) in starts.iter().zip(step_of).enumerate() {
            let last = starts.get(stretch + 1).map_or(i64::MAX, |next| next - 1);
            for value in [*start, start.midpoint(last), last] {
                assert_eq!(steps.step_of(value), Some(*step), "{value} of {starts:?}");
            }
        }
        let before = starts.first().map_or(0, |first| first - 1);
        assert_eq!((steps.step_of(before), steps.step_of(i64::MIN)), (None, None));
    }

    #[test]
    fn every_value_finds_its_step() {
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
        let moment = |date: NaiveDate| date.and_hms_opt(13, 7, 0).unwrap().and_utc();
        for step in STEPS {
            for (first, last) in [(day(2024, 2, 29), day(2024, 2, 29)), (day(1999, 12, 31), day(2031, 6, 1))] {
                assert_found(&Steps::of_dates(first, last, step, 1_000_000).unwrap());
                // Zones with changes of half an hour, with a skipped day, and with many changes.
                for zone in
                    [Tz::UTC, Tz::Europe__Berlin, Tz::Australia__Lord_Howe, Tz::Pacific__Apia, Tz::Africa__Casablanca]
                {
                    assert_found(&Steps::of_timestamps(moment(first), moment(last), step, zone, 1_000_000).unwrap());
                }
            }
        }
        assert_eq!(Steps::default().step_of(0), None);
    }
}
