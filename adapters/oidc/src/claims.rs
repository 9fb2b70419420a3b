//! What a token says, and what is said of a person.

use std::time::Duration;

use orderdesk_domain::{EmailAddress, Subject, Timestamp, UserName};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::refusal::Refusal;

/// How far the clocks of others may be from ours, in milliseconds.
const LEEWAY: i64 = 60_000;

/// Claims by name, as an issuer writes them.
pub(crate) type Claimed = Map<String, Value>;

/// The claims of a token (RFC 7519, section 4.1; OpenID Connect Core 1.0, section 2). They are personal, and
/// shown nowhere.
#[derive(Deserialize)]
pub(crate) struct Claims {
    #[serde(deserialize_with = "subject")]
    pub(crate) sub: Subject,
    #[serde(deserialize_with = "moment")]
    pub(crate) exp: Timestamp,
    #[serde(default, deserialize_with = "possible_moment")]
    nbf: Option<Timestamp>,
    #[serde(default, deserialize_with = "possible_moment")]
    iat: Option<Timestamp>,
    aud: Audience,
    azp: Option<String>,
    nonce: Option<String>,
    #[serde(flatten)]
    others: Claimed,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

fn subject<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Subject, D::Error> {
    Subject::parse(&String::deserialize(deserializer)?)
        .map_err(|_| D::Error::custom("it cannot be a subject"))
}

/// Seconds since 1970, which may have a fraction.
fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let since = Duration::try_from_secs_f64(f64::deserialize(deserializer)?).map_err(D::Error::custom)?;
    // What lies beyond all years never comes.
    let milliseconds = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    Ok(Timestamp::from_milliseconds(milliseconds).unwrap_or(Timestamp::LATEST))
}

fn possible_moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    moment(deserializer).map(Some)
}

impl Claims {
    /// Whether it is valid at a moment.
    pub(crate) fn check_times(&self, now: Timestamp) -> Result<(), Refusal> {
        let now = now.milliseconds();
        let begins = self.nbf.into_iter().chain(self.iat).max();
        if now >= self.exp.milliseconds().saturating_add(LEEWAY) {
            return Err(Refusal::Expired);
        }
        if begins.is_some_and(|begins| begins.milliseconds() > now.saturating_add(LEEWAY)) {
            return Err(Refusal::Premature);
        }
        Ok(())
    }

    /// Whether it was made for a sign-in of a client. Where it is for others as well, it has to say that the
    /// client asked.
    pub(crate) fn check_sign_in(&self, client_id: &str, nonce: &str) -> Result<(), Refusal> {
        if self.nonce.as_deref() != Some(nonce) {
            return Err(Refusal::Nonce);
        }
        let for_others = match &self.aud {
            Audience::One(only) => only != client_id,
            Audience::Several(all) => all.iter().any(|one| one != client_id),
        };
        if for_others && self.azp.as_deref() != Some(client_id) {
            return Err(Refusal::AuthorizedParty);
        }
        Ok(())
    }

    /// What it says of its subject.
    pub(crate) fn person(&self) -> Person {
        Person::of(&self.others)
    }
}

/// What an issuer says of a person, as far as we can take it (OpenID Connect Core 1.0, section 5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) name: Option<UserName>,
    /// Verified by the issuer.
    pub(crate) email: Option<EmailAddress>,
    /// The domain of the organization at Google whose account it is.
    pub(crate) hosted_domain: Option<String>,
}

impl Person {
    pub(crate) fn of(claims: &Claimed) -> Self {
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let whole =
            [text("given_name"), text("family_name")].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let mut names =
            [text("name"), text("preferred_username"), Some(whole.as_str())].into_iter().flatten();
        let verified = match claims.get("email_verified") {
            // As some providers write it, though it should be a boolean.
            Some(Value::String(verified)) => verified == "true",
            verified => verified == Some(&Value::Bool(true)),
        };
        Self {
            name: names.find_map(|name| UserName::parse(name).ok()),
            email: text("email").filter(|_| verified).and_then(|email| EmailAddress::parse(email).ok()),
            hosted_domain: text("hd").map(str::to_owned),
        }
    }

    /// Whether there is nothing more to be known.
    pub(crate) fn is_complete(&self) -> bool {
        self.name.is_some() && self.email.is_some()
    }

