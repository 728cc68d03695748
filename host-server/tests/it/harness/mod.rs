//! A host with its own directory and clock: the router in this process, behind a proxy if `BOXOFFICE_TEST_PROXY` names
//! one, or the program that `BOXOFFICE_TEST_HOST` names.

mod described;
mod fees;
mod outside;
mod process;
mod proxied;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use boxoffice::testing::ManualClock;
use boxoffice::{BoxOffice, Builder};
use boxoffice_server::{AppState, Settings, app_with};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

pub(crate) use fees::Fees;
use outside::Outside;
pub(crate) use process::{Finish, Process, command};
use proxied::{Proxied, Proxy};

pub(crate) const PASSWORD: &str = "correct horse battery";

/// Name by which every host is asked.
const NAME: &str = "ticketing.dev";

/// Time at which every host starts.
const NOON: &str = "2027-01-01T12:00:00Z";

/// A host.
pub(crate) struct Host {
    pub(crate) clock: HostClock,
    place: Arc<Place>,
    settings: Settings,
    fees: Option<Fees>,
    dir: TempDir,
}

/// The place in which a host runs.
enum Place {
    Inside(Box<Inside>),
    Outside(Outside),
}

/// A host in this process.
pub(crate) struct Inside {
    pub(crate) office: BoxOffice,
    pub(crate) state: AppState,
    router: Router,
    /// `None` if the router is called directly.
    proxied: Option<Proxied>,
}

impl Inside {
    fn new(office: BoxOffice, settings: Settings, more: Router<AppState>, proxy: Option<Proxy>) -> Self {
        let state = AppState::new(office.clone(), settings);
        let router = app_with(state.clone(), more);
        let proxied = proxy.map(|proxy| Proxied::start(proxy, router.clone()));
        Self { office, state, router, proxied }
    }
}

/// The clock of a host.
pub(crate) struct HostClock {
    clock: Arc<ManualClock>,
    place: Arc<Place>,
}

impl HostClock {
    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
        if let Place::Outside(host) = self.place.as_ref() {
            host.advance(by);
        }
    }
}

impl Host {
    pub(crate) fn start() -> Self {
        Self::with(Settings::default())
    }

    /// Starts a host with these settings, but without rate limits.
    pub(crate) fn with(settings: Settings) -> Self {
        Self::chosen(settings, None)
    }

    /// Starts a host with fees.
    pub(crate) fn keeping(fees: Fees) -> Self {
        Self::chosen(Settings::default(), Some(fees))
    }

    fn chosen(settings: Settings, fees: Option<Fees>) -> Self {
        let settings = Settings { rate_limit: false, ..settings };
        let dir = tempfile::tempdir().unwrap();
        let Some(command) = outside::command(dir.path(), &settings, fees, Some(NOON)) else {
            let proxy = Proxy::told();
            let settings = proxy.iter().fold(settings, |settings, proxy| proxy.settings(settings));
            let built = Self::inside_of(settings, |builder| keeping(builder, fees), Router::new(), proxy);
            return Self { fees, ..built };
        };
        let clock = Arc::new(ManualClock::at(NOON.parse().unwrap()));
        Self::at(Place::Outside(Outside::start(command)), clock, settings, fees, dir)
    }

    /// Starts a host in this process in every case, for the tests in the module `inside`.
    pub(crate) fn built(settings: Settings, build: impl FnOnce(Builder) -> Builder, more: Router<AppState>) -> Self {
        Self::inside_of(settings, build, more, None)
    }

