//! A box office that lives as long as the process, in memory if the machine has `/dev/shm`.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use axum::Router;
use boxoffice::testing::{ManualClock, SeededIds};
use boxoffice::{BoxOffice, KeyRing, SignUp, SignedIn};
use boxoffice_server::{AppState, Settings, app};
use tempfile::TempDir;

/// A box office and its users.
pub(crate) struct Shop {
    pub(crate) office: BoxOffice,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) people: Vec<SignedIn>,
    pub(crate) router: Router,
    pub(crate) runtime: tokio::runtime::Runtime,
    _dir: TempDir,
}

/// Box office shared by all inputs of a process. Each input creates its own tickets.
pub(crate) static SHOP: LazyLock<Shop> = LazyLock::new(Shop::open);

impl Shop {
    fn open() -> Self {
        let memory = Path::new("/dev/shm");
        let dir = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.unwrap();
        let clock = Arc::new(ManualClock::at("2027-01-01T12:00:00Z".parse().unwrap()));
        let builder = BoxOffice::builder().clock(clock.clone()).ids(Arc::new(SeededIds::new(7)));
        let office = builder.key_ring(KeyRing::new(&[7; 32]).unwrap()).open(dir.path()).unwrap();
        let sign_up = |number| SignUp::new(format!("person{number}@example.com"), "correct horse");
        let people = (0..4).map(|number| office.blocking().auth().sign_up(sign_up(number)).unwrap()).collect();
        let state = AppState::new(office.clone(), Settings { rate_limit: false, ..Settings::default() });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { office, clock, people, router: app(state), runtime, _dir: dir }
    }
}
