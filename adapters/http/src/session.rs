//! Browsers that are signed in: the cookies that they keep, and the proof that a request is theirs.

use orderdesk_domain::{CsrfToken, SessionSecret};
use poem::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use poem::{Request, Response};

use crate::links::{API, Links};
use crate::problem::Failure;

/// Proves that a request comes from a page of the session itself.
pub(crate) const CSRF_HEADER: HeaderName = HeaderName::from_static("x-csrftoken");

/// What may be in a cookie that only this server reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// The secret of the session.
    Session,
    /// The CSRF token, which scripts of our own pages read.
    Csrf,
    /// A sign-in under way.
    SignIn,
}

impl Cookie {
    /// Its name. Under `https` a browser takes care that no other host, and no page without encryption, has set it
    /// (RFC 6265bis, section 4.1.3).
    fn name(self, is_secure: bool) -> &'static str {
        match (self, is_secure) {
            (Self::Session, true) => "__Host-orderdesk_session",
            (Self::Session, false) => "orderdesk_session",
            (Self::Csrf, true) => "__Host-orderdesk_csrf",
            (Self::Csrf, false) => "orderdesk_csrf",
            (Self::SignIn, true) => "__Secure-orderdesk_sign_in",
            (Self::SignIn, false) => "orderdesk_sign_in",
        }
    }

    /// What the browser sent under this name.
    pub(crate) fn read<'r>(self, request: &'r Request, links: &Links) -> Option<&'r str> {
        let name = self.name(links.is_secure());
        let lines = request.headers().get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut cookies =
            lines.flat_map(|line| line.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
        cookies.find(|(found, _)| *found == name).map(|(_, value)| value)
    }

    /// Lets the browser keep `value` for so many seconds; 0 makes it forget. Values are made of characters that need
    /// no escape.
    pub(crate) fn write(self, response: &mut Response, links: &Links, value: &str, seconds: i64) {
        let is_secure = links.is_secure();
        let path = if self == Self::SignIn { format!("{API}api-auth") } else { "/".to_owned() };
        let http_only = if self == Self::Csrf { "" } else { "; HttpOnly" };
        let secure = if is_secure { "; Secure" } else { "" };
        let name = self.name(is_secure);
        let cookie =
            format!("{name}={value}; Path={path}; Max-Age={seconds}; SameSite=Lax{http_only}{secure}");
        if let Ok(cookie) = HeaderValue::try_from(cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
}

/// The session by which a request was recognised, where it was by one.
#[derive(Debug, Clone)]
pub(crate) struct SessionProof(pub(crate) SessionSecret);

impl SessionProof {
    /// The session that the browser presents.
    pub(crate) fn of(request: &Request) -> Option<Self> {
        Cookie::Session.read(request, &Links::new(request)).and_then(SessionSecret::parse).map(Self)
    }

    /// What proves that a request comes from a page of the session.
    pub(crate) fn csrf_token(&self) -> CsrfToken {
        self.0.csrf_token()
    }

    /// Lets the browser keep the session for so many seconds.
    pub(crate) fn keep(&self, response: &mut Response, links: &Links, seconds: i64) {
        Cookie::Session.write(response, links, self.0.reveal(), seconds);
        Cookie::Csrf.write(response, links, self.csrf_token().reveal(), seconds);
    }

    /// Makes the browser forget its session.
    pub(crate) fn forget(response: &mut Response, links: &Links) {
        Cookie::Session.write(response, links, "", 0);
        Cookie::Csrf.write(response, links, "", 0);
    }

    /// That a request which may change something is one of the session's own pages: it carries the CSRF token, in the
    /// header or as `field` of a form, and comes from no other site.
    pub(crate) fn check(&self, request: &Request, field: Option<&str>) -> Result<(), Failure> {
        if !may_change(request.method()) {
            return Ok(());
        }
        check_origin(request)?;
        let presented = request.header(CSRF_HEADER).or(field);
        if presented.is_some_and(|presented| self.csrf_token().is(presented)) {
            return Ok(());
        }
        let text = "Send the session's CSRF token in X-CSRFToken; the session's other cookie holds it.";
        Err(Failure::new(StatusCode::FORBIDDEN, "csrf_failed", text))
    }
}

fn may_change(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// That a request which a page has sent was sent by one of ours.
pub(crate) fn check_origin(request: &Request) -> Result<(), Failure> {
    let Some(origin) = request.header(header::ORIGIN) else { return Ok(()) };
    if origin == Links::new(request).base() {
        return Ok(());
    }
    let text = "This request comes from a page of another site.";
    Err(Failure::new(StatusCode::FORBIDDEN, "csrf_failed", text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> SessionProof {
        SessionProof(SessionSecret::generate([7; 32]))
    }

    fn post(headers: &[(HeaderName, &str)]) -> Request {
        let request = Request::builder().method(Method::POST).header(header::HOST, "shop.example");
        headers.iter().fold(request, |request, (name, value)| request.header(name, *value)).finish()
    }

    #[test]
    fn a_change_takes_the_token_of_the_session() {
        let token = session().csrf_token();
        let refused = |request: Request| session().check(&request, None).is_err();
        assert!(refused(post(&[])));
        assert!(refused(post(&[(CSRF_HEADER, "wrong")])));
        assert!(!refused(post(&[(CSRF_HEADER, token.reveal())])));
        assert!(session().check(&post(&[]), Some(token.reveal())).is_ok());
        assert!(!refused(Request::builder().method(Method::GET).finish()));
    }

    #[test]
    fn a_change_comes_from_no_other_site() {
        let token = session().csrf_token();
        let from = |origin| post(&[(CSRF_HEADER, token.reveal()), (header::ORIGIN, origin)]);
        assert!(session().check(&from("http://shop.example"), None).is_ok());
        for origin in ["https://shop.example", "http://shop.example:81", "http://evil.example", "null"] {
            assert!(session().check(&from(origin), None).is_err(), "{origin}");
        }
    }

    #[test]
    fn a_browser_keeps_the_session_from_scripts_and_from_other_sites() {
        let mut response = Response::default();
        session().keep(&mut response, &Links::new(&post(&[])), 60);
        let cookies: Vec<_> =
            response.headers().get_all(header::SET_COOKIE).iter().map(|it| it.to_str().unwrap()).collect();
        let [kept, csrf] = cookies.as_slice() else { panic!("{cookies:?}") };
        assert!(kept.starts_with("orderdesk_session=os_") && kept.ends_with("; SameSite=Lax; HttpOnly"));
        assert!(csrf.starts_with("orderdesk_csrf=") && csrf.ends_with("; SameSite=Lax"));
        let request = post(&[(header::COOKIE, "a=b; "), (header::COOKIE, kept.split(';').next().unwrap())]);
        assert_eq!(SessionProof::of(&request).unwrap().0, session().0);
    }
}
