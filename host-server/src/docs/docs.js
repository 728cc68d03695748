"use strict";

// Shows /openapi.json as a page. Text is only ever set as text, never as markup.

const METHODS = ["get", "post", "put", "patch", "delete"];

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

class Page {
  constructor(description) {
    this.description = description;
  }

  resolve(value) {
    if (!value || !value.$ref) return value;
    return value.$ref.replace("#/", "").split("/").reduce((at, key) => at[key], this.description);
  }

  /** A schema in a line or a few, such as `{ id: string (uuid), … }`. */
  type(schema, indent = "") {
    if (!schema) return "any";
    if (schema.$ref) return this.type(this.resolve(schema), indent);
    const either = schema.oneOf || schema.anyOf || schema.allOf;
    if (either) return either.map((one) => this.type(one, indent)).join(" | ");
    const kinds = [schema.type || "any"].flat();
    return kinds.map((kind) => this.kind(kind, schema, indent)).join(" | ");
  }

  kind(kind, schema, indent) {
    if (kind === "array") return `[ ${this.type(schema.items, indent)}, … ]`;
    if (kind === "object" && schema.properties) {
      const required = new Set(schema.required || []);
      const lines = Object.entries(schema.properties).map(([name, property]) => {
        const about = property.description ? `  // ${property.description.split("\n")[0]}` : "";
        return `${indent}  ${name}${required.has(name) ? "" : "?"}: ${this.type(property, `${indent}  `)}${about}`;
      });
      return `{\n${lines.join("\n")}\n${indent}}`;
    }
    return schema.format ? `${kind} (${schema.format})` : kind;
  }

  contents(content) {
    return Object.entries(content || {}).map(([media, { schema }]) =>
      element("div", {}, element("code", {}, media), element("pre", {}, this.type(schema))));
  }

  parameters(parameters) {
    if (!parameters || parameters.length === 0) return null;
    const rows = parameters.map((parameter) => element("tr", {},
      element("td", {}, element("code", {}, parameter.name)),
      element("td", {}, parameter.in),
      element("td", {}, this.type(parameter.schema)),
      element("td", {}, parameter.description || "")));
    const head = element("tr", {}, ...["Name", "In", "Type", ""].map((text) => element("th", {}, text)));
    return element("div", {}, element("h3", {}, "Parameters"),
      element("div", { class: "scroll" }, element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows))));
  }

  body(body) {
    if (!body) return null;
    return element("div", {}, element("h3", {}, "Body"), ...this.contents(this.resolve(body).content));
  }

  responses(responses) {
    const parts = Object.entries(responses).flatMap(([status, response]) => {
      const { description, content } = this.resolve(response);
      // Every error has the one shape that the introduction shows.
      return [element("h3", {}, `${status} ${description}`), ...(status < 400 ? this.contents(content) : [])];
    });
    return element("div", {}, ...parts);
  }

  operation(method, path, operation) {
    const about = [operation.summary, operation.description].filter(Boolean);
    return element("details", { id: `${method}-${path}` },
      element("summary", {},
        element("span", { class: `method ${method}` }, method.toUpperCase()),
        element("code", { class: "path" }, path),
        element("span", { class: "summary" }, about[0] || "")),
      element("div", {},
        about[1] ? element("p", {}, about[1]) : null,
        operation.security ? element("p", {}, "Needs a session, as a cookie or as a bearer token.") : null,
        this.parameters(operation.parameters),
        this.body(operation.requestBody),
        this.responses(operation.responses)));
  }

  render() {
    const { info, tags, paths } = this.description;
    document.title = `${info.title} API`;
    document.getElementById("title").textContent = `${info.title} ${info.version}`;
    document.getElementById("about").textContent = info.description;
    for (const tag of tags) {
      const operations = Object.entries(paths).flatMap(([path, item]) => METHODS
        .filter((method) => item[method] && (item[method].tags || []).includes(tag.name))
        .map((method) => this.operation(method, path, item[method])));
      document.getElementById("contents").append(element("a", { href: `#${tag.name}` }, tag.name));
      document.getElementById("operations").append(
        element("section", { id: tag.name }, element("h2", {}, tag.name), element("p", {}, tag.description), ...operations));
    }
  }
}

fetch("/openapi.json")
  .then((response) => response.json())
  .then((description) => new Page(description).render())
  .catch((error) => { document.getElementById("about").textContent = `The description could not be shown: ${error}`; });
