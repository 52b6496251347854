"use strict";
// Pictures with a row per subject: bars with intervals, points, spans and margins.

const rowHeight = 20;

function orderedRows(rows, order) {
  const sorted = rows.slice();
  if (order === "name") sorted.sort((a, b) => (a.name < b.name ? -1 : 1));
  if (order !== "family") return sorted;
  const groups = [...new Set(sorted.map((row) => row.group || ""))];
  return groups.flatMap((group) => [
    { name: group.toUpperCase(), text: "", style: "heading" },
    ...sorted.filter((row) => (row.group || "") === group),
  ]);
}

// Diagonal lines, by which a bar differs without colour.
function hatched(colour, paper) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 6;
  const pen = tile.getContext("2d");
  pen.fillStyle = paper;
  pen.fillRect(0, 0, 6, 6);
  pen.strokeStyle = colour;
  pen.lineWidth = 1.2;
  for (const shift of [-6, 0, 6]) {
    pen.beginPath();
    pen.moveTo(shift, 6);
    pen.lineTo(shift + 6, 0);
    pen.stroke();
  }
  return pen.createPattern(tile, "repeat");
}

function rowNumbers(row) {
  return [row.value, ...(row.interval || []), ...(row.points || []), ...(row.outliers || []), ...(row.spans || []), ...(row.margin || [])];
}

function rowsConfig(spec, view, state, palette, width) {
  const rows = orderedRows(view.rows, state.order);
  const unit = state.isLinear ? spec.unit + "FromZero" : spec.unit;
  let [low, high] = rangeOf(unit, rows.flatMap(rowNumbers));
  // Also the shortest bar is visible.
  if (spec.bars && isLogarithmic(unit)) low = 10 ** Math.floor(Math.log10(low) - 0.3);
  const clamp = (x) => Math.min(high, Math.max(low, x));
  const full = [low, high];
  if (unit === "clock" && state.zoom) {
    const span = (high - low) / state.zoom.factor;
    const from = low + (high - low - span) * state.zoom.at;
    [low, high] = [from, from + span];
  }
  const numbered = rows.map((row, y) => ({ row, y }));
  const fill = { survivor: palette.bar, other: palette.hollow, control: hatched(palette.soft, palette.paper), bad: hatched(palette.error, palette.paper) };
  const edge = { survivor: palette.edge, other: palette.edge, control: palette.soft, bad: palette.error };
  const bars = (label, thickness, data, colour, border, order) => ({
    type: "bar", label, data, indexAxis: "y", grouped: false, barThickness: thickness, minBarLength: 1, order,
    backgroundColor: colour, borderColor: border, borderWidth: border ? 1 : 0, borderSkipped: false,
  });
  const points = (label, style, data, colour, radius, order) => ({
    type: "scatter", label, data, pointStyle: style, pointRadius: radius, pointHoverRadius: radius + 2, order,
    backgroundColor: colour, borderColor: colour, borderWidth: 1.4, clip: 6,
  });
  const sets = [];
  const margins = numbered.filter(({ row }) => row.margin);
  if (margins.length) sets.push(bars("margin", rowHeight, margins.map(({ row, y }) => ({ x: row.margin, y, row })), palette.grid, "", 6));
  const spans = numbered.flatMap(({ row, y }) => {
    const all = row.spans || [];
    return all.filter((_, k) => k % 2 === 0).map((from, k) => ({ x: [from, all[2 * k + 1]], y, row })).filter(({ x }) => x[1] >= low && x[0] <= high);
  });
  if (spans.length) sets.push(bars("holds", 12, spans, palette.bar, "", 5));
  const valued = numbered.filter(({ row }) => finite(row.value) && (!isLogarithmic(unit) || row.value > 0));
  if (spec.bars) {
    sets.push(bars("value", 13, valued.map(({ row, y }) => ({ x: [low, row.value], y, row })), valued.map(({ row }) => fill[row.style]), valued.map(({ row }) => edge[row.style]), 5));
  }
  const intervals = numbered.filter(({ row }) => row.interval && row.interval.every(finite));
  if (intervals.length) {
    sets.push(bars("interval", 3, intervals.map(({ row, y }) => ({ x: row.interval.map(clamp), y, row })), palette.ink, "", 3));
  }
  const dots = (key) => numbered.flatMap(({ row, y }) => (row[key] || []).filter((x) => finite(x) && (!isLogarithmic(unit) || x > 0)).map((x) => ({ x: clamp(x), exact: x, y, row })));
  if (dots("points").length) sets.push(points("points", "circle", dots("points"), palette.curves[0], 3, 2));
  if (dots("outliers").length) sets.push(points("outliers", "crossRot", dots("outliers"), palette.curves[1], 4.5, 1));
  if (!spec.bars && valued.length) {
    sets.push(points("estimate", "rect", valued.map(({ row, y }) => ({ x: clamp(row.value), y, row })), valued.map(({ row }) => (row.style === "bad" ? palette.error : palette.ink)), 4.5, 0));
  }
  const narrow = width < 520;
  const size = narrow ? 10 : 12;
  const pen = document.createElement("canvas").getContext("2d");
  const widest = (text) => {
    let most = 0;
    for (const row of rows) {
      pen.font = `${row.style === "heading" ? "bold " : ""}${size}px ${Chart.defaults.font.family}`;
      most = Math.max(most, pen.measureText(text(row)).width);
    }
    return Math.ceil(most) + 12;
  };
  const words = (row) => row.text;
  const labels = (side, text, colour) => ({
    type: "linear", axis: "y", position: side, reverse: true, min: -0.5, max: rows.length - 0.5, offset: false,
    // Otherwise names get at most a quarter of the width.
    afterFit: (scale) => { scale.width = widest(text); },
    grid: { display: false, drawBorder: false },
    ticks: {
      color: colour, autoSkip: false, padding: 4,
      font: (context) => ({ size, weight: rows[context.index] && rows[context.index].style === "heading" ? "bold" : "normal" }),
      callback: (value) => text(rows[value]),
    },
    afterBuildTicks: (scale) => { scale.ticks = rows.map((_, value) => ({ value })); },
  });
  const say = (x) => unitWords[unit](x, (high - low) / 1000);
  const axis = scaleFor(unit, spec.axis, [low, high], palette, { most: narrow ? 4 : 9 });
  // Otherwise ticks and title share half of a low picture.
  axis.afterFit = (scale) => { scale.height = 46; };
  return {
    height: rows.length * rowHeight + 56,
    marks: valued.length + spans.length + dots("points").length + dots("outliers").length,
    config: {
      data: { datasets: sets },
      options: {
        ...shared(palette),
        indexAxis: "y",
        scales: {
          x: axis,
          y: labels("left", (row) => row.name, palette.ink),
          // The figures in words, aligned with their rows.
          ...(widest(words) > width * 0.32 ? {} : { words: labels("right", words, palette.soft) }),
        },
        plugins: {
          legend: { display: false },
          tooltip: {
            callbacks: {
              title: (items) => (items[0] && items[0].raw.row ? items[0].raw.row.name : ""),
              label: ({ raw, dataset }) =>
                Array.isArray(raw.x) && dataset.label !== "value"
                  ? `${dataset.label}: ${raw.x.map(say).join(" to ")}`
                  : `${dataset.label}: ${Array.isArray(raw.x) ? raw.row.text : say(raw.exact || raw.x)}`,
            },
          },
        },
      },
    },
    full,
  };
}
