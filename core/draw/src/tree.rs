//! Merkle trees: one hash stands for a list, and a few hashes prove what the list has at a position.
//!
//! The tree has the shape of RFC 6962: a last hash without a neighbour goes up as it is. Leaves, nodes and roots are
//! hashed under different names and the root counts the leaves, so that no node passes for a leaf and no list for a
//! longer one.

use crate::bytes::Digest;
use crate::digest::digest;

/// A tree with all its levels: first the leaves, last the top alone.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    levels: Vec<Vec<Digest>>,
}

impl Tree {
    /// Creates the tree of a list, which must not be empty.
    pub(crate) fn new(list: impl IntoIterator<Item = Digest>) -> Self {
        let mut levels: Vec<Vec<Digest>> = vec![list.into_iter().map(|hash| leaf(&hash)).collect()];
        while let Some(level) = levels.last().filter(|level| level.len() > 1) {
            let above = level.chunks(2).map(parent).collect();
            levels.push(above);
        }
        Self { levels }
    }

    /// Returns the root under a name, which says what the list is.
    pub(crate) fn root(&self, name: &str) -> Digest {
        let count = self.levels.first().map_or(0, Vec::len);
        let top = self.levels.last().and_then(|level| level.first()).copied();
        root(name, number(count), &top.unwrap_or_else(|| digest("nothing", &[])))
    }

    /// Returns the hashes beside the way from a position up to the top.
    pub(crate) fn path(&self, position: usize) -> Vec<Digest> {
        let positions = (0..).map(|level| position >> level);
        let beside = self.levels.iter().zip(positions).filter_map(|(level, position)| level.get(position ^ 1));
        beside.copied().collect()
    }
}

/// Returns the root of the list of `count` hashes that has `hash` at a position, or `None` if the path belongs to no
/// such list.
pub(crate) fn climb(name: &str, hash: &Digest, position: u64, count: u64, path: &[Digest]) -> Option<Digest> {
    if position >= count {
        return None;
    }
    let mut beside = path.iter();
    let (mut top, mut position, mut last) = (leaf(hash), position, count - 1);
    while last > 0 {
        if position % 2 == 1 {
            top = node(beside.next()?, &top);
        } else if position < last {
            top = node(&top, beside.next()?);
        }
        (position, last) = (position / 2, last / 2);
    }
    beside.next().is_none().then(|| root(name, count, &top))
}

/// Returns a length as it is hashed and published.
pub(crate) fn number(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

fn leaf(hash: &Digest) -> Digest {
    digest("leaf", &[hash.as_bytes()])
}

fn node(left: &Digest, right: &Digest) -> Digest {
    digest("node", &[left.as_bytes(), right.as_bytes()])
}

fn parent(children: &[Digest]) -> Digest {
    match children {
        [left, right] => node(left, right),
        alone => alone[0],
    }
}

fn root(name: &str, count: u64, top: &Digest) -> Digest {
    digest(name, &[&count.to_be_bytes(), top.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(len: u8) -> Vec<Digest> {
        (0..len).map(|at| Digest::from_bytes([at; 32])).collect()
    }

    #[test]
    fn every_position_of_every_shape_is_proved() {
        for len in 1..=33 {
            let list = list(len);
            let tree = Tree::new(list.clone());
            let root = tree.root("root");
            for (position, hash) in list.iter().enumerate() {
                let (at, count, path) = (number(position), u64::from(len), tree.path(position));
                assert_eq!(climb("root", hash, at, count, &path), Some(root), "{position} of {len}");
                let beside = Digest::from_bytes([99; 32]);
                assert_ne!(climb("root", &beside, at, count, &path), Some(root), "{position} of {len}");
                assert_ne!(climb("root", hash, at, count + 1, &path), Some(root), "{position} of {len}");
                assert_ne!(climb("root", hash, at + 1, count, &path), Some(root), "{position} of {len}");
                assert_ne!(climb("order", hash, at, count, &path), Some(root), "{position} of {len}");
                assert_eq!(climb("root", hash, at, count, &[path.clone(), vec![*hash]].concat()), None);
                assert_eq!(climb("root", hash, count, count, &path), None);
                if !path.is_empty() {
                    assert_eq!(climb("root", hash, at, count, &path[1..]), None);
                }
            }
        }
    }

    #[test]
    fn other_lists_have_other_roots() {
        let root = |list: Vec<Digest>| Tree::new(list).root("root");
        let all: Vec<_> = (1..=9).map(|len| root(list(len))).collect();
        for (at, one) in all.iter().enumerate() {
            assert!(!all[at + 1..].contains(one), "{at}");
        }
        // A last hash that is there twice is not the one that goes up alone.
        let mut doubled = list(3);
        doubled.push(doubled[2]);
        assert_ne!(root(list(3)), root(doubled));
        let mut swapped = list(4);
        swapped.swap(1, 2);
        assert_ne!(root(list(4)), root(swapped));
    }

    #[test]
    fn a_node_is_no_leaf() {
        let tree = Tree::new(list(4));
        let nodes = Tree::new(tree.levels[1].clone());
        assert_ne!(tree.root("root"), nodes.root("root"));
        // Nor does a path that is one level short prove a node as an entry.
        assert_ne!(climb("root", &tree.levels[1][0], 0, 2, &tree.levels[1][1..]), Some(tree.root("root")));
    }
}
