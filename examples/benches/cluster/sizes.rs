//! How much of everything is measured.

/// Sizes of the benchmark.
#[derive(Debug)]
pub(crate) struct Sizes {
    /// Rounds in which the contenders take turns.
    pub(crate) rounds: usize,
    /// Callers at one host.
    pub(crate) callers: usize,
    /// Reservations in a round of callers.
    pub(crate) reservations: usize,
    /// Reservations in a round of PostgreSQL.
    pub(crate) transactions: usize,
    /// Reservations of a caller alone in a round.
    pub(crate) alone: usize,
    /// Number of times that hosts and servers are killed, of each kind.
    pub(crate) deaths: usize,
    /// Number of times that a host is cut off.
    pub(crate) cuts: usize,
    /// Records that are written while a host is away.
    pub(crate) records: u64,
    /// `true` for a trial.
    pub(crate) is_trial: bool,
}

impl Sizes {
    /// Returns the full sizes, or those of a trial if `BOXOFFICE_BENCH_SHORT` is 1.
    pub(crate) fn from_environment() -> Self {
        if std::env::var("BOXOFFICE_BENCH_SHORT").is_ok_and(|value| value == "1") {
            return Self {
                rounds: 1,
                callers: 256,
                reservations: 5_120,
                transactions: 3_200,
                alone: 50,
                deaths: 2,
                cuts: 1,
                records: 20_000,
                is_trial: true,
            };
        }
        Self {
            rounds: 3,
            callers: 1_024,
            reservations: 204_800,
            transactions: 64_000,
            alone: 300,
            deaths: 100,
            cuts: 5,
            records: 1_000_000,
            is_trial: false,
        }
    }
}
