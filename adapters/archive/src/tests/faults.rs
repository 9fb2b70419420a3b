//! What is wrong with a file is told by line and field, and never by what stands there.

use orderdesk_application::ports::Record;
use orderdesk_contract::builders::Maker;
use orderdesk_domain::{AuditEntry, Facts};

use super::{read, records, written};
use crate::{Fault, LONGEST_LINE};

/// What stands in [`records`] and belongs to somebody.
const PERSONAL: [&str; 11] = [
    "Zoë",
    "Kamau",
    "254798765432",
    "Amina",
    "WK001",
    "a5a5",
    "Subject 1",
    "@duka",
    "2001:db8",
    "Karibu",
    "ATXid_1",
];

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

/// The file, once `from` has become `to` in it.
fn file_with(from: &str, to: &str) -> String {
    file().replacen(from, to, 1)
}

/// What is said of that line of the file once `from` has become `to` in it.
fn changed(line: usize, from: &str, to: &str) -> String {
    let mut lines: Vec<_> = file().lines().map(str::to_owned).collect();
    let whole = lines[line - 1].clone();
    assert!(whole.contains(from), "{from} in {whole}");
    lines[line - 1] = whole.replacen(from, to, 1);
    let told = told(&(lines.join("\n") + "\n"));
    let place = format!("line {line}: ");
    told.strip_prefix(&place).unwrap_or_else(|| panic!("{told} is not about line {line}")).to_owned()
}

const ID: &str = "expected an id such as 01a1fc39-8c53-769c-8ffd-c27b8a9b5d05, in small letters";
const TIME: &str = "expected a time such as 2026-11-21T03:49:52.339Z, to the millisecond and in UTC";
const KEPT: &str = "expected the form in which it is kept";
const ADDRESS: &str = "`address`: expected an IP address in its shortest form, or null";
const CREDENTIAL: &str =
    "`credential`: expected one of api_token, session, issuer, local, and in `credential_id`";
const INVITED: &str = "`email`: expected an address if there is no user, and null otherwise";
const SUBJECT: &str = "`subject`: expected a subject if there is an issuer, and null otherwise";

const HOURS: &str = "`quiet_hours`: expected two times of day such as 21:00-07:00, or null";
const EVENT: &str = "`event`: expected one of order.placed, order.closed, order.cancelled";
const TEXT: &str = "`text`: expected 1 to 1000 characters";
const STATUS: &str =
    "`status`: expected a time in `due_at` for queued and sending, a code in `failure_code` for";
const COST: &str = "`cost`: expected an amount from 0 with at most 6 decimal places";

