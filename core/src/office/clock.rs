//! The clock at the start: one that is far from the journal's last time is not believed in silence.

use std::time::Duration;

use crate::error::{Code, Error};
use crate::journal::Head;
use crate::types::Timestamp;

/// How far the clock may be from the last record, behind or ahead.
const DISTANCE_MAX: Duration = Duration::from_hours(90 * 24);

/// Checks that the clock is near the last record of a journal that has one.
///
/// # Errors
/// `clock.jumped`, with both times.
pub(super) fn check(now: Timestamp, head: Head) -> Result<(), Error> {
    let far = now.since(head.at).max(head.at.since(now)) > DISTANCE_MAX;
    if head.seq == 0 || !far {
        return Ok(());
    }
    let direction = if now > head.at { "ahead of" } else { "behind" };
    let message = format!(
        "The clock says {now}, which is far {direction} the journal's last record, of {}: set the clock right, or accept it with \
         the option accept_clock_jump",
        head.at
    );
    Err(Error::with_message(Code::ClockJumped, message))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::event::Hash;
    use crate::testing::ManualClock;
    use crate::{BoxOffice, SignUp};

    const DAY: Duration = Duration::from_hours(24);

    fn noon() -> Timestamp {
        "2027-01-01T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_clock_is_believed_near_the_last_record_only() {
        let head = |seq| Head { seq, hash: Hash::ZERO, at: noon() };
        let before = |by: Duration| Timestamp::from_millis(noon().as_millis() - u64::try_from(by.as_millis()).unwrap());
        for near in [noon(), before(90 * DAY), noon().plus(90 * DAY)] {
            assert!(check(near, head(1)).is_ok(), "{near}");
        }
        let ms = Duration::from_millis(1);
        for far in [before(90 * DAY + ms), noon().plus(90 * DAY + ms), Timestamp::default()] {
            let error = check(far, head(1)).unwrap_err();
            assert_eq!(error.code(), Code::ClockJumped);
            for told in [far.to_string(), noon().to_string(), "accept_clock_jump".to_owned()] {
                assert!(error.to_string().contains(&told), "{error}");
            }
            assert!(check(far, head(0)).is_ok(), "an empty journal has no time");
        }
    }

    #[test]
    fn a_start_ten_years_ahead_leaves_the_directory_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let at = |now| BoxOffice::builder().clock(Arc::new(ManualClock::at(now)));
        let office = at(noon()).open(dir.path()).unwrap().blocking();
        let ann = office.auth().sign_up(SignUp::new("ann@example.com", "correct horse")).unwrap().user.id;
        let ticket = office.tickets().create(ann, crate::NewTicket::new("Hamlet", "1")).unwrap().id;
        let bob = office.auth().sign_up(SignUp::new("bob@example.com", "correct horse")).unwrap().user.id;
        let order = office.orders().create(bob, &[ticket]).unwrap().id;
        let head = office.journal().head().unwrap();
        office.close().unwrap();

        let later = noon().plus(3650 * DAY);
        let refused = at(later).open(dir.path()).unwrap_err();
        assert_eq!((refused.code(), refused.status_code()), (Code::ClockJumped, 503));
        let office = at(noon()).open(dir.path()).unwrap().blocking();
        assert_eq!(office.journal().head().unwrap(), head);
        assert_eq!(office.orders().get(bob, order).unwrap().status.as_str(), "created");
        office.close().unwrap();

        let office = at(later).accept_clock_jump(true).open(dir.path()).unwrap().blocking();
        assert_eq!(office.orders().get(bob, order).unwrap().status.as_str(), "expired");
        office.close().unwrap();
        assert_eq!(at(noon()).open(dir.path()).unwrap_err().code(), Code::ClockJumped);
        let office = at(noon()).accept_clock_jump(true).open(dir.path()).unwrap();
        assert_eq!(office.now(), later, "time never runs backwards");
    }
}
