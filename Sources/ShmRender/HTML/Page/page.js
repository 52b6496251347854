"use strict";
// Draws the pictures of the page and lets the reader choose; sorts tables by their headings.

function shared(palette) {
  return {
    responsive: false,
    maintainAspectRatio: false,
    animation: false,
    devicePixelRatio: Math.max(1, window.devicePixelRatio || 1),
    layout: { padding: { right: 6, top: 6 } },
    color: palette.ink,
  };
}

function element(name, properties, ...children) {
  const result = Object.assign(document.createElement(name), properties || {});
  result.append(...children);
  return result;
}

// Choices of curves by group, which pictures share. A curve keeps its place, and with it its look, when others leave; null is a free
// place.
const choices = new Map();

function toggle(names, name) {
  const place = names.indexOf(name);
  const free = names.indexOf(null);
  if (place >= 0) names[place] = null;
  else if (free >= 0) names[free] = name;
  else names.push(name);
}
const pictures = [];

class Picture {
  constructor(figure) {
    this.figure = figure;
    this.spec = JSON.parse(figure.querySelector("script").textContent);
    this.view = this.spec.start || 0;
    this.state = { order: "value", isLinear: false, chosen: [], zoom: this.spec.unit === "clock" ? { factor: 1, at: 0 } : null };
    if (this.spec.choice) {
      if (!choices.has(this.spec.choice)) choices.set(this.spec.choice, { names: [], pictures: [] });
      this.choice = choices.get(this.spec.choice);
      this.choice.pictures.push(this);
      const known = this.spec.views.flatMap((view) => view.curves);
      for (const curve of known) if (curve.chosen && this.choice.names.length < 7 && !this.choice.names.includes(curve.name)) this.choice.names.push(curve.name);
    }
    this.unzoom = () => {};
    this.tools = element("div", { className: "tools" });
    this.tools.setAttribute("role", "group");
    this.tools.setAttribute("aria-label", `Settings of ${figure.dataset.title}`);
    this.canvas = element("canvas", {});
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", `${figure.dataset.title}; the table below has the figures`);
    this.box = element("div", { className: "canvas" }, this.canvas);
    const details = figure.querySelector("details");
    // On paper, what the reader has chosen.
    this.title = element("p", { className: "view" });
    details.before(this.tools, this.title, this.box);
    if (this.choice) {
      this.chips = element("div", { className: "chips" });
      this.all = element("div", { className: "chips" });
      const more = element("details", {}, element("summary", {}, "Choose locks", element("span", { className: "hidden", textContent: ` of ${figure.dataset.title}` })), this.all);
      more.addEventListener("toggle", () => this.fillChips());
      this.chooser = element("div", { className: "choose" }, this.chips, more);
      this.box.before(this.chooser);
    }
    this.addTools();
  }

  addTools() {
    const { views, sorts } = this.spec;
    if (views.length > 1) {
      const pick = element("select", {}, ...views.map((view, index) => element("option", { value: String(index), textContent: view.title })));
      pick.value = String(this.view);
      pick.addEventListener("change", () => { this.view = Number(pick.value); this.unzoom(); this.draw(); });
      this.tools.append(element("label", {}, "Show", pick));
    }
    if (sorts && views.some((view) => view.rows.length > 2)) {
      this.addChoice("Order by", [["value", "value"], ["family", "family"], ["name", "name"]], "order");
    }
    if (this.spec.bars) this.addChoice("Axis", [[false, "logarithmic"], [true, "from 0"]], "isLinear");
    if (this.state.zoom) this.addZoom();
  }

  // Buttons, of which one is pressed.
  addChoice(title, values, key) {
    const buttons = values.map(([value, text]) => {
      const button = element("button", { type: "button", textContent: text });
      button.setAttribute("aria-pressed", String(value === this.state[key]));
      button.addEventListener("click", () => {
        this.state[key] = value;
        buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
        this.draw();
      });
      return button;
    });
    this.tools.append(element("fieldset", {}, element("legend", { textContent: title }), ...buttons));
  }

  addZoom() {
    const { zoom } = this.state;
    const place = element("input", { type: "range", min: "0", max: "1000", value: "0" });
    // Another view has another length.
    this.unzoom = () => { zoom.factor = 1; zoom.at = 0; place.value = "0"; };
    place.addEventListener("input", () => { zoom.at = Number(place.value) / 1000; this.draw(); });
    const step = (text, change, label) => {
      const button = element("button", { type: "button", textContent: text });
      button.setAttribute("aria-label", label);
      button.addEventListener("click", () => { zoom.factor = Math.min(4096, Math.max(1, zoom.factor * change)); this.draw(); });
      return button;
    };
    this.tools.append(
      element("fieldset", {}, element("legend", { textContent: "Zoom" }), step("+", 2, "zoom in"), step("−", 0.5, "zoom out")),
      element("label", {}, "Position", place));
  }

