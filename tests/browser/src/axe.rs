//! What keeps people out of a page, as far as a program can tell: axe, by the rules of WCAG 2, levels A and AA.

use serde_json::Value;

/// Runs once the script of axe has run.
pub(crate) const RUN: &str = "axe.run(document, {
  runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
  resultTypes: ['violations'],
  preload: false,
}).then((results) => results.violations)";

/// Violations as somebody reads them who is to mend them.
pub(crate) fn described(violations: &Value) -> Vec<String> {
    let violations = violations.as_array().expect("axe answers a list");
    let nodes = |violation: &Value| {
        let nodes = violation["nodes"].as_array().cloned().unwrap_or_default();
        let nodes = nodes.iter().map(|node| format!("\n    {} {}", node["html"], node["failureSummary"]));
        nodes.collect::<String>()
    };
    violations.iter().map(|it| format!("{}: {}{}", it["id"], it["help"], nodes(it))).collect()
}