/// A change of some text in a line, and what is then said of the line.
type Mistake = (&'static str, &'static str, &'static str);

/// Mistakes in lines of the file.
const MISTAKES: &[(usize, &[Mistake])] = &[
    (
        2,
        &[
            (
                "installation",
                "installations",
                "`kind` is to be one of installation, organization, user, customer",
            ),
            ("\"kind\":\"installation\",", "", "`kind` is missing"),
            ("installed_at", "installed", "`installed_at` is missing"),
            ("59.999Z", "59.999+00:00", "`installed_at`: expected a time"),
            ("59.999Z", "59.9990Z", TIME),
            ("59.999Z", "59Z", TIME),
            ("12-31", "02-31", TIME),
            ("\"1969-12-31T23:59:59.999Z\"", "0", TIME),
        ],
    ),
    (
        3,
        &[
            ("019b76da", "019B76DA", "`id`: expected an id"),
            ("019b76da-a800-7000", "019b76daa8007000", ID),
            ("\"019b76da-a800-7000-8000-000000000001\"", "null", ID),
            ("Africa/Nairobi", "Africa/Mars", "`time_zone`: "),
            ("Africa/Nairobi", "africa/nairobi", KEPT),
            ("KES", "XYZ", "`default_currency`: Enter the three-letter code"),
            ("KES", "kes", KEPT),
            ("21:00-07:00", "21-07", HOURS),
            ("21:00-07:00", "21:00 - 07:00", HOURS),
            ("21:00-07:00", "07:00-07:00", HOURS),
            ("\"21:00-07:00\"", "7", "`quiet_hours`: expected a text or null"),
            ("\"quiet_hours\":\"21:00-07:00\",", "", "`quiet_hours` is missing"),
            ("\"members\":7", "\"members\":-1", "`members`: expected a number from 0 to 4294967295"),
            (
                "\"administrators\":2",
                "\"administrators\":4294967296",
                "`administrators`: expected a number from 0",
            ),
            ("\"version\":2", "\"version\":0", "`version`: expected 1 or more"),
            ("\"version\":2", "\"version\":2.0", "`version`: expected a whole number"),
            ("\"version\":2", "\"version\":99999999999999999999", "`version`: expected a whole number"),
            ("\"version\":2", "\"version\":\"2\"", "`version`: expected a whole number"),
            ("\"version\":2", "\"version\":[2]", "`version`: expected a whole number"),
            ("\"version\":2", "\"version\":2,\"note\":1", "there is no field `note`"),
            ("\"version\":2", "\"version\":2,\"version\":2", "`version` stands there twice"),
            ("\"version\":2", "\"version\":2,\"a\\u001bb\":2", "there is no field `a\\u{1b}b`"),
        ],
    ),
    (
        4,
        &[
            ("\"Amina\"", "\" Amina\"", "`name`: expected the form"),
            ("\"Amina\"", "\"\"", "`name`: This field may not be blank."),
            ("\"Amina\"", "7", "`name`: expected text"),
            ("amina@duka", "Amina@duka", KEPT),
            ("amina@duka.example", "amina", "`email`: "),
            ("\"amina@duka.example\"", "false", "`email`: expected a text or null"),
            ("\"https://accounts.example\"", "null", SUBJECT),
            ("\"Subject 1\"", "null", SUBJECT),
            ("\"Subject 1\"", "\"Subject\\n1\"", "`subject`: Control characters are not allowed."),
            ("\"is_staff\":true", "\"is_staff\":1", "`is_staff`: expected true or false"),
            ("\"is_active\":false", "\"is_active\":null", "`is_active`: expected true or false"),
        ],
    ),
    (
        6,
        &[
            ("WK001", "WK01", "`code`: Enter a code of exactly 5 characters"),
            ("WK001", "wk001", KEPT),
            ("Zoë", "Zoe\u{308}", "`first_name`: expected the form"),
            ("Kamau", "Ka\\u0000mau", "`second_name`: Control characters are not allowed."),
            ("+254798765432", "0712345678", "`phone`: Enter a phone number in international format"),
            ("\"created_by\":\"019b76da", "\"created_by\":\"x", ID),
        ],
    ),
    (
        7,
        &[
            ("admin", "owner", "`role`: expected one of viewer, member, admin"),
            ("\"user_id\":\"019b76da-a800-7000-8000-000000000002\"", "\"user_id\":null", INVITED),
            ("\"email\":null", "\"email\":\"guest@duka.example\"", INVITED),
            (
                "\"customer_id\":null",
                "\"customer_id\":\"019b76da-a800-7000-8000-000000000003\"",
                "`customer_id`: Only the role viewer can be bound to one customer.",
            ),
        ],
    ),
    (
        8,
        &[
            ("guest@duka.example", "guest@duka", "`email`: "),
            ("viewer", "member", "`customer_id`: Only the role"),
        ],
    ),
    (
        9,
        &[
            ("a5a5a5a5", "a5", "`digest`: expected 64 digits of 0 to 9 and a to f"),
            ("a5a5", "A5A5", "`digest`: expected 64 digits"),
            ("a5a5", "+5a5", "`digest`: expected 64 digits"),
            ("a5a5", "éé", "`digest`: expected 64 digits"),
            ("\"write\"", "\"\"", "`scopes`: "),
            ("\"write\"", "\"orders\"", "`scopes`: "),
            (
                "\"write\"",
                "\"write \"",
                "`scopes`: expected each of them once, in order, with one space between",
            ),
            ("\"write\"", "\"orders:read write\"", "`scopes`: expected each of them once, in order"),
            ("\"expires_at\":null", "\"expires_at\":0", TIME),
        ],
    ),
    (
        11,
        &[
            ("149.90", "1e3", "`price_per_unit`: Enter a decimal number as a string"),
            ("\"149.90\"", "149.90", "`price_per_unit`: expected text"),
            ("149.90", "-1", "`price_per_unit`: expected an amount from 0 to 999999999.99 with at most 4"),
            ("149.90", "1000000000", "`price_per_unit`: expected an amount"),
            ("149.90", "0.00001", "`price_per_unit`: expected an amount"),
            ("true", "\"true\"", "`is_active`: expected true or false"),
        ],
    ),
    (
        12,
        &[
            ("\"quantity\":3", "\"quantity\":0", "`quantity`: Ensure this quantity is a whole number"),
            ("Closed", "closed", "`status`: expected one of Pending, Closed, Cancelled"),
            ("Closed", "Pending", "`time_closed`: expected a time unless the order is Pending"),
        ],
    ),
    (13, &[("\"time_closed\":null", "\"time_closed\":false", TIME)]),
    (14, &[("placed", "shipped", "`event`: expected one of placed, changed, closed, cancelled")]),
    (
        16,
        &[
            ("\"local\"", "\"passport\"", CREDENTIAL),
            ("\"credential_id\":null", "\"credential_id\":\"here\"", CREDENTIAL),
            ("\"change\"", "\"changed\"", "`action`: expected one of read, create, change, delete"),
            ("api-tokens", "tokens", "`resource`: expected one of customers, items, orders"),
            ("\"{}\"", "{}", "`after`: expected a text or null"),
            ("\"{}\"", "\"[]\"", "`after`: expected the text of a JSON object, or null"),
            ("\"{}\"", "\"{\"", "`after`: expected the text of a JSON object, or null"),
        ],
    ),
    (
        17,
        &[
            ("\"credential_id\":\"019b76da", "\"credential_id\":\"019B76DA", CREDENTIAL),
            ("2001:db8::1", "2001:DB8::1", ADDRESS),
            ("2001:db8::1", "2001:db8:0::1", ADDRESS),
            ("2001:db8::1", "localhost", ADDRESS),
            ("\\\"b\\\":1.50", "\\\"b\\\":1.5.0", "`before`: expected the text of a JSON object, or null"),
        ],
    ),
    (
        19,
        &[
            ("order.placed", "order.shipped", EVENT),
            ("Hello\\n", "Hello\\t", "`text`: Control characters are not allowed."),
            ("Hello", " Hello", "`text`: expected the form in which it is kept"),
            ("\"is_active\":true", "\"is_active\":0", "`is_active`: expected true or false"),
        ],
    ),
    (
        20,
        &[
            ("order.placed", "OrderPlaced", EVENT),
            ("+254798765432", "254798765432", "`to`: Enter a phone number in international format"),
            ("Asante Zoë", " Asante Zoë", TEXT),
            ("Asante Zoë", "", TEXT),
            ("Asante Zoë", "Asante\\tZoë", TEXT),
            (
                "\"sent\"",
                "\"gone\"",
                "`status`: expected one of queued, sending, sent, delivered, failed, unknown",
            ),
            ("\"sent\"", "\"queued\"", STATUS),
            ("\"sent\"", "\"unknown\"", STATUS),
            ("\"due_at\":null", "\"due_at\":\"2026-05-28T20:26:40.123Z\"", STATUS),
            ("\"due_at\":null", "\"due_at\":0", TIME),
            ("\"failure_code\":null", "\"failure_code\":\"refused\"", STATUS),
            (
                "\"failure_code\":null",
                "\"failure_code\":\"rude\"",
                "`failure_code`: expected one of invalid_number, ",
            ),
            (
                "\"failure_remark\":null",
                "\"failure_remark\":\"no\"",
                "`failure_remark`: expected null if there is no",
            ),
            ("\"attempts\":1", "\"attempts\":-1", "`attempts`: expected a number from 0 to 4294967295"),
            (
                "\"deferrals\":0",
                "\"deferrals\":4294967296",
                "`deferrals`: expected a number from 0 to 4294967295",
            ),
            (
                "africas-talking",
                "carrier-pigeon",
                "`gateway`: expected one of africas-talking, twilio, console, or null",
            ),
            ("ATXid_1", "ATXid 1", "`gateway_message_id`: expected 1 to 100 characters of printable ASCII"),
            ("ATXid_1", "", "`gateway_message_id`: expected 1 to 100 characters"),
            ("\"0.80\"", "0.80", "`cost`: expected a text or null"),
            ("\"0.80\"", "null", COST),
            ("\"0.80\"", "\"-0.80\"", COST),
            ("\"0.80\"", "\"0.8000001\"", COST),
            ("\"0.80\"", "\"9223372036855\"", COST),
            ("\"KES\"", "null", COST),
            ("KES", "kes", KEPT),
        ],
    ),
    (
        21,
        &[
            ("UnsupportedNumberType", "Unsupported  number", "`failure_remark`: expected one line"),
            ("\"failure_code\":\"not_served\"", "\"failure_code\":null", "`failure_remark`: expected null"),
        ],
    ),
    (22, &[("\"due_at\":\"2026-05-28T20:26:40.123Z\"", "\"due_at\":null", STATUS)]),
    (
        23,
        &[
            (
                "accepted",
                "ok",
                "`outcome`: expected one of accepted, refused, deferred, held, unanswered, lost",
            ),
            ("\"101\"", "101", "`code`: expected a text or null"),
            ("\"101\"", "\"101\\n\"", "`code`: expected one line of at most 200 characters"),
            ("\"0.80\"", "null", COST),
        ],
    ),
    (
        24,
        &[("the program came", " the program came", "`error`: expected one line of at most 200 characters")],
    ),
    (
        25,
        &[
            ("+254798765432", "none", "`phone`: Enter a phone number in international format"),
            ("\"africas-talking\"", "null", "`gateway`: expected text"),
        ],
    ),
    (
        26,
        &[
            (
                "\"opt_out\":1",
                "\"opt_out\":0",
                "there are 1 records of the kind opt_out, and this line says 0",
            ),
            ("\"item\":1", "\"item\":2", "there are 1 records of the kind item, and this line says 2"),
            ("\"item\":1", "\"item\":-1", "there are 1 records of the kind item"),
            ("\"item\":1,", "", "`item` is missing"),
            ("\"item\":1", "\"item\":1,\"thing\":0", "there is no field `thing`"),
            ("\"records\":{", "\"records\":{\"user\":1,", "`user` stands there twice"),
        ],
    ),
];

#[test]
fn each_field_that_is_wrong_is_named_with_its_line_and_what_it_must_be() {
    for (line, mistakes) in MISTAKES {
        for (from, to, said) in *mistakes {
            let told = changed(*line, from, to);
            assert!(told.contains(said), "{to}: {told}\nis not: {said}");
        }
    }
}

#[test]
fn what_is_no_export_of_a_known_version_is_refused_by_its_first_line() {
    let foreign =
        "line 1: this is not an export: the first line is to be {\"format\":\"orderdesk\",\"version\":3}";
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
    let newer = told("{\"format\":\"orderdesk\",\"version\":4,\"more\":true}\n");
    assert!(
        newer.contains("of version 4, and this program reads versions 2 to 3: use a newer program"),
        "{newer}"
    );
    let older = told("{\"format\":\"orderdesk\",\"version\":1}\n");
    assert!(
        older.contains(
            "of version 1, and this program reads versions 2 to 3: import it with the program that wrote"
        ),
        "{older}"
    );
    for version in [2, 3] {
        let more = told(&format!("{{\"format\":\"orderdesk\",\"version\":{version},\"more\":true}}\n"));
        assert_eq!(more, "line 1: there is no field `more`");
    }
}

#[test]
fn a_file_of_version_2_has_nothing_that_came_later() {
    let older = |lines: &[&str]| {
        let head = "{\"format\":\"orderdesk\",\"version\":2}";
        told(&([&[head], lines].concat().join("\n") + "\n"))
    };
    let file = file();
    let lines: Vec<_> = file.lines().collect();
    assert_eq!(older(&lines[2..3]), "line 2: there is no field `quiet_hours`");
    for line in [19, 20, 23, 25] {
        let kind = "line 2: `kind` is to be one of installation, organization, user, customer, membership, api_token, \
                    item, order, order_event, audit_entry, or end";
        assert_eq!(older(&lines[line - 1..line]), kind);
    }
    let last = lines[25].replace(":1", ":0").replace(":2", ":0").replace(":3", ":0");
    assert_eq!(older(&[&last]), "line 2: there is no field `message_template`");
    // And what a file of version 3 has is missed in it.
    let last = lines[25].replace(",\"opt_out\":1", "");
    let whole = file.replace(lines[25], &last);
    assert_eq!(told(&whole), "line 26: `opt_out` is missing");
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
        told(&file_with("Amina", "Anima")),
        "line 26: `sha256` is not the checksum of the lines before: \
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
    assert_eq!(
        with(&[1, 3, 4, 7, 6]),
        "line 5: records of the kind customer come before those of the kind membership"
    );
    assert_eq!(with(&[1, 2, 2]), "line 3: the one before has the same id");
    assert_eq!(with(&[1, 3, 4, 6, 7, 7]), "line 6: the one before has the same id");
    assert_eq!(
        with(&[1, 3, 13, 12]),
        "line 4: records of a kind come in the order of their ids, and the one before has a higher one"
    );
    let whole = file();
    assert_eq!(told(&(whole.clone() + "\n")), "line 27: nothing may follow the line that tells the end");
    assert!(told(&(whole + "{}")).starts_with("line 27: nothing may follow"));
    assert!(with(&[1, 2, 26]).starts_with("line 3: there are 0 records of the kind organization"));
}

#[test]
fn a_line_without_end_is_not_read_to_its_end() {
    let head = "{\"format\":\"orderdesk\",\"version\":3}\n";
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

#[test]
fn a_line_that_could_not_be_read_is_not_written() {
    let facts = |length| Facts::new(format!("{{\"a\":\"{}\"}}", "x".repeat(length)));
    let entry = |length| {
        let entry = AuditEntry { after: Some(facts(length)), ..Maker::default().audit_entry(None) };
        Record::AuditEntry(entry)
    };
    let long = entry(LONGEST_LINE - 1_000);
    assert_eq!(read(&written(std::slice::from_ref(&long))).unwrap(), [long]);
    let mut writer = crate::ArchiveWriter::begin(Vec::new()).unwrap();
    let error = writer.add(&entry(LONGEST_LINE)).unwrap_err();
    assert_eq!(error.to_string(), format!("the line is longer than {LONGEST_LINE} bytes"));
}
