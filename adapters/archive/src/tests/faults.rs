//! What is wrong with a file is told by line and field, and never by what stands there.

use super::{read, records, written};
use crate::{Fault, LONGEST_LINE};

/// What stands in [`records`] and belongs to somebody.
const PERSONAL: [&str; 6] = ["Zoë", "Kamau", "254798765432", "Amina", "WK001", "a5a5"];

fn file() -> String {
    String::from_utf8(written(&records())).unwrap()
}

/// What is said of a file that cannot be read.
fn told(file: &str) -> String {
    let error = read(file.as_bytes()).unwrap_err();
    let told = error.to_string();
    for personal in PERSONAL {
        assert!(!told.contains(personal), "{told}");
    }
    told
}

/// What is said of the file once `from` has become `to` on this line.
fn changed(line: usize, from: &str, to: &str) -> String {
    let mut lines: Vec<_> = file().lines().map(str::to_owned).collect();
    let whole = lines[line - 1].clone();
    assert!(whole.contains(from), "{from} in {whole}");
    lines[line - 1] = whole.replacen(from, to, 1);
    told(&(lines.join("\n") + "\n"))
}

#[test]
fn each_field_that_is_wrong_is_named_with_its_line_and_what_it_must_be() {
    const ID: &str = "expected an id such as 01a1fc39-8c53-769c-8ffd-c27b8a9b5d05, in small letters";
    const TIME: &str = "expected a time such as 2026-11-21T03:49:52.339Z, to the millisecond and in UTC";
    const KEPT: &str = "expected the form in which it is kept";
    let digest = "a5".repeat(32);
    for (line, from, to, said) in [
        (
            2,
            "installation",
            "installations",
            "line 2: `kind` is to be one of installation, organization, user",
        ),
        (2, "\"kind\":\"installation\",", "", "line 2: `kind` is missing"),
        (2, "installed_at", "installed", "line 2: `installed_at` is missing"),
        (2, "59.999Z", "59.999+00:00", &format!("line 2: `installed_at`: {TIME}")),
        (2, "59.999Z", "59.9990Z", TIME),
        (2, "59.999Z", "59Z", TIME),
        (2, "12-31", "02-31", TIME),
        (2, "\"1969-12-31T23:59:59.999Z\"", "0", TIME),
        (3, "019b76da", "019B76DA", &format!("line 3: `id`: {ID}")),
        (3, "019b76da-a800-7000", "019b76daa8007000", ID),
        (3, "\"019b76da-a800-7000-8000-000000000001\"", "null", ID),
        (3, "KES", "XYZ", "`default_currency`: Enter the three-letter code"),
        (3, "KES", "kes", &format!("`default_currency`: {KEPT}")),
        (3, "\"version\":2", "\"version\":0", "line 3: `version`: expected 1 or more"),
        (3, "\"version\":2", "\"version\":2.0", "line 3: `version`: expected a whole number"),
        (3, "\"version\":2", "\"version\":99999999999999999999", "`version`: expected a whole number"),
        (3, "\"version\":2", "\"version\":\"2\"", "`version`: expected a whole number"),
        (3, "\"version\":2", "\"version\":[2]", "`version`: expected a whole number"),
        (3, "\"version\":2", "\"version\":2,\"note\":1", "line 3: there is no field `note`"),
        (3, "\"version\":2", "\"version\":2,\"version\":2", "line 3: `version` stands there twice"),
        (3, "\"version\":2", "\"version\":2,\"a\\u001bb\":2", "line 3: there is no field `a\\u{1b}b`"),
        (4, "\"Amina\"", "\" Amina\"", &format!("line 4: `name`: {KEPT}")),
        (4, "\"Amina\"", "\"\"", "line 4: `name`: This field may not be blank."),
        (4, "\"Amina\"", "7", "line 4: `name`: expected text"),
        (5, "admin", "owner", "line 5: `role`: expected one of viewer, member, admin"),
        (6, &digest, "a5a5", "line 6: `digest`: expected 64 digits of 0 to 9 and a to f"),
        (6, &digest, &"A5".repeat(32), "`digest`: expected 64 digits"),
        (6, &digest, &"+5".repeat(32), "`digest`: expected 64 digits"),
        (6, &digest, &"é".repeat(32), "`digest`: expected 64 digits"),
        (7, "WK001", "WK01", "line 7: `code`: Enter a code of exactly 5 characters"),
        (7, "WK001", "wk001", &format!("`code`: {KEPT}")),
        (7, "Zoë", "Zoe\u{308}", &format!("`first_name`: {KEPT}")),
        (7, "Kamau", "Ka\\u0000mau", "`second_name`: Control characters are not allowed."),
        (7, "+254798765432", "0712345678", "line 7: `phone`: Enter a phone number in international format"),
        (7, "\"created_by\":\"019b76da", "\"created_by\":\"x", ID),
        (8, "149.90", "1e3", "line 8: `price_per_unit`: Enter a decimal number as a string"),
        (8, "\"149.90\"", "149.90", "`price_per_unit`: expected text"),
        (8, "149.90", "-1", "`price_per_unit`: expected an amount from 0 to 999999999.99 with at most 4"),
        (8, "149.90", "1000000000", "`price_per_unit`: expected an amount"),
        (8, "149.90", "0.00001", "`price_per_unit`: expected an amount"),
        (8, "true", "\"true\"", "line 8: `is_active`: expected true or false"),
        (9, "\"quantity\":3", "\"quantity\":0", "line 9: `quantity`: Ensure this quantity is a whole number"),
        (9, "Closed", "closed", "line 9: `status`: expected one of Pending, Closed, Cancelled"),
        (9, "Closed", "Pending", "line 9: `time_closed`: expected a time unless the order is Pending"),
        (10, "\"time_closed\":null", "\"time_closed\":false", TIME),
        (11, "placed", "shipped", "line 11: `event`: expected one of placed, changed, closed, cancelled"),
        (
            13,
            "\"item\":1",
            "\"item\":2",
            "line 13: there are 1 records of the kind item, and this line says 2",
        ),
        (13, "\"item\":1", "\"item\":-1", "there are 1 records of the kind item"),
        (13, "\"item\":1,", "", "line 13: `item` is missing"),
        (13, "\"item\":1", "\"item\":1,\"thing\":0", "line 13: there is no field `thing`"),
        (13, "\"records\":{", "\"records\":{\"user\":1,", "line 13: `user` stands there twice"),
    ] {
        let told = changed(line, from, to);
        assert!(told.contains(said), "{to}: {told}\nis not: {said}");
        assert!(told.starts_with(&format!("line {line}: ")), "{told}");
    }
}

