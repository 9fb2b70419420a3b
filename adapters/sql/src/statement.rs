//! A statement as it is being put together: text with placeholders, and what goes in their places.

use crate::value::SqlValue;

/// Text with `$1`, `$2`, … and one value for each. Values never become part of the text.
#[derive(Debug, Clone, Default)]
pub struct Statement {
    text: String,
    values: Vec<SqlValue>,
    one_off: bool,
}

impl Statement {
    /// A statement that begins with `text`.
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    /// Takes the statement apart.
    pub fn into_parts(self) -> (String, Vec<SqlValue>) {
        (self.text, self.values)
    }

    /// Whether the text is likely to be seen again, so that keeping it prepared pays.
    pub fn recurs(&self) -> bool {
        !self.one_off
    }

    /// Says that the text will hardly be seen again.
    pub(crate) fn one_off(&mut self) -> &mut Self {
        self.one_off = true;
        self
    }

    /// Appends text. It must not come from outside the program.
    pub(crate) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Appends a placeholder for `value`.
    pub(crate) fn bind(&mut self, value: impl Into<SqlValue>) -> &mut Self {
        self.values.push(value.into());
        let number = self.values.len();
        self.text.push('$');
        self.text.push_str(&number.to_string());
        self
    }

    /// Appends a number that has been checked: engines plan better for a limit that they can see.
    pub(crate) fn number(&mut self, number: impl Into<u64>) -> &mut Self {
        let number: u64 = number.into();
        self.text.push_str(&number.to_string());
        self
    }

    /// Appends `parts`, each as `write` does it, with `separator` between them.
    pub(crate) fn join<T>(
        &mut self,
        separator: &str,
        parts: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) -> &mut Self {
        for (index, part) in parts.into_iter().enumerate() {
            if index > 0 {
                self.push(separator);
            }
            write(self, part);
        }
        self
    }

    /// Appends a placeholder for each of `values`, in parentheses.
    pub(crate) fn bind_row(&mut self, values: impl IntoIterator<Item = SqlValue>) -> &mut Self {
        self.push("(").join(", ", values, |statement, value| {
            statement.bind(value);
        });
        self.push(")")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_in_the_order_of_the_values() {
        let mut statement = Statement::new("SELECT ");
        statement.bind(1_i64).push(" + ").bind("a").push(" IN ").bind_row([true.into(), 2_i64.into()]);
        let (text, values) = statement.into_parts();
        assert_eq!(text, "SELECT $1 + $2 IN ($3, $4)");
        assert_eq!(values, [1_i64.into(), "a".into(), true.into(), 2_i64.into()]);
    }
}
