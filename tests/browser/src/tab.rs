//! A tab: what somebody does in it, and what somebody sees.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::time::timeout;

use crate::axe;
use crate::browser::{PHONE, SCREEN, Scheme};
use crate::connection::{Connection, PATIENCE};
use crate::installed::installed;
use crate::watch::Watch;

/// What a person does with a page, as functions of an object `page`.
const PAGE: &str = include_str!("page.js");

/// A tab.
pub struct Tab {
    connection: Arc<Connection>,
    session: String,
    base: String,
    watch: Arc<Watch>,
    runs_scripts: bool,
}

impl Tab {
    pub(crate) async fn open(
        connection: Arc<Connection>,
        session: &str,
        base: &str,
        runs_scripts: bool,
    ) -> Self {
        let watch = Arc::new(Watch::new(base));
        connection.watch(session, Arc::clone(&watch));
        let tab =
            Self { connection, session: session.to_owned(), base: base.to_owned(), watch, runs_scripts };
        for domain in ["Page", "Runtime", "Log", "Network"] {
            tab.send(&format!("{domain}.enable"), json!({})).await;
        }
        // Each tab takes itself for the one that somebody looks at.
        tab.send("Emulation.setFocusEmulationEnabled", json!({ "enabled": true })).await;
        tab.send("Emulation.setScriptExecutionDisabled", json!({ "value": !runs_scripts })).await;
        tab.resize(SCREEN).await;
        tab.wear(Scheme::Light).await;
        tab
    }

    /// Gives the tab another size.
    pub async fn resize(&self, (width, height): (u32, u32)) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.send("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Has the page shown in these colours.
    pub async fn wear(&self, scheme: Scheme) {
        let value = if scheme == Scheme::Light { "light" } else { "dark" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.send("Emulation.setEmulatedMedia", features).await;
    }

    /// Opens an address: a path of the service, or within its API where it begins without a slash.
    pub async fn visit(&self, path: &str) {
        let url = match path.strip_prefix('/') {
            Some(_) => format!("{}{path}", self.base),
            None => format!("{}/api/v1/{path}", self.base),
        };
        self.and_load(&format!("visit {path}"), async {
            let answer = self.send("Page.navigate", json!({ "url": url })).await;
            assert!(answer.get("errorText").is_none(), "{url}: {answer}");
        })
        .await;
    }

    /// Follows a link, whose name is this or begins a part of the page.
    pub async fn follow(&self, name: &str) {
        self.and_load(&format!("follow {name:?}"), self.click_on(&format!("page.link({})", quoted(name))))
            .await;
    }

    /// Follows a link in a part of the page.
    pub async fn follow_in(&self, part: &str, name: &str) {
        let link = format!("page.link({}, {})", quoted(name), quoted(part));
        self.and_load(&format!("follow {name:?} in {part:?}"), self.click_on(&link)).await;
    }

    /// Presses a button that sends something.
    pub async fn press(&self, name: &str) {
        let button = format!("page.button({})", quoted(name));
        self.and_load(&format!("press {name:?}"), self.click_on(&button)).await;
    }

    /// Presses a button in a part of the page that sends something.
    pub async fn press_in(&self, part: &str, name: &str) {
        let button = format!("page.button({}, {})", quoted(name), quoted(part));
        self.and_load(&format!("press {name:?} in {part:?}"), self.click_on(&button)).await;
    }

    /// Opens or closes what stands behind a heading, or presses a button that sends nothing.
    pub async fn toggle(&self, name: &str) {
        self.click_on(&format!("page.button({})", quoted(name))).await;
    }

    /// The same in a part of the page.
    pub async fn toggle_in(&self, part: &str, name: &str) {
        self.click_on(&format!("page.button({}, {})", quoted(name), quoted(part))).await;
    }

    /// Enters text in a field in the place of what is there.
    pub async fn fill(&self, label: &str, text: &str) {
        self.fill_at(&format!("page.field({})", quoted(label)), text).await;
    }

    /// The same in a part of the page.
    pub async fn fill_in(&self, part: &str, label: &str, text: &str) {
        self.fill_at(&format!("page.field({}, {})", quoted(label), quoted(part)), text).await;
    }

    async fn fill_at(&self, field: &str, text: &str) {
        self.click_on(field).await;
        self.ask(&format!("{field}.select()")).await;
        if text.is_empty() {
            self.key("Delete", 46).await;
        } else {
            self.send("Input.insertText", json!({ "text": text })).await;
        }
    }

    /// Chooses from a list, in a part of the page.
    pub async fn select_in(&self, part: &str, label: &str, choice: &str) {
        let field = format!("page.field({}, {})", quoted(label), quoted(part));
        let choice = quoted(choice);
        self.ask(&format!(
            "{{ const field = {field};
                const wanted = [...field.options].filter((it) => page.squeezed(it.label) === {choice});
                field.value = page.one(wanted, `the choice ${{{choice}}}`).value;
                field.dispatchEvent(new Event('input', {{ bubbles: true }}));
                field.dispatchEvent(new Event('change', {{ bubbles: true }})); }}"
        ))
        .await;
    }

