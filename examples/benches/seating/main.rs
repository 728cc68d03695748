//! Seats for parties: decisions a second in a stadium from empty to full, what a large plan takes, and how full a hall
//! gets under different rules about single seats.
//!
//! `BOXOFFICE_BENCH_ROUNDS` sets the rounds of the stadium, of which the median counts, and `BOXOFFICE_BENCH_HALLS` the
//! number of halls that are filled.

mod arena;
mod hall;
mod stadium;

use std::fmt::Write as _;

use boxoffice_examples::disk;
use boxoffice_examples::measure::{at_least, from_env, print_section, progress, thousands};

use self::arena::Arena;
use self::hall::Filled;
use self::stadium::Decisions;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Minimum number of decisions a second.
const DECISIONS_MIN: f64 = 20_000.0;

/// Maximum p99 of a decision, in microseconds.
const P99_MAX: f64 = 200.0;

/// Maximum memory of a plan of 100,000 seats with what is taken of it, in megabytes.
const MEMORY_MAX: f64 = 16.0;

/// Maximum length of its encoding, in megabytes.
const ENCODED_MAX: f64 = 2.0;

fn main() -> Result<(), Failure> {
    if std::env::args().any(|argument| argument == "--list") {
        return Ok(());
    }
    let rounds = from_env("BOXOFFICE_BENCH_ROUNDS", 5);
    let halls = from_env("BOXOFFICE_BENCH_HALLS", 200);
    let fours = stadium::measure("4 together", rounds, |_| 4)?;
    let mixed = stadium::measure("mixed parties", rounds, hall::party)?;
    let arena = arena::measure()?;
    progress("filling halls");
    let filled = hall::fill_all(halls)?;
    print_section("seating", &report(&[fours, mixed], &arena, &filled, halls, rounds)?)?;
    Ok(())
}

fn report(
    decisions: &[Decisions; 2],
    arena: &Arena,
    filled: &[Filled; 3],
    halls: usize,
    rounds: usize,
) -> Result<String, Failure> {
    let mut text = String::from("| a stadium of 60,000 seats, from empty to full | decisions/s | p50 | p99 | max |\n");
    text += "|---|--:|--:|--:|--:|\n";
    for Decisions { name, rate, p50, p99, max, .. } in decisions {
        writeln!(text, "| {name} | {} | {p50:.1} µs | {p99:.1} µs | {max:.1} µs |", thousands(*rate))?;
    }
    writeln!(text, "\n| a plan of 100,000 seats | |\n|---|--:|")?;
    writeln!(text, "| memory of the plan | {:.1} MB |", arena.plan_mb)?;
    writeln!(text, "| memory of what is taken, for each show | {:.2} MB |", arena.occupancy_mb)?;
    writeln!(text, "| encoded | {:.2} MB |", arena.encoded_mb)?;
    writeln!(text, "| encoding | {:.1} ms |", arena.encoding_ms)?;
    writeln!(text, "| decoding, with all checks | {:.1} ms |", arena.decoding_ms)?;
    writeln!(text, "| all seats for a show | {:.1} ms |", arena.issuing_ms)?;
    text += "\n| a hall of 600 seats, 240 parties | sold | single seats left over | turned away with room for them |\n";
    text += "|---|--:|--:|--:|\n";
    for Filled { name, sold, singles, turned_away } in filled {
        writeln!(text, "| {name} | {sold:.2} % | {singles:.2} | {turned_away:.2} |")?;
    }
    let [fours, _] = decisions;
    writeln!(text, "\n- Decisions of \"4 together\": {}", at_least(fours.rate, DECISIONS_MIN, "/s"))?;
    writeln!(text, "- p99 of \"4 together\": {}", at_most(fours.p99, P99_MAX, " µs"))?;
    let memory = arena.plan_mb + arena.occupancy_mb;
    writeln!(text, "- Memory of plan and one show: {}", at_most(memory, MEMORY_MAX, " MB"))?;
    writeln!(text, "- Encoded: {}", at_most(arena.encoded_mb, ENCODED_MAX, " MB"))?;
    let [_, hard, ours] = filled;
    writeln!(text, "- Parties turned away by ours: {}", at_most(ours.turned_away, 0.0, ""))?;
    writeln!(text, "- Sold by ours to that by refusing: {}", at_least(ours.sold / hard.sold, 1.0, "×"))?;
    writeln!(
        text,
        "- One thread of {} cores, median of {rounds} rounds. A decision chooses seats and holds them; {} of the {} of \
         \"4 together\" were split, which comes last. Halls: means of {halls} streams of parties of 1 to 6, who sit \
         together or go home.",
        disk::cores(),
        fours.split,
        fours.count,
    )?;
    Ok(text)
}

/// Formats a figure with its upper target.
fn at_most(figure: f64, target: f64, unit: &str) -> String {
    let mark = if figure <= target { '✓' } else { '✗' };
    format!("{figure:.2}{unit} {mark} (target ≤ {target}{unit})")
}
