//! Nothing. See the features in `Cargo.toml`.
//!
//! Cargo compiles a dependency once for each set of features, and which features it has depends on which packages are built
//! together. The packages' own builders (`maturin`, `napi`) build one package alone; with the feature `unify` it asks for what the
//! whole workspace asks for, and finds everything but our own crates compiled by the tests before. What users get is built
//! without it.
//!
//! A tidy test tells which features are missing here.
