//! A statement as it is being put together: text with placeholders, and what goes in their places.

use crate::value::SqlValue;

/// Text with gaps, and a value for each of them. Values never become part of the text.
#[derive(Debug, Clone)]
pub struct Statement {
    /// What stands before the first value, between two, and after the last.
    pieces: Vec<String>,
    values: Vec<SqlValue>,
    one_off: bool,
}

impl Statement {
    /// A statement that begins with `text`.
    pub fn new(text: &str) -> Self {
        Self { pieces: vec![text.to_owned()], values: Vec::new(), one_off: false }
    }

    /// The text, with a placeholder in each gap as `placeholder` appends it for the number of the gap, from 1, and
    /// the values.
    pub fn render(self, mut placeholder: impl FnMut(&mut String, usize)) -> (String, Vec<SqlValue>) {
        let mut text = String::with_capacity(self.pieces.iter().map(|piece| piece.len() + 6).sum());
        for (number, piece) in self.pieces.iter().enumerate() {
            if number > 0 {
                placeholder(&mut text, number);
            }
            text.push_str(piece);
        }
        (text, self.values)
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

    /// The question how the engine would run it, in the engine's words.
    #[cfg(test)]
    pub(crate) fn explained(mut self, explain: &str) -> Self {
        self.pieces[0].insert_str(0, explain);
        self
    }

    /// Appends text. It must not come from outside the program.
    pub(crate) fn push(&mut self, text: &str) -> &mut Self {
        match self.pieces.last_mut() {
            Some(piece) => piece.push_str(text),
            None => self.pieces.push(text.to_owned()),
        }
        self
    }

    /// Appends a gap for `value`.
    pub(crate) fn bind(&mut self, value: impl Into<SqlValue>) -> &mut Self {
        self.values.push(value.into());
        self.pieces.push(String::new());
        self
    }

    /// Appends a number that has been checked: engines plan better for a limit that they can see.
    pub(crate) fn number(&mut self, number: impl Into<u64>) -> &mut Self {
        let number: u64 = number.into();
        self.push(&number.to_string())
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

    /// Appends a gap for each of `values`, in parentheses.
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
    fn values_are_not_printed() {
        let mut statement = Statement::new("SELECT ");
        statement.bind("Wanjiku");
        assert!(!format!("{statement:?}").contains("Wanjiku"));
    }

    #[test]
    fn placeholders_are_numbered_in_the_order_of_the_values() {
        let mut statement = Statement::new("SELECT ");
        statement.bind(1_i64).push(" + ").bind("a").push(" IN ").bind_row([true.into(), 2_i64.into()]);
        let (text, values) = statement.render(|text, number| text.extend(["$", &number.to_string()]));
        assert_eq!(text, "SELECT $1 + $2 IN ($3, $4)");
        assert_eq!(values, [1_i64.into(), "a".into(), true.into(), 2_i64.into()]);
    }
}
