use redb::StorageBackend;

use super::*;

fn write(handle: &DiskHandle, offset: u64, text: &str) -> std::io::Result<()> {
    handle.write(offset, text.as_bytes())
}

#[test]
fn what_was_synced_survives_and_what_was_not_may_be_lost() {
    let mut lost = 0;
    for seed in 0..100 {
        let disk = FaultyDisk::new(seed);
        let handle = disk.open();
        write(&handle, 0, "synced").unwrap();
        handle.sync_data().unwrap();
        write(&handle, 2048, "not synced").unwrap();
        disk.cut_power();
        let content = disk.content();
        assert_eq!(&content[..6], b"synced");
        lost += usize::from(content.len() < 2058);
    }
    assert!((20..80).contains(&lost), "{lost}");
}

#[test]
fn later_writes_may_survive_without_earlier_ones() {
    let is_reordered = |seed: &u64| {
        let disk = FaultyDisk::new(*seed);
        let handle = disk.open();
        handle.set_len(2048).unwrap();
        handle.sync_data().unwrap();
        write(&handle, 0, "first").unwrap();
        write(&handle, 1024, "second").unwrap();
        disk.cut_power();
        let content = disk.content();
        content[0] == 0 && &content[1024..1030] == b"second"
    };
    assert!((0..200).filter(is_reordered).count() > 5);
}

#[test]
fn a_write_may_be_torn() {
    let is_torn = |seed: &u64| {
        let disk = FaultyDisk::new(*seed);
        let handle = disk.open();
        handle.write(0, &[1; 1024]).unwrap();
        disk.cut_power();
        let ones: usize = disk.content().iter().map(|byte| usize::from(*byte)).sum();
        ones != 0 && ones != 512 && ones != 1024
    };
    assert!((0..500).filter(is_torn).count() > 5);
}

#[test]
fn one_seed_is_one_outcome() {
    let left = |seed| {
        let disk = FaultyDisk::new(seed);
        let handle = disk.open();
        (0..50).for_each(|at| write(&handle, at * 700, "0123456789").unwrap());
        disk.cut_power();
        disk.content()
    };
    assert_eq!(left(3), left(3));
    assert_ne!(left(3), left(4));
}

#[test]
fn a_killed_process_loses_nothing_that_it_wrote() {
    let disk = FaultyDisk::new(1);
    let handle = disk.open();
    write(&handle, 0, "written").unwrap();
    disk.kill();
    assert_eq!(write(&handle, 0, "ghost").unwrap_err().to_string(), FaultyDiskError::Dead.to_string());
    assert_eq!(disk.content(), b"written");
}

#[test]
fn faults_come_when_they_are_planned() {
    let disk = FaultyDisk::new(1);
    let handle = disk.open();
    disk.fail_after(1, 2);
    let works: Vec<_> = (0..5).map(|_| write(&handle, 0, "x").is_ok()).collect();
    assert_eq!(works, [true, false, false, true, true]);

    disk.set_capacity(Some(4));
    assert!(write(&handle, 2, "ab").is_ok());
    assert_eq!(write(&handle, 3, "ab").unwrap_err().kind(), std::io::ErrorKind::StorageFull);
    assert_eq!(handle.set_len(5).unwrap_err().kind(), std::io::ErrorKind::StorageFull);

    disk.fail_reads(true);
    assert!(handle.read(0, &mut [0]).is_err());
    disk.mend();
    assert!(handle.read(0, &mut [0]).is_ok());

    disk.cut_power_after(1);
    assert!(handle.sync_data().is_ok());
    assert!(!disk.is_dead());
    assert!(handle.sync_data().is_err());
    assert!(disk.is_dead());
    let handle = disk.open();
    assert!(!disk.is_dead() && handle.sync_data().is_ok());
}

#[test]
fn a_disk_that_lies_about_syncs_forgets() {
    let forgets = |seed: &u64| {
        let disk = FaultyDisk::new(*seed);
        let handle = disk.open();
        disk.lie_about_syncs(true);
        write(&handle, 0, "synced?").unwrap();
        handle.sync_data().unwrap();
        disk.cut_power();
        disk.content() != b"synced?"
    };
    assert!((0..20).filter(forgets).count() > 2);
}
