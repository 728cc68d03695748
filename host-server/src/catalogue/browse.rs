//! What visitors ask the catalogue for, and what it finds.

use boxoffice::{Category, PriceBound, SearchText, Timestamp};

use super::index::{Place, Selection, Sort};
use super::on_sale::OnSale;
use super::shows::Shows;

/// The filters and the order of a listing.
#[derive(Debug, Default)]
pub(crate) struct Browse<'a> {
    /// Words of the show or its tickets.
    pub(crate) search: Option<&'a SearchText>,
    /// The category; empty for all.
    pub(crate) category: &'a str,
    /// Maximum of the show's lowest price, in major units of any currency.
    pub(crate) max_price: Option<PriceBound>,
    /// Shows that start at this time or later.
    pub(crate) from: Option<Timestamp>,
    /// Shows that start before this time.
    pub(crate) until: Option<Timestamp>,
    /// `true` for shows with tickets on sale only.
    pub(crate) only_left: bool,
    /// The order.
    pub(crate) sort: Sort,
}

impl Browse<'_> {
    /// Returns `true` for all open shows, in whatever order.
    fn is_plain(&self) -> bool {
        let has_filter =
            self.search.is_some() || !self.category.is_empty() || self.max_price.is_some() || self.only_left;
        !has_filter && self.from.is_none() && self.until.is_none()
    }

    /// Returns `true` if the filters, but for the words, admit a show at this place.
    fn admits(&self, place: &Place, now: Timestamp) -> bool {
        let category = place.category.as_ref().map_or("", Category::as_str);
        place.is_open(now)
            && !(self.only_left && place.is_sold_out)
            && (self.category.is_empty() || self.category == category)
            && self.from.is_none_or(|from| place.starts_at.is_some_and(|at| at >= from))
            && self.until.is_none_or(|until| place.starts_at.is_some_and(|at| at < until))
            // A sold-out show has no price.
            && self.max_price.is_none_or(|max| place.lowest.is_some_and(|low| low <= max))
    }
}

/// The shows that a listing has found.
#[derive(Debug)]
pub(crate) struct Found<'a> {
    shows: &'a Shows,
    sort: Sort,
    now: Timestamp,
    /// The matching shows; `None` for all open shows.
    selection: Option<Selection>,
}

impl<'a> Found<'a> {
    /// Returns the number of shows.
    pub(crate) fn count(&self) -> usize {
        let all = || {
            let (on_sale, sold_out) = self.shows.index.counts(self.now);
            on_sale + sold_out
        };
        self.selection.as_ref().map_or_else(all, |selection| selection.count)
    }

    /// Returns the number of sold-out shows.
    pub(crate) fn sold_out(&self) -> usize {
        let all = || self.shows.index.counts(self.now).1;
        self.selection.as_ref().map_or_else(all, |selection| selection.sold_out)
    }

    /// Returns at most `len` shows after the first `skipped`.
    pub(crate) fn page(&self, skipped: usize, len: usize) -> Vec<&'a OnSale> {
        let keys = self.shows.index.page(self.sort, self.selection.as_ref(), self.now, skipped, len);
        keys.into_iter().filter_map(|key| self.shows.by_key.get(&key)).collect()
    }
}

impl Shows {
    /// Finds the shows that match, in order. Shows with tickets on sale come before sold-out ones.
    pub(crate) fn browse(&self, browse: &Browse<'_>, now: Timestamp) -> Found<'_> {
        let selection = (!browse.is_plain()).then(|| self.select(browse, now));
        Found { shows: self, sort: browse.sort, now, selection }
    }

    fn select(&self, browse: &Browse<'_>, now: Timestamp) -> Selection {
        let Some(search) = browse.search else {
            return self.index.select(None, |place| browse.admits(place, now));
        };
        let with_words = self.words.find(search, self.index.slots());
        let is_sure = search.is_indexed_whole();
        let has_words = |place: &Place| self.by_key.get(&place.key).is_some_and(|show| show.has_words(search));
        self.index.select(Some(with_words), |place| browse.admits(place, now) && (is_sure || has_words(place)))
    }
}
