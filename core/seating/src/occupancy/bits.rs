//! Runs of ones in bitmaps.

/// The runs of ones in some words, as start and length in bits.
#[derive(Debug, Clone)]
pub(crate) struct RunsOfOnes<'a> {
    words: &'a [u64],
    at: usize,
}

/// Returns the runs of ones in these words.
pub(crate) fn runs(words: &[u64]) -> RunsOfOnes<'_> {
    RunsOfOnes { words, at: 0 }
}

impl Iterator for RunsOfOnes<'_> {
    type Item = (usize, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.bit(self.at, 0)?;
        self.at = self.bit(start, u64::MAX).unwrap_or(self.words.len() * 64);
        Some((start, self.at - start))
    }
}

impl RunsOfOnes<'_> {
    /// Returns the first bit from `from` on that is one after the words were combined with `flip`.
    fn bit(&self, from: usize, flip: u64) -> Option<usize> {
        let mut word = from / 64;
        let mut bits = (self.words.get(word)? ^ flip) & (u64::MAX << (from % 64));
        while bits == 0 {
            word += 1;
            bits = self.words.get(word)? ^ flip;
        }
        Some(word * 64 + bits.trailing_zeros() as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naive(words: &[u64]) -> Vec<(usize, usize)> {
        let (mut found, mut start) = (Vec::new(), None);
        for at in 0..=words.len() * 64 {
            let one = at < words.len() * 64 && words[at / 64] >> (at % 64) & 1 == 1;
            match (one, start) {
                (true, None) => start = Some(at),
                (false, Some(first)) => {
                    found.push((first, at - first));
                    start = None;
                }
                (true, Some(_)) | (false, None) => {}
            }
        }
        found
    }

    #[test]
    fn runs_are_those_that_one_sees() {
        let cases: [&[u64]; 8] = [
            &[],
            &[0],
            &[u64::MAX],
            &[0b1011],
            &[1 << 63, 1],
            &[u64::MAX, u64::MAX, 0b111],
            &[0, 0b1100 << 60, 0b10],
            &[0x5555_5555_5555_5555, 0xf0f0_0000_ffff_0001],
        ];
        for words in cases {
            assert_eq!(runs(words).collect::<Vec<_>>(), naive(words), "{words:x?}");
        }
    }
}
