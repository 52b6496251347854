#!/usr/bin/env python3
"""Opens the reports of a folder in headless Chromium, and says what is wrong with them.

    scripts/lib/open-reports.py FOLDER [SCREENSHOTS]
"""
import glob
import json
import os
import sys

sys.dont_write_bytecode = True
from browser import SCHEMES, browsing, opened, shoot

WIDTHS = (360, 1200)
# The limit of a report of 42 locks, 3 numbers of workers and 9 rounds.
MOST_BYTES = 3_000_000

# What is wrong with the page that is open, and how many pictures and marks it has.
PROBE = r"""
(() => {
  const wrong = [];
  const say = (text) => { if (wrong.length < 12) wrong.push(text); };
  const parse = (text) => {
    const hex = /^#([0-9a-f]{3,8})$/i.exec(text);
    if (hex) {
      const digits = hex[1].length < 6 ? [...hex[1]].map((x) => x + x).join("") : hex[1];
      return [0, 2, 4].map((at) => parseInt(digits.slice(at, at + 2), 16));
    }
    const parts = (text.match(/[\d.]+/g) || []).map(Number);
    return parts.length < 3 || parts[3] === 0 ? null : parts.slice(0, 3);
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((x) => { const s = x / 255; return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const backgroundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour) return colour;
    }
    return [255, 255, 255];
  };
  // Tables that are folded away are checked, too.
  const folded = [...document.querySelectorAll("details:not([open])")];
  folded.forEach((details) => { details.open = true; });

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (seen.has(element) || !node.textContent.trim() || element.closest("script,style,option")) continue;
    seen.add(element);
    const ink = parse(getComputedStyle(element).color);
    const ratio = ink ? contrast(ink, backgroundOf(element)) : 1;
    if (ratio < 4.5) say(`contrast ${ratio.toFixed(2)} of "${node.textContent.trim().slice(0, 40)}"`);
  }
  if (document.documentElement.scrollWidth > innerWidth + 1) say(`the page is ${document.documentElement.scrollWidth} wide in a window of ${innerWidth}`);
  if (document.querySelector("body b, main b")) say("a name became markup");

  // Two elements with the same name are one to a reader who does not see them.
  const names = new Map();
  const nameOf = (element) => {
    const label = element.getAttribute("aria-labelledby");
    return (label ? document.getElementById(label).textContent : element.getAttribute("aria-label") || element.textContent).trim();
  };
  document.querySelectorAll("[role=region], [role=img], [role=group], summary").forEach((element) => {
    const key = `${element.getAttribute("role") || "summary"} "${nameOf(element)}"`;
    if (element.closest("header")) return;
    if (names.has(key)) say(`two elements are ${key}`);
    names.set(key, element);
  });
  const title = document.querySelector("h1").textContent.replace(/^\W+/, "").trim();
  for (const item of document.querySelectorAll(".verdict li")) {
    const words = (text) => text.toLowerCase().split(/[ :;,]+/).slice(0, 4).join(" ");
    if (words(item.textContent) === words(title)) say(`the heading repeats "${item.textContent.slice(0, 60)}"`);
  }
  // The unit of a number is in its text, the number behind it in its cell.
  document.querySelectorAll("td.n").forEach((cell) => {
    if (/\d/.test(cell.textContent) && cellNumber(cell) === -Infinity) say(`"${cell.textContent}" has no number to sort by`);
  });
  const hasLibrary = typeof Chart !== "undefined";
  const figures = [...document.querySelectorAll("figure")];
  if (hasLibrary !== figures.length > 0 && !document.querySelector(".still")) say(hasLibrary ? "the library is there for no picture" : "the library is missing");
  let marks = 0;
  for (const figure of figures) {
    const name = figure.dataset.title;
    const table = figure.querySelector("table:not(.still)");
    if (!table || !table.tBodies[0].rows.length || !table.caption) say(`${name}: no table`);
    const stills = [...figure.querySelectorAll("svg rect, svg text[class]")];
    if (stills.length) { marks += stills.length; continue; }
    const chart = Chart.getChart(figure.querySelector("canvas"));
    if (!chart) { say(`${name}: not drawn`); continue; }
    for (const set of chart.data.datasets.filter((set) => set.label === "value" && chart.scales.x.type === "logarithmic")) {
      const all = chart.getDatasetMeta(chart.data.datasets.indexOf(set)).data;
      all.forEach((bar, k) => { if (bar.width < 6) say(`${name}: the bar of ${set.data[k].row.name} is only ${bar.width.toFixed(1)} pixels long`); });
    }
    const paper = backgroundOf(figure);
    const drawn = chart.data.datasets.reduce((sum, set, index) => sum + (set.label === "margin" ? 0 : chart.getDatasetMeta(index).data.filter((mark) => Number.isFinite(mark.x) && Number.isFinite(mark.y) && !mark.skip).length), 0);
    marks += drawn;
    if (drawn === 0 || Number(figure.dataset.marks) === 0) say(`${name}: no marks`);
    // All rows have a mark.
    const { left, right, top, bottom } = chart.chartArea;
    if (right - left < 80 || bottom - top < 15) say(`${name}: the drawing has only ${Math.round(right - left)} by ${Math.round(bottom - top)} pixels`);
    const boxes = [];
    for (const scale of Object.values(chart.scales)) {
      // A title is below its ticks.
      if (scale.isHorizontal() && scale.options.title && scale.options.title.display && scale.height < 40) say(`${name}: the title of an axis overlaps its ticks`);
    }
    for (const [axis, scale] of Object.entries(chart.scales)) {
      const pen = chart.ctx;
      (scale._labelItems || []).forEach((item, index) => {
        if (!item.label) return;
        pen.font = item.font.string;
        const [x, y] = item.translation;
        const width = pen.measureText(item.label).width;
        const align = item.textAlign;
        const start = align === "right" || align === "end" ? x - width : align === "center" ? x - width / 2 : x;
        const middle = y + item.textOffset;
        boxes.push({ text: item.label, left: start, right: start + width, top: middle - item.font.size / 2, bottom: middle + item.font.size / 2 });
        if (start < -1 || start + width > chart.width + 1) say(`${name}: "${item.label}" is cut off at the edge`);
        const ink = parse(String(item.color));
        if (ink && contrast(ink, paper) < 4.5) say(`${name}: contrast ${contrast(ink, paper).toFixed(2)} of "${item.label}"`);
      });
    }
    boxes.push(...(chart.$names || []));
    for (let i = 0; i < boxes.length; i += 1) {
      for (let j = i + 1; j < boxes.length; j += 1) {
        const [a, b] = [boxes[i], boxes[j]];
        if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1) say(`${name}: "${a.text}" overlaps "${b.text}"`);
      }
    }
    for (const set of chart.data.datasets) {
      for (const colour of [set.borderColor].flat()) {
        const ink = typeof colour === "string" && colour ? parse(colour) : null;
        if (ink && contrast(ink, paper) < 3) say(`${name}: contrast ${contrast(ink, paper).toFixed(2)} of a mark of ${set.label}`);
      }
    }
  }
  folded.forEach((details) => { details.open = false; });
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return JSON.stringify({ wrong, marks, pictures: figures.length, paint: paint ? paint.startTime : null, height: document.documentElement.scrollHeight });
})()
"""

