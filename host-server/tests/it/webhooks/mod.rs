//! Tests of webhooks from end to end, with the real binary and a receiver on a socket.

mod console;
mod process;
mod receiver;
