use super::*;

/// Rules of the west of Canada until 2026, and since: the clocks stay in summer.
const OLD_PACIFIC: &str = "PST8PDT,M3.2.0,M11.1.0";
const NEW_PACIFIC: &str = "PDT7";
/// Rules of Central Europe.
const CENTRAL_EUROPE: &str = "CET-1CEST,M3.5.0,M10.5.0/3";

fn time(text: &str) -> VenueTime {
    text.parse().unwrap_or_else(|error| panic!("{text} {error}"))
}

fn instant(text: &str) -> String {
    time(text).instant().to_string()
}

fn refused(text: &str) -> VenueTimeError {
    text.parse::<VenueTime>().expect_err(text)
}

fn rules(posix: &str) -> TimeZone {
    TimeZone::posix(posix).unwrap()
}

/// Accepts a time under rules that its zone no longer has, or doesn't have yet.
fn under(posix: &str, text: &str) -> VenueTime {
    let (written, zone) = split_zone(text).unwrap();
    let written = Written::read(written).unwrap();
    VenueTime::accept(written, zone.parse().unwrap(), &rules(posix)).unwrap()
}

#[test]
fn the_compiled_in_rules_count_and_not_the_machines() {
    // Copies of the database that are older than 2026 have -08:00, +01:00 and a change at two o'clock.
    assert_eq!(instant("2026-12-15T20:00[America/Vancouver]"), "2026-12-16T03:00:00.000Z");
    assert_eq!(instant("2027-07-01T20:00[Africa/Casablanca]"), "2027-07-01T20:00:00.000Z");
    assert_eq!(instant("2027-03-28T02:30[Europe/Chisinau]"), "2027-03-28T00:30:00.000Z");
    assert_eq!(refused("2027-03-28T03:30[Europe/Chisinau]").reason(), "skipped");
    assert_eq!(refused("2027-10-31T03:30[Europe/Chisinau]").reason(), "twice");
}

#[test]
fn a_time_that_clocks_skip_asks_which_is_meant() {
    let error = refused("2027-03-28T02:30[Europe/Berlin]");
    let (before, after) = (time("2027-03-28T01:30[Europe/Berlin]"), time("2027-03-28T03:30[Europe/Berlin]"));
    assert_eq!(before.instant().to_string(), "2027-03-28T00:30:00.000Z");
    assert_eq!(after.instant().to_string(), "2027-03-28T01:30:00.000Z");
    assert_eq!(
        error.to_string(),
        "must be a time that clocks in Europe/Berlin show, and they skip this one: 2027-03-28T01:30:00 or \
         2027-03-28T03:30:00 may be meant"
    );
    assert_eq!(error, VenueTimeError::Skipped { before, after });
    // No offset makes clocks show it.
    for offset in ["+01:00", "+02:00", "+05:00"] {
        assert_eq!(refused(&format!("2027-03-28T02:30{offset}[Europe/Berlin]")), error, "{offset}");
    }
    // The first minute that is skipped, and the first that is not.
    assert_eq!(refused("2027-03-28T02:00[Europe/Berlin]").reason(), "skipped");
    assert_eq!(instant("2027-03-28T03:00[Europe/Berlin]"), "2027-03-28T01:00:00.000Z");
}

#[test]
fn a_day_that_a_zone_skipped_is_told_from_the_days_around_it() {
    let VenueTimeError::Skipped { before, after } = refused("2011-12-30T12:00[Pacific/Apia]") else {
        panic!("Samoa had no 30 December 2011")
    };
    assert_eq!([before.local(), after.local()], ["2011-12-29T12:00:00", "2011-12-31T12:00:00"]);
}