#[test]
fn what_is_no_export_of_a_known_version_is_refused_by_its_first_line() {
    let foreign =
        "line 1: this is not an export: the first line is to be {\"format\":\"orderdesk\",\"version\":1}";
    for first in [
        "",
        "\n",
        "id,name\n",
        "{}\n",
        "[1]\n",
        "{\"format\":\"other\",\"version\":1}\n",
        "{\"format\":\"orderdesk\",\"version\":\"1\"}\n",
        "{\"format\":\"orderdesk\",\"version\":0}\n",
        "{\"format\":\"orderdesk\"}\n",
    ] {
        assert_eq!(told(first), foreign, "{first}");
    }
    let newer = told("{\"format\":\"orderdesk\",\"version\":2,\"more\":true}\n");
    assert!(newer.contains("of version 2, and this program reads version 1: use a newer program"), "{newer}");
    let more = told("{\"format\":\"orderdesk\",\"version\":1,\"more\":true}\n");
    assert_eq!(more, "line 1: there is no field `more`");
}

#[test]
fn a_file_that_breaks_off_anywhere_is_not_complete() {
    let file = file();
    // Without its last line break it is complete.
    assert!(read(file.trim_end().as_bytes()).is_ok());
    for length in (0..file.len() - 1).step_by(3) {
        let error = read(&file.as_bytes()[..length]).unwrap_err();
        let expected = matches!(error.fault, Fault::Truncated) || (length < 34 && error.line == 1);
        assert!(expected, "{length}: {error}");
    }
}

#[test]
fn a_file_that_was_changed_anywhere_is_found_out() {
    let file = written(&records());
    for position in (0..file.len() - 1).step_by(3) {
        let mut changed = file.clone();
        changed[position] ^= 1;
        // Whatever else it is taken for, it is not taken.
        assert!(read(&changed).is_err(), "byte {position}");
    }
    assert_eq!(
        changed(4, "Amina", "Anima"),
        "line 13: `sha256` is not the checksum of the lines before: \
        the file has been changed or damaged"
    );
}

#[test]
fn records_out_of_order_and_twice_are_refused() {
    let lines: Vec<_> = file().lines().map(str::to_owned).collect();
    let with = |order: &[usize]| {
        let chosen = order.iter().map(|line| lines[line - 1].as_str());
        told(&(chosen.collect::<Vec<_>>().join("\n") + "\n"))
    };
    assert_eq!(
        with(&[1, 2, 4, 3]),
        "line 4: records of the kind organization come before those of the kind user"
    );
    assert_eq!(with(&[1, 2, 2]), "line 3: the one before has the same id");
    assert_eq!(with(&[1, 3, 4, 5, 7, 8, 9, 9]), "line 8: the one before has the same id");
    assert_eq!(
        with(&[1, 3, 10, 9]),
        "line 4: records of a kind come in the order of their ids, and the one before has a higher one"
    );
    let whole = file();
    assert_eq!(told(&(whole.clone() + "\n")), "line 14: nothing may follow the line that tells the end");
    assert!(told(&(whole + "{}")).starts_with("line 14: nothing may follow"));
    assert!(with(&[1, 2, 13]).starts_with("line 3: there are 0 records of the kind organization"));
}

#[test]
fn a_line_without_end_is_not_read_to_its_end() {
    let head = "{\"format\":\"orderdesk\",\"version\":1}\n";
    let long = format!("{head}{{\"kind\":\"user\",\"name\":\"{}", "x".repeat(LONGEST_LINE));
    assert_eq!(told(&long), format!("line 2: the line is longer than {LONGEST_LINE} bytes"));
    // It would go on forever.
    let endless = std::io::BufReader::new(std::io::Read::chain(head.as_bytes(), std::io::repeat(b' ')));
    let mut reader = crate::ArchiveReader::begin(endless).unwrap();
    assert!(matches!(reader.batch().unwrap_err().fault, Fault::TooLong));
    // Nothing that is refused for its depth takes a stack along.
    let deep = format!("{head}{}\n", "[".repeat(60_000));
    assert!(told(&deep).starts_with("line 2: this is not a JSON object"), "{}", told(&deep));
}
