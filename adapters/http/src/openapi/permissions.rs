//! The table of permissions in the documentation, drawn from the one that decides.

use orderdesk_domain::permission::{allows_own, allows_staff};
use orderdesk_domain::{Action, CustomerId, Resource, Standing};
use uuid::Uuid;

/// Who may do what, as a table in Markdown.
pub(super) fn table() -> String {
    let guest = Standing::Guest(CustomerId::new(Uuid::nil()));
    let rows = Resource::ALL.map(|resource| {
        let cells = [
            actions(|action| allows_own(action, resource)),
            actions(|action| guest.allows(action, resource)),
            actions(|action| Standing::Viewer.allows(action, resource)),
            actions(|action| Standing::Member.allows(action, resource)),
            actions(|action| Standing::Admin.allows(action, resource)),
            actions(|action| allows_staff(action, resource)),
        ];
        format!("| `{}` | {} |", resource.name(), cells.join(" | "))
    });
    let head = "| resource | everybody, their own | guest | viewer | member | admin | staff |\n\
                | --- | --- | --- | --- | --- | --- | --- |";
    format!("{head}\n{}", rows.join("\n"))
}

/// The names of those that are allowed.
fn actions(allows: impl Fn(Action) -> bool) -> String {
    let allowed: Vec<_> =
        Action::ALL.into_iter().filter(|action| allows(*action)).map(Action::name).collect();
    if allowed.len() == Action::ALL.len() { "all".to_owned() } else { allowed.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_what_each_role_may() {
        let table = table();
        let row = |name: &str| table.lines().find(|line| line.starts_with(&format!("| `{name}`"))).unwrap();
        assert_eq!(row("items"), "| `items` |  |  | read | all | all | all |");
        let members = "| `members` | read, delete |  | read | read | all | all |";
        assert_eq!(row("members"), members);
        assert_eq!(table.lines().count(), 2 + Resource::ALL.len());
    }
}
