//! JSON as people read it: indented, with a class for every kind of value, and every URL of this service a link.

/// A piece of JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Blanks, brackets, commas, colons.
    Plain(&'a str),
    /// A line break, and after it as many blanks as this has.
    Line(&'a str),
    /// The name of a member, with its quotes.
    Name(&'a str),
    /// Text, with its quotes.
    Text(&'a str),
    /// Text that is the URL of something here, without its quotes.
    Link(&'a str),
    /// A number, a truth value or null.
    Value(&'a str),
}

/// How far each level is indented.
const STEP: usize = 2;
/// As far as anything is.
const BLANKS: &str = "                                ";

fn line(depth: usize) -> Piece<'static> {
    Piece::Line(BLANKS.get(..depth * STEP).unwrap_or(BLANKS))
}

/// The pieces of `json`, which is valid and has no blanks between its tokens, as our own answers are. Names stay in their
/// order. `base` is what URLs of this service begin with.
pub(super) fn pieces<'a>(json: &'a str, base: &str) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let (mut rest, mut depth) = (json, 0_usize);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => string_length(rest),
            '{' | '}' | '[' | ']' | ',' | ':' | ' ' | '\n' => 1,
            _ => rest.find(['{', '}', '[', ']', ',', ':', ' ', '\n', '"']).unwrap_or(rest.len()),
        };
        let (token, tail) = rest.split_at_checked(length).unwrap_or((rest, ""));
        rest = tail;
        match first {
            '{' | '[' => {
                pieces.push(Piece::Plain(token));
                depth += 1;
                if !tail.starts_with(['}', ']']) {
                    pieces.push(line(depth));
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                let is_empty = matches!(pieces.last(), Some(Piece::Plain("{" | "[")));
                if !is_empty {
                    pieces.push(line(depth));
                }
                pieces.push(Piece::Plain(token));
            }
            ',' => pieces.extend([Piece::Plain(","), line(depth)]),
            ':' => pieces.push(Piece::Plain(": ")),
            ' ' | '\n' => {}
            '"' if tail.starts_with(':') => pieces.push(Piece::Name(token)),
            '"' => pieces.push(link(token, base).map_or(Piece::Text(token), Piece::Link)),
            _ => pieces.push(Piece::Value(token)),
        }
    }
    pieces
}

/// How many bytes the string at the beginning of `text` has, quotes included.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|(_, character)| {
        let ends = *character == '"' && !escaped;
        escaped = *character == '\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

/// The URL in a string, where it is one of this service and stands there as it is.
fn link<'a>(token: &'a str, base: &str) -> Option<&'a str> {
    let url = token.strip_prefix('"')?.strip_suffix('"')?;
    let path = url.strip_prefix(base)?;
    (path.starts_with('/') && !url.contains('\\')).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(json: &str) -> String {
        let pieces = pieces(json, "http://a.example");
        let text = pieces.iter().map(|piece| match piece {
            Piece::Line(blanks) => format!("\n{blanks}"),
            Piece::Link(url) => format!("\"<{url}>\""),
            Piece::Plain(text) | Piece::Name(text) | Piece::Text(text) | Piece::Value(text) => {
                (*text).to_owned()
            }
        });
        text.collect()
    }

    #[test]
    fn json_is_indented_and_its_urls_are_links() {
        let json = r#"{"b":[1,-2.5e3,true,null],"a":{},"url":"http://a.example/api/v1/","l":[]}"#;
        let expected = "{\n  \"b\": [\n    1,\n    -2.5e3,\n    true,\n    null\n  ],\n  \"a\": {},\n  \
                        \"url\": \"<http://a.example/api/v1/>\",\n  \"l\": []\n}";
        assert_eq!(shown(json), expected);
    }

    #[test]
    fn what_looks_like_json_within_text_is_text() {
        for text in [
            r#""{\"a\":[1]}""#,
            r#""a\\""#,
            r#""\"""#,
            r#""é: {""#,
            r#""http://a.example.evil/""#,
            r#""http://b.example/""#,
        ] {
            assert_eq!(pieces(text, "http://a.example"), [Piece::Text(text)], "{text}");
        }
    }

    #[test]
    fn what_is_no_json_does_no_harm() {
        for text in ["", "\"", "}}]", "{\"a", "\\", "[1,,}"] {
            shown(text);
        }
    }
}
