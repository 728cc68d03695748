//! How bad the network is.

use super::rng::Rng;

/// Chances in a thousand, and delays in milliseconds.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Weather {
    /// A publish never arrives.
    pub(super) publish_lost: u64,
    /// A publish arrives twice, the second time much later.
    pub(super) publish_doubled: u64,
    /// A publish arrives much later.
    pub(super) publish_late: u64,
    /// An answer never arrives.
    pub(super) answer_lost: u64,
    /// An answer is one that tells nothing, whatever came of the publish.
    pub(super) answer_odd: u64,
    /// A quorum takes its time.
    pub(super) slow: u64,
    /// What a host says is not heard.
    pub(super) talk_lost: u64,
    /// It is heard late.
    pub(super) talk_late: u64,
    /// A message is not delivered by a consumer.
    pub(super) read_lost: u64,
    /// A host lacks keys for a moment.
    pub(super) key_missing: u64,
}

/// How late a publish may arrive.
const LATE_MAX: u64 = 20_000;

/// How late it may be heard what a host says.
pub(crate) const TALK_LATE_MAX: u64 = 1_500;

impl Weather {
    /// Returns the weather of a world: good in some, bad in others, and each in another way.
    pub(crate) fn new(rng: &mut Rng) -> Self {
        let mut some = |max: u64| if rng.chance(400) { rng.between(0, max) } else { 0 };
        Self {
            publish_lost: some(200),
            publish_doubled: some(100),
            publish_late: some(60),
            answer_lost: some(300),
            answer_odd: some(200),
            slow: some(60),
            talk_lost: some(200),
            talk_late: some(100),
            read_lost: some(20),
            key_missing: some(300),
        }
    }

    pub(super) fn delay(rng: &mut Rng) -> u64 {
        if rng.chance(20) { rng.between(10, 150) } else { rng.between(1, 4) }
    }

    /// Returns when the copies of a publish arrive, from now.
    pub(super) fn publishes(&self, rng: &mut Rng) -> Vec<u64> {
        let mut arrivals = Vec::with_capacity(2);
        if !rng.chance(self.publish_lost) {
            let late = rng.chance(self.publish_late);
            arrivals.push(if late { rng.between(200, LATE_MAX) } else { Self::delay(rng) });
        }
        if rng.chance(self.publish_doubled) {
            arrivals.push(rng.between(1, LATE_MAX));
        }
        arrivals
    }

    /// Returns how long a quorum takes to store a message.
    pub(super) fn stores(&self, rng: &mut Rng) -> u64 {
        if rng.chance(self.slow) { rng.between(100, 3_000) } else { rng.between(1, 8) }
    }

    /// Returns when something that was said is heard, if it is.
    pub(super) fn talk(&self, rng: &mut Rng) -> Option<u64> {
        if rng.chance(self.talk_lost) {
            return None;
        }
        Some(if rng.chance(self.talk_late) { rng.between(50, TALK_LATE_MAX) } else { Self::delay(rng) })
    }
}
