//! How a text travels: in which alphabet, and in how many pieces (3GPP TS 23.038, section 6.2.1; TS 23.040, section
//! 9.2.3.24.1).

use crate::names::named;

/// The default alphabet, without the escape to its extension.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ\
                     ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Its extension: each of these takes two septets.
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

named! {
    /// The alphabet of a text.
    Encoding {
        /// The default alphabet, in seven bits.
        Gsm7 = "GSM-7",
        /// All of Unicode, in sixteen bits: as soon as one character is not in the default alphabet.
        Ucs2 = "UCS-2",
    }
}

impl Encoding {
    /// How many units one piece holds by itself, and how many where there are several, which carry a header.
    const fn capacity(self) -> (usize, usize) {
        match self {
            Self::Gsm7 => (160, 153),
            Self::Ucs2 => (70, 67),
        }
    }
}

/// How many units a character takes in the default alphabet; `None` where it is not in it.
fn septets(character: char) -> Option<usize> {
    if BASIC.contains(character) {
        Some(1)
    } else if EXTENSION.contains(character) {
        Some(2)
    } else {
        None
    }
}

/// How a text travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Segments {
    /// The alphabet that it takes.
    pub encoding: Encoding,
    /// The number of pieces, each of which is paid for.
    pub count: usize,
}

impl Segments {
    /// How `text` travels.
    pub fn of(text: &str) -> Self {
        let septets: Option<Vec<usize>> = text.chars().map(septets).collect();
        let (encoding, units) = match septets {
            Some(units) => (Encoding::Gsm7, units),
            None => (Encoding::Ucs2, text.chars().map(char::len_utf16).collect()),
        };
        Self { encoding, count: pieces(&units, encoding) }
    }
}

/// No character is torn apart, so that a piece may end with a unit to spare.
fn pieces(units: &[usize], encoding: Encoding) -> usize {
    let (alone, together) = encoding.capacity();
    if units.iter().sum::<usize>() <= alone {
        return 1;
    }
    let mut pieces = 1;
    let mut used = 0;
    for unit in units {
        if used + unit > together {
            pieces += 1;
            used = 0;
        }
        used += unit;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_alphabet_has_127_characters_and_an_extension_of_10() {
        assert_eq!((BASIC.chars().count(), EXTENSION.chars().count()), (127, 10));
    }

    #[test]
    fn a_text_of_one_piece_holds_160_characters_and_in_unicode_70() {
        for (text, expected) in [
            ("", (Encoding::Gsm7, 1)),
            ("Asante! Order 7: 2 x Soap, KES 299.80", (Encoding::Gsm7, 1)),
            (&"a".repeat(160), (Encoding::Gsm7, 1)),
            (&"a".repeat(161), (Encoding::Gsm7, 2)),
            (&"a".repeat(306), (Encoding::Gsm7, 2)),
            (&"a".repeat(307), (Encoding::Gsm7, 3)),
            (&"€".repeat(80), (Encoding::Gsm7, 1)),
            (&"€".repeat(81), (Encoding::Gsm7, 2)),
            // 153 is odd: 76 of two septets, and one to spare.
            (&"€".repeat(152), (Encoding::Gsm7, 2)),
            (&"€".repeat(153), (Encoding::Gsm7, 3)),
            (&"ш".repeat(70), (Encoding::Ucs2, 1)),
            (&"ш".repeat(71), (Encoding::Ucs2, 2)),
            (&"🧺".repeat(35), (Encoding::Ucs2, 1)),
            (&"🧺".repeat(67), (Encoding::Ucs2, 3)),
        ] {
            let Segments { encoding, count } = Segments::of(text);
            assert_eq!((encoding, count), expected, "{text}");
        }
    }
}
