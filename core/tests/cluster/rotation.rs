//! The secret that hosts share is changed while they sell.

use std::sync::Arc;

use boxoffice::gateway::{PaymentGateway, Sandbox};
use boxoffice::{BoxOffice, Code, KeyRing, SignIn};

use crate::support::{LONG, PASSWORD, SECRET, Trio, user, within};

/// Secret that takes the place of the first one.
const NEW: &[u8] = b"another secret that all hosts are to share";

#[test]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
fn the_secret_is_changed_one_host_after_the_other() {
    let mut trio = Trio::start();
    let gateway: Arc<dyn PaymentGateway> = Arc::new(Sandbox::in_memory());
    user(&trio.hosts[0], "ann");
    let sign_in = |office: &BoxOffice| {
        let signed_in = office.blocking().auth().sign_in(SignIn::new("ann@example.com", PASSWORD)).unwrap();
        signed_in.token
    };
    trio.level(&[0, 1, 2]);
    let first = sign_in(&trio.hosts[0]);
    // Known everywhere before it is used anywhere, used everywhere before the old one is forgotten anywhere.
    let announced = KeyRing::new(SECRET).unwrap().with_previous(NEW).unwrap();
    let changed = KeyRing::new(NEW).unwrap().with_previous(SECRET).unwrap();
    for (step, keys) in [announced, changed, KeyRing::new(NEW).unwrap()].into_iter().enumerate() {
        for number in 0..3 {
            trio.hosts[number].blocking().close().unwrap();
            let builder = BoxOffice::builder().key_ring(keys.clone()).gateway(Arc::clone(&gateway));
            trio.reopen_as(number, |dir, options| builder.cluster(options).open(dir).unwrap());
            within(LONG, || trio.hosts.iter().all(|host| host.check_ready().is_ok()));
            // Whichever host writes: what is given to the others comes there, and keys of personal data do.
            let names: Vec<String> = (0..3).map(|host| format!("user-{step}-{number}-{host}")).collect();
            for (host, name) in names.iter().enumerate() {
                user(&trio.hosts[host], name);
            }
            trio.level(&[0, 1, 2]);
            let token = sign_in(&trio.hosts[number]);
            for host in &trio.hosts {
                assert!(host.auth().authenticate(&token).is_ok(), "a session holds on all hosts");
            }
        }
    }
    assert_eq!(trio.hosts[0].auth().authenticate(&first).unwrap_err().code(), Code::AuthRequired);
    trio.verify(&[0, 1, 2]);
}
