//! The order in which people walk along a row.

use crate::plan::Point;

/// Returns the order in which people walk along the seats of a row, as indices of the seats.
///
/// This is the order of the file, unless its positions tell that it can't be: where odd numbers go to the left and even
/// ones to the right, a file in the order of the numbers leads back and forth. Then it is the order along the straight
/// line through the row. A walk that is not clearly shorter than the file's, as at a table, changes nothing.
pub(super) fn order(positions: &[Point]) -> Vec<usize> {
    let by_file: Vec<usize> = (0..positions.len()).collect();
    let (Some(start), Some(end)) = ends(positions) else { return by_file };
    // Whoever comes first in the file stays in front.
    let (start, end) = (start.min(end), start.max(end));
    let along = |seat: usize| {
        let part = |of: fn(Point) -> i32| {
            let from = i64::from(of(positions[start]));
            (i64::from(of(positions[seat])) - from) * (i64::from(of(positions[end])) - from)
        };
        part(|point| point.x) + part(|point| point.y)
    };
    let mut by_line = by_file.clone();
    by_line.sort_by_key(|seat| along(*seat));
    // Less than three quarters.
    if length(positions, &by_line) * 4 < length(positions, &by_file) * 3 { by_line } else { by_file }
}

/// Returns the two ends of a row: the seat that is farthest from the first one, and the one that is farthest from that.
fn ends(positions: &[Point]) -> (Option<usize>, Option<usize>) {
    let farthest = |from: Point| {
        let farther = |(_, one): &(usize, u64), (_, other): &(usize, u64)| one.cmp(other);
        let distances = positions.iter().map(|point| from.square_distance(*point)).enumerate();
        distances.max_by(farther).map(|(seat, _)| seat)
    };
    let start = positions.first().and_then(|first| farthest(*first));
    (start, start.and_then(|start| farthest(positions[start])))
}

/// Returns the length of a walk from seat to seat, in hundredths. Whole numbers are the same on every machine, which
/// `hypot` is not. The limits of positions keep the squares below 2^63.
fn length(positions: &[Point], order: &[usize]) -> u64 {
    let step = |pair: &[usize]| (positions[pair[0]].square_distance(positions[pair[1]]) * 10_000).isqrt();
    order.windows(2).map(step).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(xs: &[i32]) -> Vec<Point> {
        xs.iter().map(|x| Point { x: *x, y: -x * x / 1000 }).collect()
    }

    #[test]
    fn the_order_of_the_file_is_kept() {
        for xs in [&[][..], &[5], &[5, 5], &[100, 200, 300, 600, 700], &[700, 600, 300], &[7, 7, 7]] {
            assert_eq!(order(&row(xs)), (0..xs.len()).collect::<Vec<_>>(), "{xs:?}");
        }
    }

    #[test]
    fn odd_seats_on_one_side_and_even_ones_on_the_other_are_a_row() {
        assert_eq!(order(&row(&[-100, 100, -300, 300, -500, 500])), [4, 2, 0, 1, 3, 5]);
        assert_eq!(order(&row(&[0, 200, -200, 400])), [2, 0, 1, 3]);
    }

    #[test]
    fn a_walk_that_is_shorter_by_a_quarter_is_not_clearly_shorter() {
        let row = |xs: [i32; 4]| order(&xs.map(|x| Point { x, y: 0 }));
        assert_eq!(row([0, 200, 100, 300]), [0, 2, 1, 3], "300 instead of 500");
        assert_eq!(row([0, 200, 150, 300]), [0, 1, 2, 3], "300 instead of 400");
        assert_eq!(row([0, 201, 150, 300]), [0, 2, 1, 3], "300 instead of 402");
    }

    #[test]
    fn places_at_the_limit_are_measured() {
        let far = 10_000_001;
        let corners = [(-far, -far), (far, far), (-far, -far), (far, far)].map(|(x, y)| Point { x, y });
        assert_eq!(order(&corners), [0, 2, 1, 3]);
    }

    #[test]
    fn a_table_is_walked_around() {
        let chairs = [(0, 0), (200, 0), (400, 0), (600, 0), (600, 200), (400, 200), (200, 200), (0, 200)];
        let chairs: Vec<_> = chairs.into_iter().map(|(x, y)| Point { x, y }).collect();
        assert_eq!(order(&chairs), [0, 1, 2, 3, 4, 5, 6, 7]);
    }
}