    fn inside_of(
        settings: Settings,
        build: impl FnOnce(Builder) -> Builder,
        more: Router<AppState>,
        proxy: Option<Proxy>,
    ) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(NOON.parse().unwrap()));
        let builder =
            build(BoxOffice::builder().clock(clock.clone()).answer_payment_within(Duration::from_millis(200)));
        let inside = Inside::new(builder.open(dir.path()).unwrap(), settings.clone(), more, proxy);
        Self::at(Place::Inside(Box::new(inside)), clock, settings, None, dir)
    }

    fn at(place: Place, clock: Arc<ManualClock>, settings: Settings, fees: Option<Fees>, dir: TempDir) -> Self {
        let place = Arc::new(place);
        Self { clock: HostClock { clock, place: Arc::clone(&place) }, place, settings, fees, dir }
    }

    /// Restarts the host with its data.
    pub(crate) async fn restart(self) -> Self {
        let Self { clock: HostClock { clock, place: other }, place, settings, fees, dir } = self;
        drop(other);
        let place = match Arc::into_inner(place).expect("somebody still talks to the host") {
            Place::Inside(mut inside) => {
                let proxy = match inside.proxied.take() {
                    Some(proxied) => Some(proxied.end().await),
                    None => None,
                };
                inside.office.close().await.unwrap();
                drop(inside);
                let builder = keeping(BoxOffice::builder().clock(clock.clone()), fees);
                let office = builder.open(dir.path()).unwrap();
                Place::Inside(Box::new(Inside::new(office, settings.clone(), Router::new(), proxy)))
            }
            Place::Outside(host) => {
                host.end();
                let now = boxoffice::Clock::now(clock.as_ref()).to_string();
                let command = outside::command(dir.path(), &settings, fees, Some(&now)).unwrap();
                Place::Outside(Outside::start(command))
            }
        };
        Self::at(place, clock, settings, fees, dir)
    }

    /// Returns the parts of a host in this process.
    pub(crate) fn inside(&self) -> &Inside {
        match self.place.as_ref() {
            Place::Inside(inside) => inside,
            Place::Outside(_) => panic!("this test needs a host in its own process"),
        }
    }

    pub(crate) async fn set_operator(&self, email: &str, operator: bool) {
        match self.place.as_ref() {
            Place::Inside(inside) => drop(inside.office.auth().set_operator(email, operator).await.unwrap()),
            Place::Outside(host) => host.set_operator(email, operator),
        }
    }

    /// Closes the box office; the host continues.
    pub(crate) async fn close_office(&self) {
        match self.place.as_ref() {
            Place::Inside(inside) => inside.office.close().await.unwrap(),
            Place::Outside(host) => host.close_office(),
        }
    }

    /// Returns the session as browsers send it: over https, its cookie has a name that nobody can plant.
    pub(crate) fn session(&self, token: &str) -> String {
        let prefix = if self.settings.is_https() { "__Host-" } else { "" };
        format!("{prefix}session={token}")
    }

    /// Returns the `Set-Cookie` of a session that lasts for so many seconds.
    pub(crate) fn set_session(&self, token: &str, seconds: u32) -> String {
        let secure = if self.settings.is_https() { "; Secure" } else { "" };
        format!("{}; HttpOnly; SameSite=Lax{secure}; Path=/; Max-Age={seconds}", self.session(token))
    }

    pub(crate) fn call(&self, method: &str, path: &str) -> Call {
        let request = Request::builder().method(method).uri(path).header(header::HOST, NAME);
        let offers_some = !self.settings.services.is_all();
        Call { place: Arc::clone(&self.place), offers_some, request, body: Body::empty() }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path).send().await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path).json(body).send().await
    }

    /// Signs up a user.
    pub(crate) async fn person(&self, name: &str) -> Person<'_> {
        let body = json!({ "email": format!("{name}@example.com"), "password": PASSWORD });
        let answer = self.post("/api/users/signup", body).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        Person { host: self, token: answer.cookie().unwrap(), id: answer.body["id"].as_str().unwrap().to_owned() }
    }

    pub(crate) async fn operator(&self, name: &str) -> Person<'_> {
        let person = self.person(name).await;
        self.set_operator(&format!("{name}@example.com"), true).await;
        person
    }
}

/// Adds the fees to the builder, if there are any.
fn keeping(builder: Builder, fees: Option<Fees>) -> Builder {
    match fees {
        Some(fees) => builder.fees(fees.policy()),
        None => builder,
    }
}

/// A signed-in user.
#[derive(Clone)]
pub(crate) struct Person<'a> {
    host: &'a Host,
    pub(crate) token: String,
    pub(crate) id: String,
}

