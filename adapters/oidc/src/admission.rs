//! Whom the operator lets in.

use orderdesk_application::ports::IdentityError;

use crate::claims::Person;

/// A restriction to people of some domains.
pub(crate) struct Admission {
    email_domains: Vec<String>,
    hosted_domain: Option<String>,
}

impl Admission {
    pub(crate) fn new(email_domains: &[String], hosted_domain: Option<&str>) -> Self {
        Self {
            email_domains: email_domains.iter().map(|domain| domain.to_lowercase()).collect(),
            hosted_domain: hosted_domain.map(str::to_owned),
        }
    }

    /// # Errors
    /// `NotAdmitted`: somebody of whom it is not known that they are of these domains is not.
    pub(crate) fn check(&self, person: &Person) -> Result<(), IdentityError> {
        let email = person.email.as_ref();
        let by_email = self.email_domains.is_empty()
            || email.is_some_and(|email| self.email_domains.iter().any(|domain| domain == email.domain()));
        let hosted = |domain: &String| {
            person.hosted_domain.as_ref().is_some_and(|actual| actual.eq_ignore_ascii_case(domain))
        };
        let admitted = by_email && self.hosted_domain.as_ref().is_none_or(hosted);
        if admitted { Ok(()) } else { Err(IdentityError::NotAdmitted) }
    }
}

#[cfg(test)]
mod tests {
    use orderdesk_domain::EmailAddress;

    use super::*;

    fn admits(
        email_domains: &[&str],
        hosted_domain: Option<&str>,
        email: Option<&str>,
        hd: Option<&str>,
    ) -> bool {
        let email_domains: Vec<_> = email_domains.iter().map(ToString::to_string).collect();
        let email = email.map(|email| EmailAddress::parse(email).unwrap());
        let person = Person { name: None, email, hosted_domain: hd.map(str::to_owned) };
        Admission::new(&email_domains, hosted_domain).check(&person).is_ok()
    }

    #[test]
    fn without_a_restriction_everybody_is_let_in() {
        assert!(admits(&[], None, None, None));
    }

    #[test]
    fn who_is_not_known_to_be_of_a_domain_is_not_let_in() {
        let domains = ["Duka.example", "shop.example"];
        assert!(admits(&domains, None, Some("amina@duka.example"), None));
        for email in
            [None, Some("amina@evil.example"), Some("amina@duka.example.evil"), Some("amina@a.duka.example")]
        {
            assert!(!admits(&domains, None, email, None), "{email:?}");
        }
    }

    #[test]
    fn a_hosted_domain_is_a_claim_and_no_part_of_an_address() {
        assert!(admits(&[], Some("duka.example"), None, Some("Duka.example")));
        assert!(!admits(&[], Some("duka.example"), Some("amina@duka.example"), None));
        assert!(!admits(&["duka.example"], Some("duka.example"), None, Some("duka.example")));
    }
}