    /// Ticks a box that stands by itself, or takes the tick away.
    pub async fn tick_box_in(&self, part: &str, label: &str) {
        self.click_on(&format!("page.field({}, {})", quoted(label), quoted(part))).await;
    }

    /// Ticks a box or a choice of a group, in a part of the page.
    pub async fn tick_in(&self, part: &str, group: &str, option: &str) {
        let group = format!("page.group({}, {})", quoted(group), quoted(part));
        self.click_on(&format!("page.option({}, {group})", quoted(option))).await;
    }

    /// Picks an object: types a part of its name, waits for the suggestions and chooses the one that has `wanted` in it.
    /// Where no scripts run, it is looked for with the button that is there for it.
    pub async fn pick(&self, part: &str, group: &str, typed: &str, wanted: &str) {
        let group_at = format!("page.group({}, {})", quoted(group), quoted(part));
        self.fill_picker(part, group, typed).await;
        if self.runs_scripts {
            let option = format!("page.option({}, {group_at})", quoted(wanted));
            self.wait_for(&format!(
                "page.within(undefined, '[role=option]').some((it) => it.innerText.includes({}))",
                quoted(wanted)
            ))
            .await;
            self.click_on(&option).await;
        } else {
            let find = format!("page.within(undefined, 'button').find((it) => {group_at}.contains(it))");
            self.and_load("find", self.click_on(&find)).await;
            self.click_on(&format!("page.option({}, {group_at})", quoted(wanted))).await;
        }
    }

    /// Types a part of the name of what is to be picked.
    pub async fn fill_picker(&self, part: &str, group: &str, typed: &str) {
        let group = format!("page.group({}, {})", quoted(group), quoted(part));
        self.fill_at(&format!("{group}.querySelector('input[type=search]')"), typed).await;
    }

    /// Types a key, such as `Enter` with the code 13.
    pub async fn key(&self, name: &str, code: u32) {
        let text = if name == "Enter" { "\r" } else { "" };
        let down = json!({ "type": "keyDown", "key": name, "code": name, "windowsVirtualKeyCode": code, "text": text });
        self.send("Input.dispatchKeyEvent", down).await;
        let up = json!({ "type": "keyUp", "key": name, "code": name, "windowsVirtualKeyCode": code });
        self.send("Input.dispatchKeyEvent", up).await;
    }

    /// Types a key that has a page loaded.
    pub async fn key_and_load(&self, name: &str, code: u32) {
        self.and_load(&format!("key {name}"), self.key(name, code)).await;
    }

    /// Types text where the cursor is.
    pub async fn type_text(&self, text: &str) {
        self.send("Input.insertText", json!({ "text": text })).await;
    }

