//! The browser of somebody who signs in.

use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use reqwest::{Client, Url};

/// More pages than any provider shows.
const PAGES: usize = 20;

/// A browser that goes through a provider's pages. It keeps cookies: who has signed in once is known.
pub struct Browser {
    http: Client,
}

impl Default for Browser {
    fn default() -> Self {
        let builder = Client::builder().cookie_store(true).redirect(Policy::none()).no_proxy();
        Self { http: builder.build().unwrap() }
    }
}

impl Browser {
    /// Opens the address at the provider where a sign-in begins, signs in by this name and agrees to
    /// everything. The answer is the address, elsewhere, that the provider sends the browser to in the end;
    /// it is not opened.
    pub async fn sign_in(&self, address: &str, login: &str) -> Url {
        self.walk(address, &[("login", login), ("password", "any")]).await
    }

    /// Opens the address at the provider that ends its session, and says yes. The answer is where it sends
    /// the browser then.
    pub async fn sign_out(&self, address: &str) -> Url {
        self.walk(address, &[("logout", "yes")]).await
    }

    /// Follows redirections, and sends the forms of pages back with these fields, until it is sent elsewhere.
    async fn walk(&self, address: &str, fields: &[(&str, &str)]) -> Url {
        let mut address = Url::parse(address).unwrap();
        let provider = address.origin();
        let mut request = self.http.get(address.clone());
        for _ in 0..PAGES {
            let response = request.send().await.unwrap();
            let status = response.status();
            if let Some(location) = response.headers().get(LOCATION) {
                address = address.join(location.to_str().unwrap()).unwrap();
                if address.origin() != provider {
                    return address;
                }
                request = self.http.get(address.clone());
            } else {
                let page = response.text().await.unwrap();
                let Some(form) = Form::on(&page) else { panic!("{status}, and no form: {page}") };
                address = address.join(form.action).unwrap();
                let form: Vec<_> = form.hidden.iter().chain(fields).collect();
                request = self.http.post(address.clone()).form(&form);
            }
        }
        panic!("the provider does not come to an end");
    }
}

/// The first form of a page, as far as it goes back as it came.
struct Form<'p> {
    action: &'p str,
    hidden: Vec<(&'p str, &'p str)>,
}

impl<'p> Form<'p> {
    fn on(page: &'p str) -> Option<Self> {
        let (_, form) = page.split_once("<form")?;
        let form = form.split_once("</form>")?.0;
        let inputs = form.split("<input").skip(1).filter(|input| input.contains("type=\"hidden\""));
        let hidden = inputs.filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?)));
        Some(Self { action: attribute(form, "action")?, hidden: hidden.collect() })
    }
}

fn attribute<'p>(tag: &'p str, name: &str) -> Option<&'p str> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    Some(rest.split_once('"')?.0)
}
