//! The figures as published on the page of benchmarks.

use std::fmt::{self, Write as _};
use std::time::Duration;

use boxoffice_examples::measure::{median, thousands};

use crate::away::Away;
use crate::cut::Cut;
use crate::deaths::Deaths;
use crate::delays::Delays;
use crate::rates::Rates;
use crate::sizes::Sizes;

/// Minimum of reservations a second at the host that writes; as a multiple of PostgreSQL's; and through another host, as a
/// share of it.
const RATE_MIN: f64 = 40_000.0;
const TIMES_MIN: f64 = 5.0;
const FORWARDED_MIN: f64 = 0.6;

/// Maximum of what one caller waits for, as a multiple of a bare publish: at the host that writes, and through another one.
const WRITER_TIMES_MAX: f64 = 1.3;
const FORWARDER_TIMES_MAX: f64 = 2.0;

/// Maximum of the times for which others sell nothing, for all but one in twenty deaths of a host.
const KILLED_MAX: Duration = Duration::from_secs(1);
const STOPPED_MAX: Duration = Duration::from_millis(200);

/// Maximum of the time for which nobody sells anything, for all deaths of a server that leads.
const LEADER_MAX: Duration = Duration::from_secs(10);

const UNREADY_MAX: Duration = Duration::from_secs(3);
const AWAY_MAX: Duration = Duration::from_secs(15);

/// What was measured.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) rates: Option<Rates>,
    pub(crate) delays: Option<Delays>,
    pub(crate) killed: Option<Deaths>,
    pub(crate) stopped: Option<Deaths>,
    pub(crate) leader: Option<Deaths>,
    pub(crate) cut: Option<Cut>,
    pub(crate) away: Option<Away>,
}

impl Report {
    pub(crate) fn text(&self, sizes: &Sizes, machine: &str) -> Result<String, fmt::Error> {
        let mut text = String::from("| three servers, three hosts | measured | target |\n|---|--:|--:|\n");
        self.rates.as_ref().map_or(Ok(()), |rates| of_rates(&mut text, rates, sizes))?;
        self.delays.as_ref().map_or(Ok(()), |delays| of_delays(&mut text, delays))?;
        self.deaths(&mut text)?;
        if let Some(cut) = &self.cut {
            let what = format!("host and its server cut off: host unready after, at most of {} times", cut.count);
            at_most(&mut text, &what, cut.unready_after, UNREADY_MAX)?;
            row(&mut text, "the same: level and ready by itself after, at most", &seconds(cut.level_after), "")?;
        }
        if let Some(away) = &self.away {
            let what =
                format!("host that was away for {} records: level and ready after", thousands(away.records as f64));
            at_most(&mut text, &what, away.level_after, AWAY_MAX)?;
        }
        self.notes(&mut text, sizes, machine)?;
        Ok(text)
    }

    fn deaths(&self, text: &mut String) -> fmt::Result {
        if let Some(deaths) = &self.killed {
            let what = format!("host that writes killed: others sell nothing for, p95 of {}", deaths.count());
            at_most(text, &what, deaths.percentile(95), KILLED_MAX)?;
        }
        if let Some(deaths) = &self.stopped {
            let what = format!("host that writes asked to stop: others sell nothing for, p95 of {}", deaths.count());
            at_most(text, &what, deaths.percentile(95), STOPPED_MAX)?;
        }
        if let Some(deaths) = &self.leader {
            let what = format!("server that leads killed: nobody sells anything for, at most of {}", deaths.count());
            at_most(text, &what, deaths.percentile(100), LEADER_MAX)?;
            row(text, "the same, p50", &seconds(deaths.percentile(50)), "")?;
        }
        let all = [&self.killed, &self.stopped, &self.leader];
        let answered: usize = all.into_iter().flatten().map(|deaths| deaths.answered).sum();
        if answered > 0 {
            let what =
                format!("of {} orders that were answered meanwhile: lost, or there twice", thousands(answered as f64));
            row(text, &what, "0 ✓", "0")?;
        }
        Ok(())
    }

    fn notes(&self, text: &mut String, sizes: &Sizes, machine: &str) -> fmt::Result {
        if sizes.is_trial {
            writeln!(text, "\n- **A trial: no figure of it means anything.**")?;
        } else {
            text.push('\n');
        }
        if let Some(rates) = &self.rates {
            writeln!(
                text,
                "- PostgreSQL {}: 64 connections over sockets of the system, one transaction each, `synchronous_commit = on` with one \
                 standby, the faster of two functions. Median of {} rounds that take turns with the hosts.",
                rates.version, sizes.rounds
            )?;
        }
        writeln!(
            text,
            "- Measured on {machine}: servers with `sync_interval: always`, hosts, callers and PostgreSQL share them, so that \
             everything waits for the same disk. The deaths are those of processes, with `kill -9` and SIGTERM, while each host sells \
             to 8 callers; a host that has died comes back before the next one dies."
        )
    }
}

fn of_rates(text: &mut String, rates: &Rates, sizes: &Sizes) -> fmt::Result {
    let (writer, forwarder) = (median(&rates.writer), median(&rates.forwarder));
    let callers = thousands(sizes.callers as f64);
    let what = format!("durable reservations a second, {callers} callers at the host that writes");
    row(text, &what, &marked(&thousands(writer), writer >= RATE_MIN), &format!("≥ {}", thousands(RATE_MIN)))?;
    let mut best = 0.0_f64;
    for (function, of_function) in &rates.functions {
        let rate = median(of_function);
        best = best.max(rate);
        row(text, &format!("the same with {}", function.name()), &thousands(rate), "")?;
    }
    let times = writer / best.max(f64::MIN_POSITIVE);
    row(
        text,
        "the host to PostgreSQL",
        &marked(&format!("{times:.1}×"), times >= TIMES_MIN),
        &format!("≥ {TIMES_MIN}×"),
    )?;
    row(text, &format!("{callers} callers at another host"), &thousands(forwarder), "")?;
    let share = forwarder / writer.max(f64::MIN_POSITIVE);
    let what = "another host to the host that writes";
    row(text, what, &marked(&format!("{share:.2}×"), share >= FORWARDED_MIN), &format!("≥ {FORWARDED_MIN}×"))
}

fn of_delays(text: &mut String, delays: &Delays) -> fmt::Result {
    let millis = |micros: f64| format!("{:.2} ms", micros / 1000.0);
    row(text, "bare fenced publish, p50", &millis(delays.bare), "")?;
    for (what, micros, most) in [
        ("one caller alone at the host that writes, p50", delays.writer, WRITER_TIMES_MAX),
        ("one caller alone at another host, p50", delays.forwarder, FORWARDER_TIMES_MAX),
    ] {
        let times = micros / delays.bare.max(f64::MIN_POSITIVE);
        let measured = marked(&format!("{}, {times:.2}×", millis(micros)), times <= most);
        row(text, what, &measured, &format!("≤ {most}×"))?;
    }
    Ok(())
}

fn at_most(text: &mut String, what: &str, time: Duration, most: Duration) -> fmt::Result {
    row(text, what, &marked(&seconds(time), time <= most), &format!("≤ {} s", most.as_secs_f64()))
}

fn row(text: &mut String, what: &str, measured: &str, target: &str) -> fmt::Result {
    writeln!(text, "| {what} | {measured} | {target} |")
}

fn marked(measured: &str, is_reached: bool) -> String {
    format!("{measured} {}", if is_reached { '✓' } else { '✗' })
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}
