//! Wakes an event loop from any thread.

use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Wake;

/// A pair of sockets: a byte on it tells the event loop that something has happened.
///
/// However much happens, it rings once until the loop looks. Whoever rings waits for nobody, and needs no interpreter lock.
pub(crate) struct Bell {
    /// `true` while another byte would tell the loop nothing new.
    is_silent: AtomicBool,
    button: UnixStream,
    ear: UnixStream,
}

impl Bell {
    pub(crate) fn new() -> io::Result<Self> {
        let (button, ear) = UnixStream::pair()?;
        button.set_nonblocking(true)?;
        ear.set_nonblocking(true)?;
        Ok(Self { is_silent: AtomicBool::new(false), button, ear })
    }

    /// Returns the descriptor that is readable once the bell has rung.
    pub(crate) fn descriptor(&self) -> RawFd {
        self.ear.as_raw_fd()
    }

    /// Tells the event loop that something has happened. What it is must be visible before.
    pub(crate) fn ring(&self) {
        if !self.is_silent.swap(true, Ordering::AcqRel) {
            // A full socket has already notified the loop; a closed one has no reader.
            let _ = (&self.button).write(&[1]);
        }
    }

    /// Silences the bell. Whoever calls this looks for all that it can tell, calls [`Bell::listen`], and looks once more: what
    /// happens in between rings for nobody.
    pub(crate) fn silence(&self) {
        // Both this and `listen` read what `ring` wrote, so that they see what happened before it.
        self.is_silent.swap(true, Ordering::AcqRel);
        let mut bytes = [0; 64];
        while let Err(error) = (&self.ear).read(&mut bytes) {
            if error.kind() != io::ErrorKind::Interrupted {
                break;
            }
        }
    }

    /// Lets the bell ring again.
    pub(crate) fn listen(&self) {
        self.is_silent.swap(false, Ordering::AcqRel);
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.ring();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.ring();
    }
}