# Presses what the page offers, and says what then goes wrong.
EXERCISE = r"""
(() => {
  const wrong = [];
  const drawn = (figure) => Chart.getChart(figure.querySelector("canvas")).data.datasets.reduce((sum, set) => sum + set.data.length, 0);
  for (const figure of document.querySelectorAll("figure")) {
    if (!figure.querySelector("canvas")) continue;
    const name = figure.dataset.title;
    const press = (button) => {
      const before = Chart.getChart(figure.querySelector("canvas"));
      button.click();
      const now = Chart.getChart(figure.querySelector("canvas"));
      // A part of a strip, which `+` shows, may be one in which nothing happened.
      const isPart = button.textContent.trim() === "+";
      if (now === before || (drawn(figure) === 0 && !isPart)) wrong.push(`${name}: "${button.textContent.trim()}" draws nothing`);
    };
    figure.querySelectorAll(".tools button").forEach(press);
    for (const pick of figure.querySelectorAll(".tools select")) {
      for (const option of [...pick.options].slice(0, 8)) {
        pick.value = option.value;
        pick.dispatchEvent(new Event("change"));
        if (drawn(figure) === 0) wrong.push(`${name}: "${option.textContent}" draws nothing`);
      }
    }
    // A curve has the same look, on the picture and in its button, with fewer and with more of them.
    const chips = () => [...figure.querySelectorAll(".choose > .chips button")];
    const looks = () => {
      const sets = Chart.getChart(figure.querySelector("canvas")).data.datasets.filter((set) => set.type === "line" || set.isChosen);
      const drawn = sets.map((set) => [`${set.label} (drawn)`, `${set.borderColor} ${set.pointStyle}`]);
      return new Map([...drawn, ...chips().map((chip) => [chip.dataset.name, chip.querySelector(".symbol").className + chip.querySelector(".symbol").textContent])]);
    };
    const before = looks();
    const sameLooks = (what) => {
      for (const [curve, look] of looks()) if (before.has(curve) && before.get(curve) !== look) wrong.push(`${name}: ${curve} changes its look when ${what}`);
    };
    const all = chips();
    if (all.length > 1) {
      const gone = all[0].dataset.name;
      all[0].click();
      if (chips().length !== all.length - 1) wrong.push(`${name}: a chosen lock stays`);
      sameLooks("another is left out");
      figure.querySelector(".choose details").open = true;
      figure.querySelector(".choose details").dispatchEvent(new Event("toggle"));
      const back = [...figure.querySelectorAll(".choose details .chips button")].find((chip) => chip.dataset.name === gone);
      back.click();
      if (chips().length !== all.length) wrong.push(`${name}: a lock is not chosen again`);
      sameLooks("another comes back");
      figure.querySelector(".choose details").open = false;
    }
    // Far into a long axis, labels still tell their places apart.
    const place = figure.querySelector(".tools input[type=range]");
    if (place) {
      const [closer] = figure.querySelectorAll(".tools button[aria-label='zoom in']");
      for (let k = 0; k < 10; k += 1) closer.click();
      place.value = "900";
      place.dispatchEvent(new Event("input"));
      const labels = Chart.getChart(figure.querySelector("canvas")).scales.x.ticks.map((tick) => tick.label);
      if (labels.length < 2 || new Set(labels).size < labels.length) wrong.push(`${name}: a zoomed axis has the labels ${labels.join(", ")}`);
    }
  }
  // What a text says, in one unit, without the number behind it.
  const scales = { "G/s": 1e9, "M/s": 1e6, "k/s": 1e3, M: 1e6, k: 1e3, s: 1e9, ms: 1e6, "µs": 1e3, us: 1e3, ns: 1 };
  const said = (text) => {
    const match = /^[▼ ]*([+−-]?[\d.]+)(?:\s*([A-Za-zµ/]+))?/.exec(text.trim());
    return match ? Number(match[1].replace("−", "-")) * (scales[match[2]] || 1) : null;
  };
  const rowsOf = (table, column) => [...table.tBodies[0].rows].map((row) => row.cells[column].textContent);
  for (const table of [...document.querySelectorAll("table:not(.still)")].slice(0, 16)) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    heads.forEach((head, column) => {
      const isNumber = head.classList.contains("n");
      for (const direction of isNumber ? ["descending", "ascending"] : ["ascending", "descending"]) {
        head.querySelector("button").click();
        if (head.getAttribute("aria-sort") !== direction) wrong.push(`${table.caption.textContent}: ${head.textContent} is not ${direction}`);
        const sign = direction === "ascending" ? 1 : -1;
        const texts = rowsOf(table, column);
        if (!isNumber) {
          const sorted = texts.slice().sort((a, b) => a.localeCompare(b, "en", { numeric: true }) * sign);
          if (texts.some((text, k) => text !== sorted[k])) wrong.push(`${table.caption.textContent}: not sorted by the text of ${head.textContent}`);
          continue;
        }
        const isMeasured = texts.map((text) => /\d/.test(text));
        if (isMeasured.some((yes, k) => yes && k > 0 && !isMeasured[k - 1])) wrong.push(`${table.caption.textContent}: what was not measured precedes numbers in ${head.textContent}`);
        // Rounding makes different numbers look alike. A list of several is sorted by their count.
        if (texts.some((text) => text.includes(", "))) continue;
        const numbers = texts.map(said).filter((number) => number !== null);
        const k = numbers.findIndex((number, k) => k > 0 && (numbers[k - 1] - number) * sign > 0);
        if (k > 0) wrong.push(`${table.caption.textContent}: ${numbers[k - 1]} precedes ${numbers[k]} in ${head.textContent}, ${direction}`);
      }
    });
  }
  return JSON.stringify(wrong);
})()
"""


