//! Arguments of the command line.

use std::path::PathBuf;

use crate::Failure;
use crate::phase::Phase;

/// Default sizes, which end in reasonable time: a few minutes on two cores.
const SIZES: [u64; 2] = [100_000, 1_000_000];

/// Default duration of the load in seconds.
const SECONDS: u64 = 60;

#[derive(Debug)]
pub(crate) struct Arguments {
    /// Number of orders of each journal, in ascending order.
    pub(crate) sizes: Vec<u64>,
    /// Duration of the sustained load in seconds.
    pub(crate) seconds: u64,
    /// Directory in which the journals are kept.
    pub(crate) keep: Option<PathBuf>,
    /// `true` to repeat the measurements of kept journals and reuse only the journals themselves.
    pub(crate) fresh: bool,
    /// Phase and directory of a process that measures one thing.
    pub(crate) phase: Option<(Phase, PathBuf)>,
}

impl Arguments {
    /// Reads the arguments. The environment variables `BOXOFFICE_BENCH_SIZES`, `BOXOFFICE_BENCH_SECONDS` and
    /// `BOXOFFICE_BENCH_KEEP` are equivalent.
    pub(crate) fn read() -> Result<Self, Failure> {
        let env = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let sizes = env("BOXOFFICE_BENCH_SIZES").unwrap_or_default();
        let mut arguments = Self {
            sizes: sizes.split([',', ' ']).filter(|size| !size.is_empty()).map(size).collect::<Result<_, _>>()?,
            seconds: env("BOXOFFICE_BENCH_SECONDS").map_or(Ok(SECONDS), |seconds| seconds.parse())?,
            keep: env("BOXOFFICE_BENCH_KEEP").map(PathBuf::from),
            fresh: false,
            phase: None,
        };
        let mut rest = std::env::args().skip(1);
        let mut sizes = Vec::new();
        while let Some(argument) = rest.next() {
            let mut value = || rest.next().ok_or_else(|| format!("{argument} wants a value"));
            match argument.as_str() {
                // cargo passes this to every benchmark.
                "--bench" => {}
                "--seconds" => arguments.seconds = value()?.parse()?,
                "--keep" => arguments.keep = Some(value()?.into()),
                "--fresh" => arguments.fresh = true,
                "--phase" => arguments.phase = Some((value()?.parse()?, value()?.into())),
                text => sizes.push(size(text)?),
            }
        }
        if !sizes.is_empty() {
            arguments.sizes = sizes;
        }
        if arguments.sizes.is_empty() {
            arguments.sizes = SIZES.to_vec();
        }
        arguments.sizes.sort_unstable();
        arguments.sizes.dedup();
        Ok(arguments)
    }
}

/// Parses a number of orders, such as `100k`, `10m` or `250000`.
fn size(text: &str) -> Result<u64, Failure> {
    let lower = text.to_lowercase();
    let (digits, factor) = match lower.strip_suffix(['k', 'm']) {
        Some(digits) if lower.ends_with('k') => (digits, 1_000),
        Some(digits) => (digits, 1_000_000),
        None => (lower.as_str(), 1),
    };
    let number: u64 = digits.parse().map_err(|_| format!("{text} is not a number of orders such as 100k or 10m"))?;
    if number == 0 { Err("a journal needs an order at least".into()) } else { Ok(number * factor) }
}
