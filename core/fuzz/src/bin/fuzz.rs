//! Program that libFuzzer runs. `cargo xtask fuzz` builds it with coverage and starts it.
#![no_main]
#![allow(unsafe_code, reason = "libFuzzer calls in from C++")]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;

static TARGET: OnceLock<fn(&[u8])> = OnceLock::new();

fuzz_target!(|data: &[u8]| {
    let target = TARGET.get_or_init(|| {
        let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
        let found = boxoffice_fuzz::TARGETS.iter().find(|(known, _)| *known == name);
        found.unwrap_or_else(|| panic!("FUZZ_TARGET={name} is no target")).1
    });
    target(data);
});
