//! Tests of the model with a small sample façade, and with the real one.

use super::*;
use crate::shell::root;

const FILES: &[(&str, &str)] = &[
    (
        "core/src/lib.rs",
        "mod codes; mod event; mod office; mod types; #[cfg(test)] mod nowhere;
         pub use codes::ErrorKind; pub use event::*; pub use office::{Auth, BoxOffice, Builder, Limits, Query, NewSeat, Seat};
         pub use types::*;",
    ),
    (
        "core/src/codes.rs",
        "pub enum ErrorKind { /// The input is wrong.
             Validation }
         codes! { /// Some field is wrong.
             Validation = Validation \"validation\" \"The input is not valid\"; }
         rejections! { /// Why not.
             seat has { /// It is sold.
                 Sold(seat_id): SeatSold = Conflict \"seat.sold\" \"The seat is sold\"; }
             shares { /// Nobody.
                 NoSeller: Validation; } }",
    ),
    (
        "core/src/types.rs",
        "id!(/// Names a seat.
             SeatId);
         text!(/// A title.
             Title, 1..=200);
         pub struct Timestamp(u64); pub enum Actor { System }
         pub struct Page<T> { pub items: Vec<T> }",
    ),
    (
        "core/src/event.rs",
        "use crate::types::SeatId; use smallvec::SmallVec;
         type Seats = SmallVec<[SeatId; 1]>;
         events! { pub enum DomainEvent { /// It was sold.
             SeatSold(SeatSold) } }
         #[serde(rename_all = \"camelCase\")]
         pub struct SeatSold { /// Which.
             #[serde(default, skip_serializing_if = \"Option::is_none\")] pub seat_id: Option<SeatId>, pub others: Seats }",
    ),
    (
        "core/src/office/mod.rs",
        "mod seats; pub use seats::*; use std::path::Path; use std::time::Duration;
         /// Sells seats.
         pub struct BoxOffice(Inner);
         impl BoxOffice {
             pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {}
             pub fn builder() -> Builder {}
             /// Who people are.
             pub fn auth(&self) -> Auth {}
             pub fn admin(&self) -> Admin {}
             pub(crate) fn inner(&self) {}
         }
         pub struct Builder {}
         impl Builder { /// How long.
             pub fn hold(mut self, hold: Duration) -> Self {}
             pub fn limits(mut self, limits: Limits) -> Self {} }
         pub struct Limits { pub hold: Duration, /// How many.
             pub seats_max: usize }",
    ),
    (
        "core/src/office/seats.rs",
        "use super::BoxOffice; use crate::types::{Actor, Page, SeatId, Timestamp}; use std::sync::Arc;
         /// Who people are.
         pub struct Auth { office: BoxOffice, key: Option<IdempotencyKey> }
         impl Auth {
             /// Names the next command.
             pub fn idempotency_key(mut self, key: IdempotencyKey) -> Self { self.key = Some(key); self }
             /// Makes one.
             ///
             /// # Errors
             /// `validation`.
             pub async fn create(&self, seller: SeatId, seat: NewSeat) -> Result<Arc<Seat>, Error> { self.named(1) }
             pub async fn forget(&self, actor: Actor, id: SeatId, keys: &[SeatId]) -> Result<(), Error> { self.keys() }
             pub fn get(&self, id: SeatId, note: &str) -> Result<Option<Arc<Seat>>, Error> {}
             pub fn get_in_memory(&self, id: SeatId) -> Result<Option<Arc<Seat>>, Error> {}
             pub fn list(&self, query: &Query) -> Result<Page<Arc<Seat>>, Error> {}
             pub fn stream(&self, query: Query) -> impl Stream<Item = Result<Arc<Seat>, Error>> + Send {}
             fn named(&self, at: u8) { self.key.as_ref() }
         }
         #[derive(Clone, PartialEq)]
         pub struct Seat { pub id: SeatId, pub(crate) holder: u8, pub status: Status, pub sold_at: Option<Timestamp> }
         impl Seat { /// Whether it is free.
             pub fn is_free(&self) -> bool {} pub fn worth_minor(&self) -> u64 {} pub fn near(&self, far: u8) -> bool {} }
         pub enum Status { /// For sale.
             Free, Sold }
         impl Status { pub const fn as_str(self) -> &'static str { match self { Self::Free => \"free\", Self::Sold => \"sold\" } } }
         pub struct NewSeat { pub title: String, pub price: String, pub starts_at: Option<String> }
         impl NewSeat { pub fn new(title: impl Into<String>, price: impl Into<String>) -> Self {} }
         #[derive(Default)]
         pub struct Query { pub status: Filter }
         pub enum Filter { All, Only(Status) }
         impl Filter { pub fn as_str(self) -> &'static str { match self { Self::All => \"all\", Self::Only(it) => it.as_str() } } }",
    ),
];

fn sample_of(more: &str) -> Result<Model, String> {
    let files = |path: &str| {
        let text = FILES.iter().find(|(name, _)| *name == path).map(|(_, text)| (*text).to_owned())?;
        Some(if path.ends_with("seats.rs") { format!("{text}\n{more}") } else { text })
    };
    Model::of(&Crate::read(ROOT, &files)?)
}

/// Reads the sample, with `Status` and `Filter` exported.
fn sample() -> Model {
    let files = |path: &str| {
        let text = FILES.iter().find(|(name, _)| *name == path).map(|(_, text)| (*text).to_owned())?;
        Some(text.replace("Seat}", "Seat, Status, Filter}"))
    };
    Model::of(&Crate::read(ROOT, &files).unwrap()).unwrap()
}

#[test]
fn handles_have_their_methods() {
    let model = sample();
    assert_eq!(model.office.methods.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["open"]);
    let [auth] = &model.handles[..] else { panic!("{:?}", model.handles) };
    assert_eq!((auth.name.as_str(), auth.accessor.summary.as_str()), ("auth", "Who people are."));
    let names: Vec<_> = auth.methods.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["create", "forget", "get", "list", "iter"]);
    let [create, forget, get, list, iter] = &auth.methods[..] else { unreachable!() };
    assert!(create.is_async && create.takes_key && !forget.takes_key && get.has_quick_form && !list.has_quick_form);
    assert_eq!(create.doc.errors, [Block::Text("`validation`.".into())]);
    let seat = Type::Shared(Box::new(Type::Struct("Seat".into())));
    assert_eq!(create.result, seat);
    assert_eq!(get.result, Type::Optional(Box::new(seat.clone())));
    assert_eq!(list.result, Type::Page(Box::new(seat.clone())));
    assert_eq!((iter.rust.as_str(), &iter.result), ("stream", &Type::Parts(Box::new(seat))));
    let params: Vec<_> = forget.params.iter().map(|it| (it.published.as_str(), it.by_reference)).collect();
    assert_eq!(params, [("actor_id", false), ("seat_id", false), ("keys", true)]);
    assert_eq!(forget.params[2].kind, Type::List(Box::new(Type::Id("SeatId".into()))));
}

#[test]
fn structs_have_roles_and_fields() {
    let model = sample();
    let names: Vec<_> = model.structs.values().map(|it| (it.name.as_str(), it.roles.clone())).collect();
    let expected = [
        ("NewSeat", vec![Role::Input]),
        ("Query", vec![Role::Input]),
        ("Seat", vec![Role::Value]),
        ("SeatSold", vec![Role::Payload]),
    ];
    assert_eq!(names, expected);
    let seat = &model.structs["Seat"];
    assert!(seat.is_shared && seat.is_comparable && !model.structs["Query"].is_shared);
    assert_eq!(seat.fields.iter().map(|it| it.wire.as_str()).collect::<Vec<_>>(), ["id", "status", "soldAt"]);
    assert_eq!(seat.computed.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["is_free"]);
    let new: Vec<_> = model.structs["NewSeat"].fields.iter().map(|it| (it.kind.clone(), it.is_required)).collect();
    let moment = Type::Optional(Box::new(Type::Moment));
    assert_eq!(new, [(Type::Text, true), (Type::Amount, true), (moment, false)]);
    assert!(!model.structs["Query"].fields[0].is_required);
    let sold = &model.structs["SeatSold"].fields;
    assert_eq!((sold[0].may_be_missing, sold[1].may_be_missing), (true, false));
    assert_eq!(sold[1].kind, Type::List(Box::new(Type::Id("SeatId".into()))));
}

#[test]
fn closed_sets_have_texts() {
    let model = sample();
    let texts = |name: &str| model.enums[name].variants.iter().map(|it| it.text.clone()).collect::<Vec<_>>();
    assert_eq!(texts("Status"), ["free", "sold"]);
    assert_eq!(texts("Filter"), ["all", "free", "sold"]);
    assert_eq!(model.enums["Status"].variants[0].doc.summary, "For sale.");
}

#[test]
fn events_choices_and_codes_are_read() {
    let model = sample();
    assert_eq!((model.events[0].name.as_str(), model.events[0].data.as_str()), ("SeatSold", "SeatSold"));
    let choices: Vec<_> = model.choices.iter().map(|it| (it.name.as_str(), it.is_limit)).collect();
    assert_eq!(choices, [("hold", false), ("seats_max", true)]);
    assert_eq!(model.choices[0].params[0].kind, Type::Duration);
    assert_eq!(model.code("validation").map(|code| code.kind.as_str()), Some("Validation"));
    let sold = model.code("seat.sold").unwrap();
    assert_eq!(
        (sold.name.as_str(), sold.kind.as_str(), sold.doc.summary.as_str()),
        ("SeatSold", "Conflict", "It is sold.")
    );
    assert_eq!((model.codes.len(), model.kinds[0].doc.summary.as_str()), (2, "The input is wrong."));
}

#[test]
fn what_is_not_known_says_where_to_add_it() {
    // The sample without its enums at the root.
    let error = sample_of("").unwrap_err();
    assert!(error.contains("`Filter` at `status`") || error.contains("`Status` at `status`"), "{error}");
    assert!(error.starts_with("core/src/office/seats.rs") && error.contains("core/src/lib.rs"), "{error}");
    let error = sample_of("impl Auth { pub fn odd(&self, how: Rc<u8>) {} }").unwrap_err();
    assert!(error.contains("`Rc` at `how`") && error.contains("known.rs"), "{error}");
}

#[test]
fn the_facade_is_read() {
    let model = Model::read(&root()).unwrap();
    let handles: Vec<_> = model.handles.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(handles, ["auth", "tickets", "orders", "payments", "ledger", "journal", "cluster"]);
    for handle in &model.handles {
        assert!(handle.methods.len() > 3, "{}: {:?}", handle.name, handle.methods);
        for method in &handle.methods {
            assert!(!method.doc.summary.is_empty(), "{}.{}", handle.name, method.name);
        }
    }
    assert!(model.events.len() > 25 && model.choices.len() > 15 && model.codes.len() > 40);
    assert!(model.structs["Ticket"].is_shared && model.structs["Session"].is(Role::Input));
    let keyed = |handle: usize| {
        let methods = model.handles[handle].methods.iter();
        methods.filter(|it| it.takes_key).map(|it| it.name.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(keyed(0), ["sign_up"]);
    assert_eq!(keyed(3), ["pay", "refund", "refund_part", "resolve"]);
    let optional: Vec<_> = model.handles.iter().map(|it| (it.is_optional, it.feature.as_deref())).collect();
    assert_eq!(optional[5..], [(false, None), (true, Some("cluster"))]);
}

#[test]
fn options_of_a_part_are_its_setters() {
    let model = Model::read(&root()).unwrap();
    let [cluster] = &model.option_sets[..] else { panic!("{:?}", model.option_sets) };
    assert_eq!((cluster.name.as_str(), cluster.required[0].name.as_str()), ("ClusterOptions", "servers"));
    assert_eq!(cluster.required[0].kind, Type::List(Box::new(Type::Text)));
    let kinds = |name: &str| {
        let choice = cluster.choices.iter().find(|it| it.name == name);
        choice.map(|it| it.params.iter().map(|param| param.kind.clone()).collect::<Vec<_>>())
    };
    assert_eq!(kinds("credentials_file"), Some(vec![Type::Path]));
    assert_eq!(kinds("user"), Some(vec![Type::Text, Type::Text]));
    assert_eq!(kinds("monitoring"), Some(vec![Type::List(Box::new(Type::Text))]));
    assert_eq!(kinds("host_name"), Some(vec![Type::CheckedText("HostName".into())]));
    assert_eq!(kinds("acknowledge"), Some(vec![Type::Enum("Acknowledgement".into())]));
    assert_eq!(kinds("level_within"), Some(vec![Type::Duration]));
    // It is no option, but work.
    assert_eq!(kinds("init"), None);
    assert!(model.choices.iter().any(|it| it.params[0].kind == Type::OptionSet("ClusterOptions".into())));
    assert!(!model.structs.contains_key("ClusterOptions"));
}