    async fn click_on(&self, element: &str) {
        let at = self.ask(&format!("page.place({element})")).await;
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let event =
                json!({ "type": kind, "x": at["x"], "y": at["y"], "button": "left", "clickCount": 1 });
            self.send("Input.dispatchMouseEvent", event).await;
        }
    }

    /// Does something and waits until the page to which it leads is there.
    async fn and_load(&self, what: &str, act: impl Future<Output = ()>) {
        let mut loads = self.watch.loads();
        let before = *loads.borrow_and_update();
        act.await;
        let loaded = timeout(PATIENCE, loads.wait_for(|loads| *loads > before)).await.is_ok();
        assert!(loaded, "{what} leads nowhere:\n{}", self.text().await);
        self.assert_quiet(what);
    }

    /// Waits until an expression is true in the page.
    pub async fn wait_for(&self, expression: &str) {
        let promise = format!(
            "new Promise((done) => {{
                const look = () => ({expression}) ? done(true) : requestAnimationFrame(look);
                look();
            }})"
        );
        let waiting = self.ask(&promise);
        let is_so = timeout(PATIENCE / 2, waiting).await.is_ok();
        assert!(is_so, "still waiting: {expression}\n{}", self.text().await);
    }

    /// The heading of the page.
    pub async fn title(&self) -> String {
        self.ask_text("page.squeezed(document.querySelector('h1').innerText)").await
    }

    /// What somebody can read on the page.
    pub async fn text(&self) -> String {
        self.ask_text("document.body.innerText").await
    }

    /// What somebody can read in a part of the page, which has this name or this heading.
    pub async fn text_of(&self, part: &str) -> String {
        self.ask_text(&format!("page.part({}).innerText", quoted(part))).await
    }

    /// The column of the first table in a part of the page, from the top.
    pub async fn column(&self, part: &str, heading: &str) -> Vec<String> {
        let rows = self
            .ask(&format!(
                "{{ const table = page.part({}).querySelector('table');
                    const heads = [...table.querySelectorAll('thead th')].map((it) => page.squeezed(it.textContent));
                    const at = heads.indexOf({});
                    if (at < 0) throw new Error(`no column, but ${{heads}}`);
                    [...table.querySelectorAll('tbody tr')].map((row) => page.squeezed(row.children[at].innerText)) }}",
                quoted(part),
                quoted(heading)
            ))
            .await;
        rows.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
    }

    /// What a field has in it.
    pub async fn value(&self, label: &str) -> String {
        self.ask_text(&format!("page.field({}).value", quoted(label))).await
    }

    /// Whether the page has such a button.
    pub async fn has_button(&self, name: &str) -> bool {
        let found = format!("page.all('button').some((it) => page.nameOf(it) === {})", quoted(name));
        self.ask(&found).await == true
    }

    /// The status with which the page was answered.
    pub fn status(&self) -> u64 {
        self.watch.document().status
    }

    /// How many bytes of HTML the page has.
    pub fn size(&self) -> u64 {
        self.watch.document().size
    }

    /// The path and query of the page.
    pub async fn address(&self) -> String {
        self.ask_text("location.pathname + location.search").await
    }

    /// The value of an expression in the page, in which `page` is what `page.js` makes.
    pub async fn ask(&self, expression: &str) -> Value {
        let expression = format!("{{ const page = {PAGE};\n{expression} }}");
        self.evaluate(&expression).await
    }

    /// The text that an expression in the page is.
    pub async fn ask_text(&self, expression: &str) -> String {
        self.ask(expression).await.as_str().expect("text").to_owned()
    }

    async fn evaluate(&self, expression: &str) -> Value {
        let parameters = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut answer = self.send("Runtime.evaluate", parameters).await;
        if let Some(exception) = answer.get("exceptionDetails") {
            panic!("{}", exception["exception"]["description"].as_str().unwrap_or("an exception"));
        }
        answer["result"]["value"].take()
    }

    /// Looks at the page as it stands, in the dark on a telephone and in light on a computer: that nothing is out of
    /// reach, and that axe has nothing against it.
    pub async fn check(&self, what: &str) {
        let flaws = self.flaws(what).await;
        assert!(flaws.is_empty(), "{}", flaws.join("\n"));
    }

    /// What [`Tab::check`] would have against the page.
    pub async fn flaws(&self, what: &str) -> Vec<String> {
        let mut flaws = Vec::new();
        for (size, scheme) in [(PHONE, Scheme::Dark), (SCREEN, Scheme::Light)] {
            self.resize(size).await;
            self.wear(scheme).await;
            let mut found: Vec<_> = self.ask("page.outside()").await.as_array().unwrap().clone();
            if self.runs_scripts {
                self.evaluate(&installed().await.axe).await;
                let violations = axe::described(&self.evaluate(axe::RUN).await);
                found.extend(violations.into_iter().map(Value::from));
            }
            let told = found.iter().map(|it| it.as_str().unwrap_or_default());
            flaws.extend(told.map(|it| format!("{what}, {} wide, {scheme:?}: {it}", size.0)));
        }
        self.assert_quiet(what);
        flaws
    }

    /// Takes a picture of the page from its top, as PNG, down to this height.
    pub async fn picture(&self, to: &Path, height: u32) {
        self.ask("{ scrollTo({ top: 0, behavior: 'instant' }) }").await;
        let width = self.ask("innerWidth").await;
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        let parameters = json!({ "format": "png", "clip": clip, "captureBeyondViewport": true });
        let answer = self.send("Page.captureScreenshot", parameters).await;
        let text = answer["data"].as_str().unwrap();
        std::fs::write(to, base64(text)).unwrap();
    }

    /// Nothing has happened that should not.
    pub fn assert_quiet(&self, what: &str) {
        let complaints = self.watch.take_complaints();
        assert!(complaints.is_empty(), "{what}:\n{}", complaints.join("\n"));
    }

    /// What has happened that should not, of which nothing is left.
    pub fn complaints(&self) -> Vec<String> {
        self.watch.take_complaints()
    }

    async fn send(&self, method: &str, parameters: Value) -> Value {
        let answer = self.connection.try_send(Some(&self.session), method, parameters).await;
        answer.unwrap_or_else(|error| panic!("{method}: {error}"))
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.assert_quiet("the end");
        }
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn base64(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}
