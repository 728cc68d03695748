//! Cargo only considers what a build script depends on if there is one.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
}
