//! Codes of tickets: how many are signed and checked a second on one core, how long lists are, and codes of others beside
//! ours.
//!
//! `BOXOFFICE_BENCH_ROUNDS` sets the rounds, of which the median counts.

mod formats;

use std::fmt::Write as _;

use boxoffice_examples::disk;
use boxoffice_examples::measure::{
    Stopwatch, at_least, from_env, median, print_section, progress, shuffled, thousands,
};
use boxoffice_ticket::{
    CodeId, DeviceId, KeyRing, RevocationList, Scan, ScanAct, ScanId, Scans, Seed, ShowId, Ticket, Verifier, Window,
};

type Failure = Box<dyn std::error::Error + Send + Sync>;

const SHOW: ShowId = ShowId::from_bytes(*b"hamlet 1");

/// When tickets admit, in seconds since 1970.
const DOORS: u32 = 1_809_194_400;
const END: u32 = 1_809_216_000;

/// Number of codes of a round.
const CODES: u32 = 20_000;

/// Tickets of the show, and how many of them are dead.
const TICKETS: usize = 100_000;
const DEAD: usize = 2_000;

/// Scans of an evening, and the devices that make them.
const SCANS: u32 = 10_000;
const DEVICES: u32 = 5;

/// Minimum number of checks a second.
const CHECKS_MIN: f64 = 30_000.0;

/// Maximum number of bytes of the list.
const LIST_MAX: usize = 3_000;

/// Measurements: rates a second, times in milliseconds.
struct Metrics {
    signed: f64,
    checked: f64,
    opened_ms: f64,
    merged_ms: f64,
    list_len: usize,
}

fn main() -> Result<(), Failure> {
    if std::env::args().any(|argument| argument == "--list") {
        return Ok(());
    }
    let rounds = from_env("BOXOFFICE_BENCH_ROUNDS", 5);
    let (mut signed, mut checked, mut opened, mut merged) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut list_len = 0;
    for round in 1..=rounds {
        let metrics = measure()?;
        let (signing, checking) = (thousands(metrics.signed), thousands(metrics.checked));
        progress(&format!("round {round} of {rounds}: {signing} signed/s, {checking} checked/s"));
        signed.push(metrics.signed);
        checked.push(metrics.checked);
        opened.push(metrics.opened_ms);
        merged.push(metrics.merged_ms);
        list_len = metrics.list_len;
    }
    let metrics = Metrics {
        signed: median(&signed),
        checked: median(&checked),
        opened_ms: median(&opened),
        merged_ms: median(&merged),
        list_len,
    };
    print_section("tickets", &report(&metrics, rounds)?)?;
    Ok(())
}

fn measure() -> Result<Metrics, Failure> {
    let ring = KeyRing::new(SHOW, &Seed::new([7; 32])?, Window::new(DOORS - 86_400, END)?);
    let mut door = Verifier::new(ring.public());
    let list = ring.sign_list(&dead()?)?;
    let watch = Stopwatch::start();
    door.set_list(&list)?;
    let opened_ms = watch.elapsed().as_secs_f64() * 1e3;

    let evening = Window::new(DOORS, END)?;
    let count = usize::try_from(CODES)?;
    let mut texts = Vec::with_capacity(count);
    let watch = Stopwatch::start();
    for number in 0..CODES {
        let ticket = Ticket::new(SHOW, CodeId { number, generation: 1 }, evening);
        texts.push(ring.sign(&ticket)?.to_text());
    }
    let signed = watch.rate(count);
    let watch = Stopwatch::start();
    for text in &texts {
        door.check(text, u64::from(DOORS) * 1000)?;
    }
    let checked = watch.rate(count);
    Ok(Metrics { signed, checked, opened_ms, merged_ms: merge()?, list_len: list.len() })
}

/// Returns the list: one ticket in fifty has changed hands.
fn dead() -> Result<RevocationList, Failure> {
    let mut list = RevocationList::new(SHOW, 1, DOORS - 3600);
    for number in shuffled(TICKETS).into_iter().take(DEAD) {
        list.kill_below(CodeId { number: u32::try_from(number)?, generation: 1 });
    }
    Ok(list)
}

/// Returns the milliseconds in which the uploads of all devices are read, merged and counted.
fn merge() -> Result<f64, Failure> {
    let mut uploads = Vec::new();
    for device in (1..=DEVICES).map(DeviceId::from_number) {
        let mut own = Scans::new();
        for sequence in 1..=SCANS / DEVICES {
            own.insert(Scan {
                id: ScanId { device, sequence },
                clock_ms: u64::from(DOORS) * 1000 + u64::from(sequence) * 700,
                offset_ms: 0,
                ticket: CodeId { number: sequence * 4 + device.number(), generation: 0 },
                gate: 1,
                list: 1,
                act: ScanAct::Admitted,
            });
        }
        uploads.push((device, own.encode()));
    }
    let watch = Stopwatch::start();
    let mut scans = Scans::new();
    for (device, upload) in &uploads {
        scans.merge(&Scans::decode_upload(upload, *device)?);
    }
    let admissions = scans.admissions();
    let merged_ms = watch.elapsed().as_secs_f64() * 1e3;
    // Each ticket with a number that two devices have shared was admitted twice.
    if admissions.doubles().next().is_none() {
        return Err("nobody was admitted twice".into());
    }
    Ok(merged_ms)
}

fn report(metrics: &Metrics, rounds: usize) -> Result<String, Failure> {
    let bytes = thousands(f64::from(u32::try_from(metrics.list_len)?));
    let mut text = String::from("| on one core | |\n|---|--:|\n");
    writeln!(text, "| codes signed a second | {} |", thousands(metrics.signed))?;
    writeln!(text, "| codes checked a second: text, signature, list, time | {} |", thousands(metrics.checked))?;
    writeln!(text, "| list of 2,000 dead of 100,000 tickets | {bytes} bytes |")?;
    writeln!(text, "| reading and checking it | {:.2} ms |", metrics.opened_ms)?;
    writeln!(text, "| reading, merging and counting 10,000 scans of 5 devices | {:.1} ms |\n", metrics.merged_ms)?;
    text.push_str(&formats::table(metrics.list_len)?);
    writeln!(text, "\n- Checks to 30,000/s: {}", at_least(metrics.checked / CHECKS_MIN, 1.0, "×"))?;
    let mark = if metrics.list_len <= LIST_MAX { '✓' } else { '✗' };
    writeln!(text, "- List: {bytes} bytes {mark} (target ≤ 3,000 bytes)")?;
    writeln!(
        text,
        "- Measured on one of {} cores. Median of {rounds} rounds. Versions are those of one segment with error correction M.",
        disk::cores()
    )?;
    Ok(text)
}
