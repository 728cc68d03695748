//! Opening: checkpointed entities are present, and a file that can't be trusted is rebuilt.

use super::Fault;
use super::model::check;
use super::world::World;
use crate::journal::Head;
use crate::views::active::NOTHING;
use crate::views::checkpoint::Source;
use crate::views::{Views, ViewsError};

#[test]
fn without_a_clean_close_the_last_checkpoint_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let copies = tempfile::tempdir().unwrap();
    let mut world = World::new(1);
    let views = Views::open(Some(dir.path()), &|_| true).unwrap();
    for copy in 0..8 {
        world.batch(&views, 60);
        views.checkpoint().unwrap();
        let mut then = world.clone();
        world.batch(&views, 60);
        // A copy of an open file is what a killed process leaves behind.
        let copy = copies.path().join(copy.to_string());
        std::fs::create_dir(&copy).unwrap();
        std::fs::copy(dir.path().join("views.redb"), copy.join("views.redb")).unwrap();
        check(&mut then, &Views::open(Some(&copy), &|_| true).unwrap());
    }
}

#[test]
fn replaying_the_tail_again_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut world = World::new(2);
    let views = Views::open(Some(dir.path()), &|_| true).unwrap();
    world.batch(&views, 300);
    views.checkpoint().unwrap();
    let mut before = world.clone();
    before.batch(&views, 100);
    drop(views);
    let views = Views::open(Some(dir.path()), &|_| true).unwrap();
    assert_eq!(views.covers(), world.head);
    world.batch(&views, 100);
    check(&mut before, &views);
}

#[test]
fn a_position_that_is_not_in_the_journal_means_a_new_file() {
    let dir = tempfile::tempdir().unwrap();
    let mut world = World::new(3);
    let views = Views::open(Some(dir.path()), &|_| panic!("a new file covers nothing")).unwrap();
    world.batch(&views, 100);
    views.checkpoint().unwrap();
    drop(views);
    let asked = std::cell::Cell::new(None::<Head>);
    let views = Views::open(Some(dir.path()), &|head| {
        asked.set(Some(head));
        false
    })
    .unwrap();
    assert_eq!(asked.get(), Some(world.head));
    assert_eq!((views.covers(), views.metrics().in_memory, views.metrics().users), (NOTHING, 0, 0));
}

#[test]
fn a_file_that_is_open_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let mut world = World::new(4);
    let views = Views::open(Some(dir.path()), &|_| true).unwrap();
    world.batch(&views, 100);
    views.checkpoint().unwrap();
    assert!(matches!(Views::open(Some(dir.path()), &|_| true), Err(ViewsError::InUse)));
    check(&mut world, &views);
}

#[test]
fn a_missing_directory_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("missing");
    assert!(matches!(Views::open(Some(&missing), &|_| true), Err(ViewsError::Storage(_))));
}

#[test]
fn what_could_not_be_written_waits() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("views.redb");
    let fault = Fault::default();
    let mut world = World::new(6);
    let views = Views::open_source(Source::Faulty(path, fault.clone()), &|_| true).unwrap();
    for _ in 0..5 {
        world.batch(&views, 100);
        views.checkpoint().unwrap();
        world.batch(&views, 100);
        let dirty = views.dirty();
        fault.set(true);
        assert!(matches!(views.checkpoint(), Err(ViewsError::Storage(_))));
        assert!(matches!(views.checkpoint(), Err(ViewsError::Storage(_))));
        assert_eq!(views.dirty(), dirty);
        world.batch(&views, 100);
        fault.set(false);
        views.checkpoint().unwrap();
        assert_eq!(views.dirty(), 0);
        check(&mut world, &views);
    }
    drop(views);
    check(&mut world, &Views::open(Some(dir.path()), &|_| true).unwrap());
}

#[test]
fn nothing_new_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut world = World::new(7);
    let views = Views::open(Some(dir.path()), &|_| true).unwrap();
    world.batch(&views, 50);
    views.checkpoint().unwrap();
    let written = std::fs::read(dir.path().join("views.redb")).unwrap();
    assert_eq!(views.checkpoint().unwrap(), world.head);
    assert!(std::fs::read(dir.path().join("views.redb")).unwrap() == written);
}

#[test]
fn a_closed_file_stays_closed() {
    let dir = tempfile::tempdir().unwrap();
    let mut world = World::new(8);
    let views = Views::open(Some(dir.path()), &|_| true).unwrap();
    world.batch(&views, 100);
    views.checkpoint().unwrap();
    let mut then = world.clone();
    world.batch(&views, 50);
    views.close();
    let opened = Views::open(Some(dir.path()), &|_| true).unwrap();
    // A late checkpoint of the old views neither reopens the file nor writes to it.
    assert!(matches!(views.checkpoint(), Err(ViewsError::Storage(_))));
    assert!(matches!(views.checkpoint(), Err(ViewsError::Storage(_))));
    check(&mut then, &opened);
}

#[test]
fn compaction_gives_room_back_and_keeps_all() {
    let dir = tempfile::tempdir().unwrap();
    let mut world = World::new(11);
    let views = Views::open(Some(dir.path()), &|_| true).unwrap();
    for _ in 0..12 {
        world.batch(&views, 400);
        views.checkpoint().unwrap();
    }
    let len = || std::fs::metadata(dir.path().join("views.redb")).unwrap().len();
    let before = len();
    views.compact().unwrap();
    assert!(len() < before, "{} of {before}", len());
    check(&mut world, &views);
    world.batch(&views, 50);
    views.checkpoint().unwrap();
    drop(views);
    check(&mut world, &Views::open(Some(dir.path()), &|_| true).unwrap());
}
