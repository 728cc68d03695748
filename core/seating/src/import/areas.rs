//! Areas of pretix's plans: stages, tables, texts. They are checked like all else.

use super::json::Node;
use super::object::{self, Object};
use super::path::Path;
use crate::plan::PlanBuilder;

const PROPERTIES: [&str; 11] = [
    "color",
    "border_color",
    "rotation",
    "position",
    "uuid",
    "shape",
    "polygon",
    "rectangle",
    "ellipse",
    "circle",
    "text",
];

const SHAPES: [&str; 5] = ["polygon", "rectangle", "ellipse", "circle", "text"];

/// Checks an area.
pub(super) fn check(node: &Node<'_>, path: Path<'_>, builder: &mut PlanBuilder) {
    let Some(area) = Object::open(node, path, &[], &PROPERTIES, builder) else { return };
    for name in ["color", "border_color", "uuid"] {
        area.text(name, builder);
    }
    area.number("rotation", builder);
    area.point("position", builder);
    if area.text("shape", builder).is_some_and(|shape| !SHAPES.contains(&shape)) {
        builder.fault(area.at("shape").wrong("is none of polygon, rectangle, ellipse, circle and text"));
    }
    if let Some(polygon) = area.object("polygon", &["points"], &[], builder) {
        let points = polygon.at("points");
        for (index, node) in polygon.list("points", builder).unwrap_or_default().iter().enumerate() {
            object::point(node, Path::Item(&points, index), builder);
        }
    }
    if let Some(rectangle) = area.object("rectangle", &["width", "height"], &[], builder) {
        rectangle.number("width", builder);
        rectangle.number("height", builder);
    }
    if let Some(ellipse) = area.object("ellipse", &["radius"], &[], builder) {
        ellipse.point("radius", builder);
    }
    if let Some(circle) = area.object("circle", &["radius"], &[], builder) {
        circle.number("radius", builder);
    }
    if let Some(text) = area.object("text", &["text", "position"], &["color", "size"], builder) {
        text.text("text", builder);
        text.text("color", builder);
        text.number("size", builder);
        text.point("position", builder);
    }
}
