//! What the examples and the benchmarks share: measuring, and printing what was measured.

pub mod disk;
pub mod measure;
