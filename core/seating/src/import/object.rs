//! Objects of a document, member by member. What is wrong with them is told to the builder of the plan.

use super::clipped;
use super::json::{Member, Node};
use super::path::Path;
use crate::plan::{PlanBuilder, PlanFault};

/// An object whose members have the right names.
#[derive(Debug)]
pub(super) struct Object<'p, 'n> {
    path: Path<'p>,
    members: &'n [Member<'n>],
}

impl<'p, 'n> Object<'p, 'n> {
    /// Opens the object at a place. Members that are missing, not known here or there twice are faults; `None` is
    /// returned only if it is no object at all. There are at most 32 names.
    pub(super) fn open(
        node: &'n Node<'n>,
        path: Path<'p>,
        required: &[&str],
        optional: &[&str],
        builder: &mut PlanBuilder,
    ) -> Option<Self> {
        let Node::Object(members) = node else {
            builder.fault(path.wrong("is no object"));
            return None;
        };
        // A bit for each name: a search among the members would take long in an object that was made for that.
        let mut seen = 0_u32;
        for (name, _) in members {
            let mut known = required.iter().chain(optional);
            let Some(at) = known.position(|known| **known == **name) else {
                builder.fault(PlanFault::UnknownName { place: path.place(), name: clipped(name) });
                continue;
            };
            if seen & (1 << at) != 0 {
                builder.fault(Path::Member(&path, name).wrong("is there twice"));
            }
            seen |= 1 << at;
        }
        for (at, name) in required.iter().enumerate() {
            if seen & (1 << at) == 0 {
                builder.fault(PlanFault::Missing { place: path.place(), name: (*name).to_owned() });
            }
        }
        Some(Self { path, members })
    }

    /// Returns the place of a member.
    pub(super) fn at<'s>(&'s self, name: &'s str) -> Path<'s> {
        Path::Member(&self.path, name)
    }

    /// Opens an object that is a member; `None` if it is absent or no object.
    pub(super) fn object<'s>(
        &'s self,
        name: &'s str,
        required: &[&str],
        optional: &[&str],
        builder: &mut PlanBuilder,
    ) -> Option<Object<'s, 'n>> {
        Object::open(self.get(name)?, self.at(name), required, optional, builder)
    }

    /// Returns the members of an object whose names are those of somebody else; `None` if it is absent or no object.
    pub(super) fn entries(&self, name: &str, builder: &mut PlanBuilder) -> Option<&'n [Member<'n>]> {
        let Node::Object(members) = self.get(name)? else { return self.wrong(name, "is no object", builder) };
        Some(members)
    }

    /// Returns the items of a list; `None` if it is absent or no list.
    pub(super) fn list(&self, name: &str, builder: &mut PlanBuilder) -> Option<&'n [Node<'n>]> {
        let Node::List(items) = self.get(name)? else { return self.wrong(name, "is no list", builder) };
        Some(items)
    }

    /// Returns a text; `None` if it is absent or no text.
    pub(super) fn text(&self, name: &str, builder: &mut PlanBuilder) -> Option<&'n str> {
        let Node::Text(text) = self.get(name)? else { return self.wrong(name, "is no text", builder) };
        Some(text)
    }

    /// Returns a text that may be null, which is as good as absent.
    pub(super) fn nullable_text(&self, name: &str, builder: &mut PlanBuilder) -> Option<&'n str> {
        match self.get(name)? {
            Node::Null => None,
            _ => self.text(name, builder),
        }
    }

    /// Returns a truth value; `None` if it is absent or something else.
    pub(super) fn boolean(&self, name: &str, builder: &mut PlanBuilder) -> Option<bool> {
        let Node::Bool(value) = self.get(name)? else { return self.wrong(name, "is neither true nor false", builder) };
        Some(*value)
    }

    /// Returns a number; `None` if it is absent or no number.
    pub(super) fn number(&self, name: &str, builder: &mut PlanBuilder) -> Option<f64> {
        let Node::Number(number) = self.get(name)? else { return self.wrong(name, "is no number", builder) };
        Some(*number)
    }

    /// Returns a whole number that is not negative; `None` if it is absent or something else. For JSON Schema, 600.0 is
    /// a whole number, too.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked before")]
    pub(super) fn whole(&self, name: &str, builder: &mut PlanBuilder) -> Option<u32> {
        let number = self.number(name, builder)?;
        if number.fract() != 0.0 {
            return self.wrong(name, "is no whole number", builder);
        }
        if !(0.0..=f64::from(u32::MAX)).contains(&number) {
            return self.wrong(name, "is negative or too large", builder);
        }
        Some(number as u32)
    }

    /// Returns a point: `x` and `y`; `None` if it is absent or incomplete.
    pub(super) fn point(&self, name: &str, builder: &mut PlanBuilder) -> Option<(f64, f64)> {
        point(self.get(name)?, self.at(name), builder)
    }

    fn get(&self, name: &str) -> Option<&'n Node<'n>> {
        self.members.iter().find(|(member, _)| **member == *name).map(|(_, node)| node)
    }

    fn wrong<T>(&self, name: &str, why: &str, builder: &mut PlanBuilder) -> Option<T> {
        builder.fault(self.at(name).wrong(why));
        None
    }
}

/// Reads a point; `None` if it is incomplete.
pub(super) fn point(node: &Node<'_>, path: Path<'_>, builder: &mut PlanBuilder) -> Option<(f64, f64)> {
    let object = Object::open(node, path, &["x", "y"], &[], builder)?;
    let (x, y) = (object.number("x", builder), object.number("y", builder));
    Some((x?, y?))
}
