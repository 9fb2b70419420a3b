//! The list of tests names every test: one that is not in it would never run.

use std::path::{Path, PathBuf};
use std::{fs, io};

fn sources(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(sources(&path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}

#[test]
fn every_test_is_in_the_list() {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/suite");
    let list = fs::read_to_string(suite.join("mod.rs")).unwrap();
    let mut tests = 0;
    for path in sources(&suite).unwrap() {
        let source = fs::read_to_string(&path).unwrap();
        for declaration in source.split("\npub async fn ").skip(1) {
            let name = declaration.split('(').next().unwrap();
            assert!(list.contains(&format!("::{name};")), "{name} of {} is not in the list", path.display());
            tests += 1;
        }
    }
    assert!(tests > 50, "only {tests} tests were found");
}
