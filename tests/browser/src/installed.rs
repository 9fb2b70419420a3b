//! What the tests need beside the program.

use std::path::PathBuf;
use std::process::Stdio;

use tokio::process::Command;
use tokio::sync::OnceCell;

/// Where it is.
pub(crate) struct Installed {
    pub(crate) chromium: PathBuf,
    /// The script of axe itself.
    pub(crate) axe: String,
}

/// Installs what is missing, once.
pub(crate) async fn installed() -> &'static Installed {
    static INSTALLED: OnceCell<Installed> = OnceCell::const_new();
    INSTALLED.get_or_init(install).await
}

async fn install() -> Installed {
    let mut command = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/install"));
    let output = command.stdin(Stdio::null()).output().await.unwrap();
    assert!(output.status.success(), "no browser:\n{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let (chromium, axe) = lines.trim_end().split_once('\n').expect("two lines");
    Installed { chromium: chromium.into(), axe: std::fs::read_to_string(axe).unwrap() }
}
