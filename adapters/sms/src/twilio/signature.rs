//! How Twilio signs (<https://www.twilio.com/docs/usage/webhooks/webhooks-security>).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::hmac;

/// Whether a call to one of these addresses, with these fields, is signed with this token. How long the answer takes
/// says nothing about the right signature.
pub(super) fn is_signed(
    token: &str,
    addresses: &[String],
    form: &[(String, String)],
    signature: Option<&str>,
) -> bool {
    let Some(signature) = signature.and_then(|text| BASE64_STANDARD.decode(text.trim()).ok()) else {
        return false;
    };
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes());
    let fields = fields(form);
    addresses.iter().any(|address| {
        let signed = format!("{address}{fields}");
        hmac::verify(&key, signed.as_bytes(), &signature).is_ok()
    })
}

/// The fields, names and values one after the other, by name and then by value; one that comes twice counts once.
fn fields(form: &[(String, String)]) -> String {
    let mut fields: Vec<_> = form.iter().collect();
    fields.sort_unstable();
    fields.dedup();
    fields.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]).collect()
}

/// The addresses by which Twilio may mean a path here: it names the usual port, or does not.
pub(super) fn addresses(public_url: &str, path_and_query: &str) -> Vec<String> {
    let (origin, port) = match public_url.split_once("://") {
        Some(("https", _)) => (public_url, ":443"),
        Some(("http", _)) => (public_url, ":80"),
        _ => (public_url, ""),
    };
    let bare = origin.strip_suffix(port).unwrap_or(origin);
    let names_port = bare.rsplit(['/', ']']).next().is_some_and(|host| host.contains(':'));
    let with_port = if names_port { "" } else { port };
    let mut addresses = vec![format!("{bare}{path_and_query}")];
    if !with_port.is_empty() {
        addresses.push(format!("{bare}{with_port}{path_and_query}"));
    }
    addresses
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> Vec<(String, String)> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    const ADDRESS: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";
    const SIGNATURE: &str = "0/KCTR6DLpKmkAf8muzZqo1nDgQ=";

    /// The example of Twilio's documentation, which its libraries are tested with.
    fn example() -> Vec<(String, String)> {
        form(&[
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+12349013030"),
            ("Digits", "1234"),
            ("From", "+12349013030"),
            ("To", "+18005551212"),
        ])
    }

    fn check(address: &str, form: &[(String, String)], signature: &str) -> bool {
        is_signed("12345", &[address.to_owned()], form, Some(signature))
    }

    #[test]
    fn the_published_example_is_signed() {
        assert!(check(ADDRESS, &example(), SIGNATURE));
        let mut shuffled = example();
        shuffled.reverse();
        assert!(check(ADDRESS, &shuffled, SIGNATURE), "the order of fields is of no matter");
    }

    #[test]
    fn what_is_changed_is_not_signed() {
        let mut changed = example();
        changed[2].1.push('5');
        assert!(!check(ADDRESS, &changed, SIGNATURE));
        assert!(!check("https://mycompany.com/other", &example(), SIGNATURE));
        assert!(!is_signed("12346", &[ADDRESS.to_owned()], &example(), Some(SIGNATURE)));
        for signature in ["", "?", "0/KCTR6DLpKmkAf8muzZqo1nDgQ", "0/KCTR6DLpKmkAf8muzZqo1nDgA=", "TnA="] {
            assert!(!check(ADDRESS, &example(), signature), "{signature}");
        }
        assert!(!is_signed("12345", &[ADDRESS.to_owned()], &example(), None));
    }

    #[test]
    fn the_usual_port_may_be_named_or_not() {
        for (public_url, expected) in [
            ("https://desk.example", vec!["https://desk.example/a?b", "https://desk.example:443/a?b"]),
            ("https://desk.example:443", vec!["https://desk.example/a?b", "https://desk.example:443/a?b"]),
            ("https://desk.example:8443", vec!["https://desk.example:8443/a?b"]),
            ("http://[::1]", vec!["http://[::1]/a?b", "http://[::1]:80/a?b"]),
            ("http://[::1]:8000", vec!["http://[::1]:8000/a?b"]),
        ] {
            assert_eq!(addresses(public_url, "/a?b"), expected);
        }
    }
}
