//! Reads whole lists, page by page.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec;

use futures_core::Stream;

use crate::error::Error;

/// Reader of a list, page by page. Reads a page when its first entry is needed. Ends after the last entry, or after an
/// error.
///
/// `R` reads the page at a position, and returns it with the position of the next page.
#[derive(Debug)]
pub(super) struct Pages<T, P, R> {
    read: R,
    page: vec::IntoIter<T>,
    /// Position of the page to read next; `None` after the last one.
    next: Option<P>,
}

impl<T, P, R: FnMut(P) -> Result<(Vec<T>, Option<P>), Error>> Pages<T, P, R> {
    /// Creates a reader that starts at this position.
    pub(super) fn new(from: P, read: R) -> Self {
        Self { read, page: Vec::new().into_iter(), next: Some(from) }
    }
}

impl<T, P, R: FnMut(P) -> Result<(Vec<T>, Option<P>), Error>> Iterator for Pages<T, P, R> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(entry) = self.page.next() {
                return Some(Ok(entry));
            }
            match (self.read)(self.next.take()?) {
                Ok((entries, next)) => (self.page, self.next) = (entries.into_iter(), next),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// All entries of a list, for blocking and async callers.
pub(crate) trait Entries<T>:
    Iterator<Item = Result<T, Error>> + Stream<Item = Result<T, Error>> + Unpin + Send
{
}

impl<T, I: Iterator<Item = Result<T, Error>> + Stream<Item = Result<T, Error>> + Unpin + Send> Entries<T> for I {}

/// Needs no pinning, because a page is read immediately, by the listing method.
impl<T, P, R> Unpin for Pages<T, P, R> {}

impl<T, P, R: FnMut(P) -> Result<(Vec<T>, Option<P>), Error>> Stream for Pages<T, P, R> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.next())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    #[test]
    fn empty_pages_are_passed_over_and_an_error_ends_the_list() {
        let mut asked = Vec::new();
        let mut pages = Pages::new(0, |place| {
            asked.push(place);
            match place {
                0 => Ok((vec![1, 2], Some(1))),
                1 => Ok((vec![], Some(2))),
                2 => Ok((vec![3], Some(3))),
                _ => Err(Code::JournalUnavailable.into()),
            }
        });
        let found: Vec<_> = pages.by_ref().map(|entry| entry.map_err(|error| error.code())).collect();
        assert_eq!(found, [Ok(1), Ok(2), Ok(3), Err(Code::JournalUnavailable)]);
        assert!(pages.next().is_none());
        drop(pages);
        assert_eq!(asked, [0, 1, 2, 3]);
    }

    #[test]
    fn last_page_ends_the_list() {
        let pages = Pages::new((), |()| Ok((vec!["only"], None)));
        assert_eq!(pages.map(Result::unwrap).collect::<Vec<_>>(), ["only"]);
    }
}