#[test]
fn a_time_that_clocks_show_twice_asks_which_is_meant() {
    let error = refused("2027-10-31T02:30[Europe/Berlin]");
    assert_eq!(
        error.to_string(),
        "must say which it is, since clocks in Europe/Berlin show it twice: 2027-10-31T02:30:00+02:00[Europe/Berlin] \
         is the earlier, 2027-10-31T02:30:00+01:00[Europe/Berlin] the later"
    );
    let VenueTimeError::Twice { earlier, later } = error.clone() else { panic!("{error}") };
    assert_eq!(earlier.instant().to_string(), "2027-10-31T00:30:00.000Z");
    assert_eq!(later.instant().to_string(), "2027-10-31T01:30:00.000Z");
    assert_ne!(earlier, later);
    // Either answer is accepted as it was proposed.
    assert_eq!(time(&earlier.to_string()), earlier);
    assert_eq!(time(&later.to_string()), later);
    // An offset that clocks have at neither answers nothing.
    assert_eq!(refused("2027-10-31T02:30+00:00[Europe/Berlin]"), error);
    assert_eq!(refused("2027-10-31T02:30-01:00[Europe/Berlin]"), error);
    let london = "2027-10-31T01:30:00+00:00[Europe/London]";
    assert_eq!((time(london).to_string().as_str(), instant(london).as_str()), (london, "2027-10-31T01:30:00.000Z"));
    assert_eq!(instant("2027-10-31T03:00[Europe/Berlin]"), "2027-10-31T02:00:00.000Z");
}

#[test]
fn elsewhere_the_zone_decides_and_the_offset_means_nothing() {
    let plain = time("2026-12-15T20:00[America/Vancouver]");
    for offset in ["-07:00", "-08:00", "+00:00", "+14:00"] {
        assert_eq!(time(&format!("2026-12-15T20:00:00{offset}[America/Vancouver]")), plain, "{offset}");
    }
    assert_eq!(plain.to_string(), "2026-12-15T20:00:00[America/Vancouver]");
}

#[test]
fn a_time_in_utc_becomes_what_clocks_show() {
    for utc in ["Z", "z", "-00:00"] {
        let shown = time(&format!("2027-07-01T20:00{utc}[America/Vancouver]"));
        assert_eq!(shown, time("2027-07-01T13:00[America/Vancouver]"), "{utc}");
    }
    // Each of the two that look the same, also where clocks skip the text itself.
    assert_eq!(time("2027-10-31T00:30Z[Europe/Berlin]").to_string(), "2027-10-31T02:30:00+02:00[Europe/Berlin]");
    assert_eq!(time("2027-10-31T01:30Z[Europe/Berlin]").to_string(), "2027-10-31T02:30:00+01:00[Europe/Berlin]");
    assert_eq!(time("2027-03-28T02:30Z[Europe/Berlin]").to_string(), "2027-03-28T04:30:00[Europe/Berlin]");
}

#[test]
fn zones_are_found_in_any_case_and_keep_their_names() {
    assert_eq!(time("2027-07-01T20:00[europe/berlin]").to_string(), "2027-07-01T20:00:00[Europe/Berlin]");
    assert_eq!(time("2027-07-01T20:00[!Europe/Berlin]").zone().as_str(), "Europe/Berlin");
    let kiev = time("2027-07-01T20:00[Europe/Kiev]");
    assert_eq!(kiev.to_string(), "2027-07-01T20:00:00[Europe/Kiev]");
    let kyiv = time("2027-07-01T20:00[Europe/Kyiv]");
    assert_eq!(kiev.instant(), kyiv.instant());
    assert_ne!(kiev, kyiv);
}

