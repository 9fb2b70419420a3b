//! What people see of a long task: a bar while it lasts, on a terminal, and a table at its end.

use std::fmt::Write as _;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use orderdesk_application::ports::{RecordKind, Tally};
use orderdesk_application::services::{Progress, Stage};

/// How the bar looks where it is known how much there is.
const BAR: &str = "{prefix:9} [{bar:30}] {human_pos}/{human_len} {msg} {per_sec}, {eta} to go";
/// How it looks where that is not known.
const SPINNER: &str = "{prefix:9} {spinner} {human_pos} {msg} {per_sec}";

/// A bar on standard error, which shows on a terminal only, and goes when it is dropped.
pub(crate) struct Bar {
    bar: ProgressBar,
    stage: Option<Stage>,
}

impl Bar {
    pub(crate) fn new() -> Self {
        Self { bar: ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()), stage: None }
    }

    /// Shows how far it is.
    pub(crate) fn tell(&mut self, progress: Progress) {
        if self.stage.replace(progress.stage) != Some(progress.stage) {
            self.begin(progress);
        }
        self.bar.set_message(progress.kind.name());
        self.bar.set_position(progress.done);
    }

    fn begin(&self, progress: Progress) {
        let style = ProgressStyle::with_template(if progress.total.is_some() { BAR } else { SPINNER });
        self.bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        self.bar.set_prefix(match progress.stage {
            Stage::Moving => "moving",
            Stage::Verifying => "verifying",
        });
        if let Some(total) = progress.total {
            self.bar.set_length(total);
        }
        self.bar.reset();
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// How many records there are of each kind, a line each.
pub(crate) fn table(tally: &Tally) -> String {
    let kinds = RecordKind::ALL.map(|kind| (kind.name(), tally.of(kind)));
    let rows = kinds.into_iter().chain([("total", tally.total())]);
    let mut table = String::new();
    for (name, count) in rows {
        // Writing to a string cannot fail.
        let _ = writeln!(table, "{name:<12} {:>15}", grouped(count));
    }
    table
}

/// A number with its thousands set apart.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        for (number, shown) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), shown);
        }
    }

    #[test]
    fn every_kind_has_a_row_and_so_has_the_sum() {
        let mut tally = Tally::default();
        tally.add(RecordKind::Order, 1_000);
        tally.add(RecordKind::User, 2);
        let table = table(&tally);
        assert_eq!(table.lines().count(), RecordKind::ALL.len() + 1);
        let row = |name: &str| {
            let row = table.lines().find(|row| row.starts_with(name)).unwrap();
            row.split_whitespace().last().unwrap().to_owned()
        };
        assert_eq!([row("order "), row("user"), row("item"), row("total")], ["1,000", "2", "0", "1,002"]);
    }
}