def complaints(events, page):
    """Errors of the console and of the policy, and requests that the page must not make."""
    for event in events:
        parameters = event.get("params", {})
        if event.get("method") == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            yield details.get("exception", {}).get("description", details["text"])
        elif event.get("method") == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            yield parameters["entry"]["text"]
        elif event.get("method") == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning", "assert"):
            yield str([argument.get("value") for argument in parameters["args"]])
        elif event.get("method") == "Network.requestWillBeSent" and parameters["request"]["url"] != page:
            yield f"it requests {parameters['request']['url'][:80]}"


# The width of A4 between the margins of the style sheet, in pixels.
SHEET = 688

PRINTED = r"""
(() => {
  const wrong = [];
  if (document.documentElement.scrollWidth > innerWidth + 1) {
    const widest = [...document.querySelectorAll("table, canvas, svg, pre")].sort((a, b) => b.getBoundingClientRect().right - a.getBoundingClientRect().right)[0];
    const name = widest.caption ? widest.caption.textContent : widest.tagName;
    wrong.push(`${name} is ${Math.round(widest.getBoundingClientRect().right)} wide on a sheet of ${innerWidth}`);
  }
  for (const element of document.querySelectorAll("p, td, li, dd")) {
    const size = parseFloat(getComputedStyle(element).fontSize) * 0.75;
    if (element.offsetParent && size < 7.9) { wrong.push(`"${element.textContent.slice(0, 30)}" has ${size} points`); break; }
  }
  for (const canvas of document.querySelectorAll("figure canvas")) {
    if (canvas.getBoundingClientRect().width < innerWidth * 0.9) { wrong.push(`a picture is only ${canvas.getBoundingClientRect().width} wide`); break; }
  }
  return JSON.stringify(wrong);
})()
"""