    /// With what is said of them elsewhere, where nothing is said here.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            name: self.name.or(other.name),
            email: self.email.or(other.email),
            hosted_domain: self.hosted_domain.or(other.hosted_domain),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    fn claims(change: &Value) -> serde_json::Result<Claims> {
        let mut claims =
            json!({ "iss": "https://id.example", "sub": "1", "aud": "us", "exp": 1_000_000, "nonce": "n" });
        claims.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        from_value(claims)
    }

    fn at(seconds: i64, change: &Value) -> Result<(), Refusal> {
        let now = Timestamp::from_milliseconds(seconds * 1000).unwrap();
        claims(change).unwrap().check_times(now)
    }

    #[test]
    fn a_token_is_valid_from_its_beginning_to_its_end_give_or_take_a_minute() {
        assert_eq!(at(1_000_059, &json!({})), Ok(()));
        assert_eq!(at(1_000_060, &json!({})), Err(Refusal::Expired));
        assert_eq!(at(1_000_059, &json!({ "exp": 999_998.5 })), Err(Refusal::Expired));
        assert_eq!(at(1_000_000, &json!({ "exp": 9e18 })), Ok(()));
        for beginning in ["nbf", "iat"] {
            assert_eq!(at(899_940, &json!({ beginning: 900_000 })), Ok(()), "{beginning}");
            assert_eq!(at(899_939, &json!({ beginning: 900_000 })), Err(Refusal::Premature), "{beginning}");
        }
    }

    #[test]
    fn what_is_no_time_is_none_of_a_token() {
        for change in [
            json!({ "exp": "1000000" }),
            json!({ "exp": null }),
            json!({ "exp": -1 }),
            json!({ "nbf": "1" }),
            json!({ "iat": {} }),
        ] {
            assert!(claims(&change).is_err(), "{change}");
        }
    }

    #[test]
    fn a_sign_in_has_its_nonce_and_who_asked_for_it() {
        let check = |change: Value| claims(&change).unwrap().check_sign_in("us", "n");
        assert_eq!(check(json!({})), Ok(()));
        assert_eq!(check(json!({ "nonce": null })), Err(Refusal::Nonce));
        assert_eq!(check(json!({ "nonce": "m" })), Err(Refusal::Nonce));
        assert_eq!(check(json!({ "aud": ["us"] })), Ok(()));
        assert_eq!(check(json!({ "aud": ["us", "them"], "azp": "us" })), Ok(()));
        assert_eq!(check(json!({ "aud": ["us", "them"], "azp": "them" })), Err(Refusal::AuthorizedParty));
        assert_eq!(check(json!({ "aud": ["us", "them"] })), Err(Refusal::AuthorizedParty));
    }

    fn person(claims: &Value) -> Person {
        Person::of(claims.as_object().unwrap())
    }

    #[test]
    fn an_address_counts_only_where_it_has_been_verified() {
        for (verified, taken) in [
            (json!(true), true),
            (json!("true"), true),
            (json!(false), false),
            (json!("false"), false),
            (json!(1), false),
            (json!("yes"), false),
            (json!(null), false),
        ] {
            let person = person(&json!({ "email": "Amina@Duka.example", "email_verified": verified }));
            assert_eq!(person.email.is_some(), taken, "{verified}");
        }
        assert_eq!(person(&json!({ "email": "amina@duka.example" })).email, None);
        assert_eq!(person(&json!({ "email": "amina", "email_verified": true })).email, None);
    }

    #[test]
    fn the_first_name_that_can_be_taken_is() {
        for (claims, name) in [
            (json!({ "name": "Amina Odhiambo", "preferred_username": "amina" }), Some("Amina Odhiambo")),
            (json!({ "name": " ", "preferred_username": "amina", "given_name": "Amina" }), Some("amina")),
            (json!({ "name": 5, "given_name": "Amina", "family_name": "Odhiambo" }), Some("Amina Odhiambo")),
            (json!({ "family_name": "Odhiambo" }), Some("Odhiambo")),
            (json!({}), None),
        ] {
            assert_eq!(person(&claims).name.as_ref().map(UserName::as_str), name, "{claims}");
        }
    }
}
