//! Days to dates and back, in the proleptic Gregorian calendar. Enough to find the first of a month.

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Civil {
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    /// 1 to 31.
    pub day: i64,
}

/// Days in 400 years, after which the calendar repeats.
const ERA_DAYS: i64 = 146_097;
/// From 0000-03-01 to 1970-01-01. Years are counted from March, so that the leap day comes last.
const EPOCH: i64 = 719_468;

impl Civil {
    /// The date that many days after 1970-01-01.
    pub fn from_days(days: i64) -> Self {
        let days = days.saturating_add(EPOCH);
        let (era, day_of_era) = (days.div_euclid(ERA_DAYS), days.rem_euclid(ERA_DAYS));
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 {
            from_march + 3
        } else {
            from_march - 9
        };
        Self {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month,
            day,
        }
    }

    /// Days from 1970-01-01 to the first of the month that many months after 0000-01.
    pub fn days_of_month(months: i64) -> i64 {
        let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
        let year = if month <= 2 { year - 1 } else { year };
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let from_march = if month > 2 { month - 3 } else { month + 9 };
        let day_of_era = 365 * year_of_era + year_of_era / 4 - year_of_era / 100 + (153 * from_march + 2) / 5;
        era.saturating_mul(ERA_DAYS)
            .saturating_add(day_of_era)
            .saturating_sub(EPOCH)
    }

    /// Months since 0000-01.
    pub fn months(self) -> i64 {
        self.year.saturating_mul(12).saturating_add(self.month - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        let date = |days| {
            let Civil { year, month, day } = Civil::from_days(days);
            format!("{year:04}-{month:02}-{day:02}")
        };
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(-1), "1969-12-31");
        assert_eq!(date(11_016), "2000-02-29");
        assert_eq!(date(20_780), "2026-11-23");
        assert_eq!(date(-719_468), "0000-03-01");
    }

    #[test]
    fn every_first_of_a_month_over_800_years_is_found_again() {
        for months in 1_700 * 12..2_500 * 12 {
            let first = Civil::from_days(Civil::days_of_month(months));
            assert_eq!((first.months(), first.day), (months, 1));
        }
    }
}