def printed(browser, path, screenshots):
    """What is wrong with the page on paper."""
    browser.call("Emulation.setEmulatedMedia", media="print", features=[{"name": "prefers-color-scheme", "value": "light"}])
    browser.call("Emulation.setDeviceMetricsOverride", width=SHEET, height=970, deviceScaleFactor=1, mobile=False)
    browser.evaluate("dispatchEvent(new Event('beforeprint'))")
    wrong = [f"on paper: {text}" for text in json.loads(browser.evaluate(PRINTED))]
    if screenshots:
        height = browser.evaluate("document.documentElement.scrollHeight")
        name = os.path.splitext(os.path.basename(path))[0]
        shoot(browser, os.path.join(screenshots, f"{name}-paper.png"), (0, 0, SHEET, min(height, 12000)))
    browser.evaluate("dispatchEvent(new Event('afterprint'))")
    browser.call("Emulation.setEmulatedMedia", media="", features=[{"name": "prefers-color-scheme", "value": "light"}])
    browser.call("Emulation.setDeviceMetricsOverride", width=WIDTHS[-1], height=800, deviceScaleFactor=1, mobile=False)
    return wrong


def check(browser, path, width, scheme, screenshots):
    page = "file://" + path
    if scheme == SCHEMES[0]:
        if not opened(browser, page, width):
            return ["it was not drawn", *complaints(browser.events, page)], None
    else:
        # The page follows a change of the system.
        browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        browser.evaluate("new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))")
    facts = json.loads(browser.evaluate(PROBE))
    wrong = facts["wrong"]
    if screenshots:
        name = os.path.splitext(os.path.basename(path))[0]
        shoot(browser, os.path.join(screenshots, f"{name}-{width}-{scheme}.png"), (0, 0, width, min(facts["height"], 12000)))
    try:
        if (width, scheme) == (WIDTHS[-1], SCHEMES[0]):
            wrong += printed(browser, path, screenshots)
        wrong += json.loads(browser.evaluate(EXERCISE))[:12]
    except RuntimeError as error:
        wrong.append(str(error).splitlines()[0])
    wrong += dict.fromkeys(complaints(browser.events, page))
    browser.events.clear()
    return wrong, facts


def main():
    folder, screenshots = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
    if screenshots:
        os.makedirs(screenshots, exist_ok=True)
    failures = 0
    with browsing() as browser:
        for path in sorted(glob.glob(os.path.join(os.path.abspath(folder), "*.html"))):
            name, size = os.path.basename(path), os.path.getsize(path)
            found, paints, facts = [], [], None
            for width in WIDTHS:
                for scheme in SCHEMES:
                    wrong, facts = check(browser, path, width, scheme, screenshots)
                    found += [f"{width} pixels, {scheme}: {text}" for text in wrong]
                    paints += [facts["paint"]] if facts and facts["paint"] is not None else []
            paint = min(paints) if paints else None
            if size > MOST_BYTES:
                found.append(f"it has {size} bytes, more than {MOST_BYTES}")
            if paint is None:
                found.append("nothing was painted")
            failures += len(found)
            words = f"{facts['pictures']} pictures, {facts['marks']} marks" if facts else "not drawn"
            print(f"{name}: {words}, {size / 1e3:.0f} kB, first paint after {paint or 0:.0f} ms")
            for text in found:
                print(f"  wrong: {text}")
    sys.exit(1 if failures else 0)


main()
