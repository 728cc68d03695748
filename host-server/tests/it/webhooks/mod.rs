//! Webhooks end to end: the real binary, and a receiver on a socket of its own.

mod console;
mod process;
mod receiver;