impl Person<'_> {
    pub(crate) fn call(&self, method: &str, path: &str) -> Call {
        self.host.call(method, path).header("cookie", &self.host.session(&self.token))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path).send().await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path).json(body).send().await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path).send().await
    }

    /// Lists a ticket and returns its id.
    pub(crate) async fn lists(&self, title: &str, price: &str) -> String {
        let answer = self.post("/api/tickets", json!({ "title": title, "price": price })).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.id()
    }

    /// Orders a ticket and returns the order's id.
    pub(crate) async fn orders(&self, ticket: &str) -> String {
        let answer = self.post("/api/orders", json!({ "ticketId": ticket })).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.id()
    }

    pub(crate) async fn pays(&self, order: &str, token: &str) -> Answer {
        self.post("/api/payments", json!({ "orderId": order, "token": token })).await
    }
}

/// A builder of a request.
pub(crate) struct Call {
    place: Arc<Place>,
    /// `true` if the host offers some services only.
    offers_some: bool,
    request: axum::http::request::Builder,
    body: Body,
}

impl Call {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// A header whose value need not be text.
    pub(crate) fn raw_header(mut self, name: &str, value: axum::http::HeaderValue) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn extension<T: Clone + Send + Sync + 'static>(mut self, extension: T) -> Self {
        self.request = self.request.extension(extension);
        self
    }

    #[expect(clippy::needless_pass_by_value, reason = "reads better with json!")]
    pub(crate) fn json(self, body: Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    pub(crate) fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) async fn send(self) -> Answer {
        let (status, headers, body) = self.stream().await;
        let bytes = axum::body::to_bytes(body, 64 << 20).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: status.as_u16(), headers, body, text }
    }

    /// Sends the request, and returns the response without reading its body. Checks that the description contains the
    /// status.
    pub(crate) async fn stream(self) -> (StatusCode, HeaderMap, Body) {
        let request = self.request.body(self.body).unwrap();
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let answer = Self::answer(&self.place, request).await;
        // A host that offers some services only has nothing to do with what describes all of them.
        let is_of_another =
            self.offers_some && answer.1.get("x-error-code").is_some_and(|code| code == "route.not_found");
        if !is_of_another {
            described::check(method.as_str(), &path, answer.0.as_u16());
        }
        answer
    }

    async fn answer(place: &Place, request: Request<Body>) -> (StatusCode, HeaderMap, Body) {
        let inside = match place {
            Place::Inside(inside) => inside,
            Place::Outside(host) => return host.send(request).await,
        };
        if let Some(proxied) = &inside.proxied {
            return proxied.send(request).await;
        }
        let response = inside.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts.status, parts.headers, body)
    }
}

/// The response to a request.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn id(&self) -> String {
        self.body["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Returns the value of the session cookie that the response sets.
    pub(crate) fn cookie(&self) -> Option<String> {
        let cookie = self.header("set-cookie")?;
        let cookie = cookie.strip_prefix("__Host-").unwrap_or(cookie).strip_prefix("session=")?;
        Some(cookie.split(';').next().unwrap().to_owned())
    }

    pub(crate) fn code(&self) -> &str {
        self.header("x-error-code").unwrap_or("")
    }

    /// Checks that this is an error of the common shape, with exactly its members and the code in the header.
    pub(crate) fn is_error(&self, status: u16, code: &str) -> &Self {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.text);
        assert_eq!(self.header("content-type"), Some("application/json"));
        assert_eq!(self.body.as_object().unwrap().len(), 1, "{}", self.text);
        let errors = self.body["errors"].as_array().unwrap();
        assert!(!errors.is_empty(), "{}", self.text);
        for error in errors {
            let error = error.as_object().unwrap();
            assert!(error["message"].is_string(), "{}", self.text);
            assert!(error.keys().all(|key| key == "message" || key == "field"), "{}", self.text);
        }
        self
    }

    /// Checks that the error names exactly these fields.
    pub(crate) fn about(&self, fields: &[&str]) {
        let errors = self.body["errors"].as_array().unwrap();
        let about: Vec<&str> = errors.iter().filter_map(|error| error["field"].as_str()).collect();
        assert_eq!(about, fields, "{}", self.text);
    }
}
