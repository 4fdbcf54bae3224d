//! Days as a shop counts them: in its own time zone, by this computer's database of them.

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use reda_domain::Timestamp;
use reda_domain::business::Business;

/// Longer names are none.
const NAME_MAX: usize = 64;
const EPOCH: Date = Date::constant(1970, 1, 1);

/// The time zone of a name in the IANA database.
pub(crate) fn zone(name: &str) -> Option<TimeZone> {
    let bounded = Some(name).filter(|name| name.len() <= NAME_MAX)?;
    TimeZone::get(bounded).ok()
}

/// A shop's time zone: its own choice, or its country's; UTC where this computer knows neither.
pub(crate) fn zone_of(shop: &Business) -> TimeZone {
    let name = shop.settings.time_zone.as_deref().or_else(|| of_country(&shop.country));
    name.and_then(zone).unwrap_or(TimeZone::UTC)
}

/// The time zone that most of a country has (ISO 3166 alpha-2).
fn of_country(country: &str) -> Option<&'static str> {
    Some(match country {
        "KE" => "Africa/Nairobi",
        "UG" => "Africa/Kampala",
        "TZ" => "Africa/Dar_es_Salaam",
        "RW" => "Africa/Kigali",
        "ET" => "Africa/Addis_Ababa",
        "NG" => "Africa/Lagos",
        "GH" => "Africa/Accra",
        "ZA" => "Africa/Johannesburg",
        "GB" => "Europe/London",
        "US" => "America/New_York",
        "DE" => "Europe/Berlin",
        "FR" => "Europe/Paris",
        "NL" => "Europe/Amsterdam",
        "IE" => "Europe/Dublin",
        "ES" => "Europe/Madrid",
        "IT" => "Europe/Rome",
        _ => return None,
    })
}

fn zoned(at: Timestamp, zone: &TimeZone) -> jiff::Zoned {
    let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.to_zoned(zone.clone())
}

/// The day that a time falls on.
pub(crate) fn day_of(at: Timestamp, zone: &TimeZone) -> Date {
    zoned(at, zone).date()
}

/// Minutes since that day's midnight, by the clock on the wall.
pub(crate) fn minute_of(at: Timestamp, zone: &TimeZone) -> u16 {
    let time = zoned(at, zone).time();
    u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs())
}

/// When a day begins.
pub(crate) fn start_of(day: Date, zone: &TimeZone) -> Timestamp {
    let start = day.to_zoned(zone.clone()).and_then(|it| it.start_of_day());
    Timestamp(start.map_or(i64::MIN, |it| it.timestamp().as_millisecond()))
}

/// The day so many days later.
pub(crate) fn plus(day: Date, days: i64) -> Date {
    day.saturating_add(days.days())
}

/// How many days after the first of 1970 a day is, and back.
pub(crate) fn number(day: Date) -> i64 {
    day.since(EPOCH).map_or(0, |span| i64::from(span.get_days()))
}

pub(crate) fn of_number(number: i64) -> Date {
    plus(EPOCH, number)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 21:30 in London on the 21st of November 2026, 00:30 of the next day in Nairobi.
    const EVENING: Timestamp = Timestamp(1_795_296_600_000);

    #[test]
    fn a_day_begins_when_it_does_where_the_shop_is() {
        let nairobi = zone("Africa/Nairobi").expect("this computer knows time zones");
        let (here, there) = (day_of(EVENING, &TimeZone::UTC), day_of(EVENING, &nairobi));
        assert_eq!((here.day(), there.day()), (21, 22));
        assert_eq!(minute_of(EVENING, &nairobi), 30);
        assert_eq!(start_of(there, &nairobi), EVENING.plus_ms(-30 * 60 * 1000));
    }

    #[test]
    fn a_day_has_a_number_and_a_number_its_day() {
        let day = Date::constant(2026, 11, 21);
        assert_eq!(number(day), 20_778);
        assert_eq!(of_number(20_778), day);
    }

    #[test]
    fn a_made_up_zone_is_none() {
        for name in ["", "Nowhere/Town", "../../etc/passwd", &"a".repeat(65)] {
            assert!(zone(name).is_none(), "{name}");
        }
    }
}
