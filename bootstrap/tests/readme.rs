//! The README tells the truth about the settings.

use orderdesk_bootstrap::settings::Settings;

#[test]
fn the_readme_has_the_table_of_settings() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let table = Settings::reference();
    assert!(readme.contains(&table), "README.md should have this table of settings:\n\n{table}");
}