  fillChips() {
    const chip = (list) => (name) => {
      const place = this.choice.names.indexOf(name);
      const look = lookOf(Math.max(0, place));
      const sign = element("span", { className: place < 0 ? "symbol" : `symbol s${look.colour}`, textContent: place < 0 ? "○" : look.symbol[1] });
      sign.setAttribute("aria-hidden", "true");
      const button = element("button", { type: "button" }, sign, " " + name);
      button.setAttribute("aria-pressed", String(place >= 0));
      button.dataset.name = name;
      button.addEventListener("click", () => {
        toggle(this.choice.names, name);
        this.choice.pictures.forEach((picture) => picture.draw());
        // The buttons are new; a reader with a keyboard goes on from the same one.
        ([...list.children].find((other) => other.dataset.name === name) || this.chooser.querySelector("summary")).focus();
      });
      return button;
    };
    const names = [...new Set(this.spec.views.flatMap((view) => view.curves.map((curve) => curve.name)))];
    const there = new Set(this.spec.views[this.view].curves.map((curve) => curve.name));
    this.chips.replaceChildren(...this.choice.names.filter((name) => name !== null && there.has(name)).map(chip(this.chips)));
    const isOpen = this.chooser.querySelector("details").open;
    this.all.replaceChildren(...(isOpen ? names.slice().sort().map(chip(this.all)) : []));
  }

  draw() {
    const view = this.spec.views[this.view];
    const width = Math.max(200, this.box.clientWidth);
    this.title.textContent = this.spec.views.length > 1 ? view.title : "";
    if (this.choice) this.state.chosen = this.choice.names;
    const make = this.spec.kind === "rows" ? rowsConfig : curvesConfig;
    const { height, config, marks } = make(this.spec, view, this.state, colours(), width);
    if (this.chart) this.chart.destroy();
    this.box.style.height = `${height}px`;
    this.canvas.width = width;
    this.canvas.height = height;
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.chart = new Chart(this.canvas, config);
    this.width = width;
    this.figure.dataset.marks = String(marks);
    if (this.choice) this.fillChips();
  }
}

function drawAll() { pictures.forEach((picture) => picture.draw()); }

// The number of a cell of a table, for sorting; -∞ for none. Only a text without a unit is the number itself.
function cellNumber(cell) {
  const { value } = cell.dataset;
  const number = Number(value === undefined ? cell.textContent : value);
  return cell.textContent.trim() !== "" && Number.isFinite(number) ? number : -Infinity;
}

function makeSortable(table) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = element("button", { type: "button" });
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const isNumber = head.classList.contains("n");
      const now = head.getAttribute("aria-sort");
      const isUp = now ? now === "descending" : !isNumber;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", isUp ? "ascending" : "descending");
      const text = (row) => row.cells[column].textContent;
      const rows = [...table.tBodies[0].rows].sort((a, b) => {
        const sign = isUp ? 1 : -1;
        if (!isNumber) return text(a).localeCompare(text(b), "en", { numeric: true }) * sign;
        const [x, y] = [cellNumber(a.cells[column]), cellNumber(b.cells[column])];
        // What was not measured comes last in both directions.
        if (x === -Infinity || y === -Infinity) return x === y ? 0 : x === -Infinity ? 1 : -1;
        return (x - y) * sign;
      });
      table.tBodies[0].append(...rows);
    });
  });
}

function start() {
  document.querySelectorAll("table:not(.still)").forEach(makeSortable);
  if (typeof Chart === "undefined") return;
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  document.querySelectorAll("figure").forEach((figure) => pictures.push(new Picture(figure)));
  // The text is on the screen before the first picture is drawn, and pictures come one by one.
  const rest = pictures.slice();
  const next = () => {
    const picture = rest.shift();
    if (picture) {
      picture.draw();
      setTimeout(next, 0);
    } else {
      document.documentElement.dataset.drawn = String(pictures.length);
    }
  };
  setTimeout(next, 0);
  let timer = 0;
  window.addEventListener("resize", () => {
    clearTimeout(timer);
    timer = setTimeout(() => pictures.filter((picture) => picture.box.clientWidth !== picture.width).forEach((picture) => picture.draw()), 100);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
}

// On paper all tables are open, and pictures have the colours of paper.
let closed = [];
window.addEventListener("beforeprint", () => {
  document.documentElement.classList.add("paper");
  closed = [...document.querySelectorAll("figure > details:not([open])")];
  closed.forEach((details) => { details.open = true; });
  drawAll();
});
window.addEventListener("afterprint", () => {
  document.documentElement.classList.remove("paper");
  closed.forEach((details) => { details.open = false; });
  drawAll();
});
start();