#[test]
fn what_is_no_time_at_a_venue_is_refused_with_its_reason() {
    for (text, reason) in [
        ("2027-07-01T24:00[Europe/Berlin]", "malformed"),
        ("2027-07-01T23:59:60[Europe/Berlin]", "malformed"),
        ("2027-02-29T20:00[Europe/Berlin]", "malformed"),
        ("2027-07-01[Europe/Berlin]", "malformed"),
        ("[Europe/Berlin]", "malformed"),
        ("", "no_zone"),
        ("2027-07-01T20:00", "no_zone"),
        ("2027-07-01T20:00+02:00", "no_zone"),
        ("2027-07-01T20:00Z", "no_zone"),
        ("2027-07-01T20:00[Europe/Berlin", "no_zone"),
        ("2027-07-01T20:00[]", "unknown_zone"),
        ("2027-07-01T20:00[+02:00]", "unknown_zone"),
        ("2027-07-01T20:00+02:00[+02:00]", "unknown_zone"),
        ("2027-07-01T20:00[Mars/Olympus]", "unknown_zone"),
        ("2027-07-01T20:00[Etc/Unknown]", "unknown_zone"),
        ("2027-07-01T20:00[Europe/Berlin][u-ca=hebrew]", "unknown_zone"),
        ("1969-12-31T23:59:59[UTC]", "out_of_range"),
        ("1970-01-01T00:30[Europe/Berlin]", "out_of_range"),
        ("1946-10-07T02:30[Europe/Berlin]", "out_of_range"),
        ("0000-01-01T00:00[UTC]", "out_of_range"),
        ("9999-12-31T23:59:59[UTC]", "out_of_range"),
        ("9999-12-31T23:59:59Z[UTC]", "out_of_range"),
    ] {
        assert_eq!(refused(text).reason(), reason, "{text}");
    }
    let berlin: TimeZoneName = "Europe/Berlin".parse().unwrap();
    for text in ["", "2027-07-01", "2027-07-01T20:00[Europe/Berlin]"] {
        assert_eq!(VenueTime::parse(text, berlin.clone()), Err(VenueTimeError::Malformed), "{text}");
    }
    assert_eq!(instant("1970-01-01T00:00[UTC]"), "1970-01-01T00:00:00.000Z");
    assert_eq!(instant("9999-12-30T22:00[UTC]"), "9999-12-30T22:00:00.000Z");
}

/// Goes through a year, with every change of clocks, in steps that don't divide an hour.
#[test]
fn every_instant_of_a_year_is_one_time_and_comes_back_from_its_text() {
    let begin = "2027-01-01T00:00:00Z".parse::<Timestamp>().unwrap().as_secs();
    // Changes by one hour, by half an hour, by two hours, never, and by one hour far from whole ones.
    for name in ["Europe/Berlin", "Australia/Lord_Howe", "Antarctica/Troll", "America/Vancouver", "Pacific/Chatham"] {
        let zone: TimeZoneName = name.parse().unwrap();
        let mut later = 0;
        for secs in (begin..begin + 366 * 86_400).step_by(1_741) {
            let at = Timestamp::from_millis(secs * 1_000);
            let shown = VenueTime::at(at, zone.clone());
            assert_eq!(shown.instant(), at, "{shown}");
            assert_eq!(time(&shown.to_string()), shown);
            assert_eq!(VenueTime::at(Timestamp::from_millis(secs * 1_000 + 999), zone.clone()), shown);
            later += usize::from(shown.later);
        }
        assert_eq!(later > 0, name != "America/Vancouver", "{name}: {later}");
    }
}

#[test]
fn a_time_follows_the_rules_of_its_zone() {
    let evening = under(OLD_PACIFIC, "2026-12-15T20:00[America/Vancouver]");
    assert_eq!(evening.instant_by(&rules(OLD_PACIFIC)).to_string(), "2026-12-16T04:00:00.000Z");
    let stored = rmp_serde::to_vec_named(&evening).unwrap();
    let read: VenueTime = rmp_serde::from_slice(&stored).unwrap();
    assert_eq!(read, evening);
    assert_eq!(read.local(), "2026-12-15T20:00:00");
    assert_eq!(read.instant_by(&rules(NEW_PACIFIC)).to_string(), "2026-12-16T03:00:00.000Z");
    assert_eq!(read.instant(), read.instant_by(&rules(NEW_PACIFIC)), "the database has the new ones");
}

