//! Shared code of the examples and benchmarks: measuring and printing results.

pub mod disk;
pub mod measure;
