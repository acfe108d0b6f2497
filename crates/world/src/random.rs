//! Random numbers that are the same for a seed on every machine: uses only integers and the four
//! basic operations.

use std::time::Duration;

/// A half-open range and its weight.
pub(super) type Range = ((f64, f64), f64);

/// SplitMix64.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    /// The stream of a seed for one named system.
    pub(super) fn of(seed: u64, who: &str) -> Self {
        // FNV-1a of the name, so that similar seeds and names give unrelated streams.
        let name = who.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let mut random = Self(seed ^ name);
        Self(random.bits())
    }

    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0..1`.
    fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number in `low..high`.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A number from one of several weighted ranges.
    pub(super) fn spread(&mut self, ranges: &[Range]) -> f64 {
        let (low, high) = self.weighted(ranges).unwrap_or_default();
        self.between(low, high)
    }

    /// True with this probability.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A duration between 0.5 and 1.5 times `mean`.
    pub(super) fn about(&mut self, mean: Duration) -> Duration {
        mean.mul_f64(self.between(0.5, 1.5))
    }

    /// One item; `None` if there is none.
    pub(super) fn pick<T>(&mut self, mut from: Vec<T>) -> Option<T> {
        let at = (self.unit() * from.len() as f64) as usize;
        (at < from.len()).then(|| from.swap_remove(at))
    }

    /// One of several weighted items.
    pub(super) fn weighted<T: Copy>(&mut self, from: &[(T, f64)]) -> Option<T> {
        let mut left = self.unit() * from.iter().map(|(_, weight)| weight).sum::<f64>();
        let found = from.iter().find(|(_, weight)| {
            left -= weight;
            left < 0.0
        });
        found.or(from.last()).map(|(one, _)| *one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_seed_and_name_has_its_own_stream() {
        let first = |seed, who| Random::of(seed, who).bits();
        assert_eq!(first(1, "bmad"), first(1, "bmad"));
        assert_ne!(first(1, "bmad"), first(2, "bmad"));
        assert_ne!(first(1, "bmad"), first(1, "agentos"));
    }

    #[test]
    fn choices_have_their_probabilities() {
        let mut random = Random::of(1, "test");
        let mut counts = [0; 3];
        for _ in 0..10_000 {
            counts[random.weighted(&[(0, 5.0), (1, 0.0), (2, 15.0)]).unwrap()] += 1;
        }
        assert!(
            (2300..2700).contains(&counts[0]) && counts[1] == 0,
            "{counts:?}"
        );
        let hits = (0..10_000).filter(|_| random.chance(0.1)).count();
        assert!((900..1100).contains(&hits), "{hits}");
        let mut picks = [0; 4];
        for _ in 0..10_000 {
            picks[random.pick(vec![0, 1, 2, 3]).unwrap()] += 1;
        }
        assert!(picks.iter().all(|n| (2300..2700).contains(n)), "{picks:?}");
        let far = (0..10_000)
            .filter(|_| random.spread(&[((0.0, 1.0), 19.0), ((10.0, 20.0), 1.0)]) >= 10.0)
            .count();
        assert!((400..600).contains(&far), "{far}");
        let hour = Duration::from_secs(3600);
        assert!((0..1000).all(|_| (hour / 2..hour * 3 / 2).contains(&random.about(hour))));
    }

    #[test]
    fn choosing_from_nothing_gives_nothing() {
        let mut random = Random::of(1, "test");
        assert_eq!(random.pick(Vec::<u8>::new()), None);
        assert_eq!(random.weighted::<u8>(&[]), None);
        assert_eq!(random.spread(&[]), 0.0);
    }
}