#[test]
fn a_time_that_new_rules_skip_or_repeat_is_still_one() {
    // Under the old rules clocks never changed, and both times were ordinary.
    let skipped = under("CET-1", "2027-03-28T02:30[Europe/Berlin]");
    let twice = under("CET-1", "2027-10-31T02:30[Europe/Berlin]");
    for read in [&skipped, &twice] {
        let stored = rmp_serde::to_vec_named(read).unwrap();
        assert_eq!(rmp_serde::from_slice::<VenueTime>(&stored).unwrap(), *read);
    }
    let new = rules(CENTRAL_EUROPE);
    assert_eq!(skipped.instant_by(&new).to_string(), "2027-03-28T01:30:00.000Z");
    assert_eq!(skipped.instant(), skipped.instant_by(&new));
    assert_eq!(skipped.to_string(), "2027-03-28T02:30:00[Europe/Berlin]");
    assert_eq!(twice.instant_by(&new).to_string(), "2027-10-31T00:30:00.000Z");
    assert_eq!(twice.to_string(), "2027-10-31T02:30:00+02:00[Europe/Berlin]");
    // The later of two, where it comes once by now, and where it is skipped by now.
    let later = time("2027-10-31T02:30+01:00[Europe/Berlin]");
    assert_eq!(later.instant_by(&rules("CET-1")).to_string(), "2027-10-31T01:30:00.000Z");
    assert_eq!(later.instant_by(&rules("CET-1CEST,J304/2,J306/3")).to_string(), "2027-10-31T01:30:00.000Z");
}

#[test]
fn rules_never_move_a_time_out_of_range() {
    let first = time("1970-01-01T00:00[UTC]");
    assert_eq!(first.instant_by(&rules("CET-1")), Timestamp::from_millis(0));
    let last = time("9999-12-30T22:00[UTC]");
    assert_eq!(last.instant_by(&rules("PST8")), Timestamp::from_millis(u64::MAX));
    let last = VenueTime::at(Timestamp::from_millis(u64::MAX), "Pacific/Kiritimati".parse().unwrap());
    assert_eq!((last.local().as_str(), last.instant()), ("9999-12-31T12:00:00", Timestamp::from_millis(u64::MAX)));
}

/// These are on disks for ever: new fields need a default.
#[test]
fn stored_times_are_read_for_ever() {
    for (stored, shown) in [
        (r#"{"local":"2027-07-01T20:00:00","zone":"Europe/Kiev"}"#, "2027-07-01T20:00:00[Europe/Kiev]"),
        (
            r#"{"local":"2027-10-31T02:30:00","zone":"Europe/Berlin","later":true}"#,
            "2027-10-31T02:30:00+01:00[Europe/Berlin]",
        ),
        (r#"{"local":"2027-10-31T02:30:00","zone":"Europe/Berlin"}"#, "2027-10-31T02:30:00+02:00[Europe/Berlin]"),
        (r#"{"local":"2027-03-28T02:30:00","zone":"Europe/Berlin"}"#, "2027-03-28T02:30:00[Europe/Berlin]"),
        (r#"{"local":"2027-07-01T20:00:00","zone":"Mars/Olympus"}"#, "2027-07-01T20:00:00[Mars/Olympus]"),
    ] {
        let read: VenueTime = serde_json::from_str(stored).unwrap();
        assert_eq!((read.to_string().as_str(), format!("{read:?}").as_str()), (shown, shown));
        assert_eq!(serde_json::to_string(&read).unwrap(), stored);
        let packed = rmp_serde::to_vec_named(&read).unwrap();
        assert_eq!(rmp_serde::from_slice::<VenueTime>(&packed).unwrap(), read);
    }
    let mars: VenueTime = serde_json::from_str(r#"{"local":"2027-07-01T20:00:00","zone":"Mars/Olympus"}"#).unwrap();
    assert_eq!(mars.instant().to_string(), "2027-07-01T20:00:00.000Z");
    assert!(serde_json::from_str::<VenueTime>(r#"{"local":"tomorrow","zone":"Europe/Berlin"}"#).is_err());
}
