//! Tests every input of the corpus, in every test run.

use std::fs;
use std::path::Path;

#[test]
fn every_input_that_is_kept_is_taken() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let folders: Vec<_> = fs::read_dir(&corpus).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(folders.len(), boxoffice_fuzz::TARGETS.len(), "{folders:?}");
    for (name, target) in boxoffice_fuzz::TARGETS {
        let mut inputs: Vec<_> = fs::read_dir(corpus.join(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
        inputs.sort();
        assert!(!inputs.is_empty(), "{name} has no corpus");
        for input in inputs {
            eprintln!("{}", input.display());
            target(&fs::read(&input).unwrap());
        }
        target(b"");
    }
}
