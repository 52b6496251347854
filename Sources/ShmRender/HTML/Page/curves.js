"use strict";
// Pictures with curves or points over two axes, of which the reader chooses some.

const symbols = [["circle", "●"], ["rect", "■"], ["triangle", "▲"], ["rectRot", "◆"], ["crossRot", "✕"], ["cross", "✚"], ["star", "✱"]];
const dashes = [[], [7, 4], [2, 3]];

// The look of the n-th chosen curve: a symbol, a colour and, after seven, other dashes.
const lookOf = (index) => ({ symbol: symbols[index % 7], colour: index % 7, dash: dashes[Math.floor(index / 7) % 3] });

// Pairs of numbers; a gap is a point without the second.
function pairs(flat) {
  return flat.filter((_, k) => k % 2 === 0).map((x, k) => ({ x, y: flat[2 * k + 1] }));
}

// Writes the names of chosen points where they do not overlap.
const pointNames = {
  id: "pointNames",
  afterDatasetsDraw(chart) {
    const pen = chart.ctx;
    chart.$names = [];
    if (!chart.options.plugins.pointNames) return;
    const { colour, paper } = chart.options.plugins.pointNames;
    const boxAround = ({ x, y }) => ({ left: x - 6, right: x + 6, top: y - 6, bottom: y + 6 });
    const taken = chart.data.datasets.flatMap((set, index) => (set.isChosen && chart.getDatasetMeta(index).data[0] ? [boxAround(chart.getDatasetMeta(index).data[0])] : []));
    pen.save();
    pen.lineWidth = 4;
    pen.lineJoin = "round";
    pen.strokeStyle = paper;
    pen.font = "12px " + Chart.defaults.font.family;
    pen.fillStyle = colour;
    pen.textBaseline = "middle";
    const { left, right, top, bottom } = chart.chartArea;
    for (let index = 0; index < chart.data.datasets.length; index += 1) {
      const set = chart.data.datasets[index];
      const point = chart.getDatasetMeta(index).data[0];
      if (!set.isChosen || !point) continue;
      const size = pen.measureText(set.label).width;
      const places = [[9, 0], [-9 - size, 0], [-size / 2, -15], [-size / 2, 15], [9, -15], [9, 15], [-9 - size, -15], [-9 - size, 15], [-size / 2, 31], [-size / 2, -31], [-size / 2, 47]];
      for (const [dx, dy] of places) {
        const box = { left: point.x + dx, right: point.x + dx + size, top: point.y + dy - 7, bottom: point.y + dy + 7, text: set.label };
        const isInside = box.left >= left && box.right <= right && box.top >= top && box.bottom <= bottom;
        const isFree = [...chart.$names, ...taken].every((other) => box.right < other.left || box.left > other.right || box.bottom < other.top || box.top > other.bottom);
        if (isInside && isFree) {
          pen.strokeText(set.label, box.left, point.y + dy);
          pen.fillText(set.label, box.left, point.y + dy);
          chart.$names.push(box);
          break;
        }
      }
    }
    pen.restore();
  },
};

function curvesConfig(spec, view, state, palette, width) {
  const isFree = spec.choice === null;
  const chosen = isFree ? view.curves.map((curve) => curve.name) : state.chosen;
  const isCloud = view.curves.some((curve) => curve.style === "points");
  const shown = isCloud ? view.curves : view.curves.filter((curve) => chosen.includes(curve.name));
  const data = shown.map((curve) => pairs(curve.points));
  const log = [isLogarithmic(view.x.unit), isLogarithmic(view.y.unit)];
  const usable = ({ x, y }) => finite(y) && (!log[0] || x > 0) && (!log[1] || y > 0);
  const all = data.flat().filter(usable);
  // Of a curve with many points, some have a symbol.
  const symbolEvery = (k, size) => (point, at) => (data[k].length < 12 || at % 6 === 0 || at === data[k].length - 1 ? size : 0);
  const sets = shown.map((curve, k) => {
    const place = chosen.indexOf(curve.name);
    const look = lookOf(Math.max(0, place));
    const isFaint = place < 0;
    const colour = isFaint ? palette.soft : isFree && curve.style === "steps" ? palette.curves[1] : palette.curves[look.colour];
    const isMark = curve.style === "mark";
    return {
      type: curve.style === "points" || isMark ? "scatter" : "line",
      label: curve.name,
      isChosen: isCloud && !isFaint,
      data: data[k].map((point) => (usable(point) ? point : { x: point.x, y: NaN })),
      spanGaps: false,
      stepped: curve.style === "steps" ? "before" : false,
      borderColor: isMark ? palette.curves[5] : colour,
      backgroundColor: isMark ? palette.curves[5] : isFaint ? "transparent" : colour,
      borderWidth: isFaint ? 1.2 : 2,
      borderDash: isFree && curve.style === "steps" ? [6, 4] : look.dash,
      pointStyle: isMark ? "rectRot" : isFaint || isFree ? "circle" : look.symbol[0],
      pointRadius: curve.style === "steps" ? 0 : isMark ? 8 : isFaint ? 3.5 : data[k].map(symbolEvery(k, isFree ? 3 : 5)),
      pointHoverRadius: 7,
      tension: 0,
      clip: 8,
      order: isMark ? 0 : isFaint ? 3 : 1,
    };
  });
  const narrow = width < 520;
  const names = view.x.names;
  const rangeX = names.length ? [-0.3, Math.max(0.3, names.length - 0.7)] : rangeOf(view.x.unit, all.map(({ x }) => x));
  const x = scaleFor(view.x.unit, view.x.title, rangeX, palette, { names, most: narrow ? 5 : 9 });
  if (names.length) {
    const most = Math.max(2, Math.floor(width / (narrow ? 150 : 180)));
    const step = Math.max(1, Math.ceil(names.length / most));
    x.afterBuildTicks = (scale) => { scale.ticks = names.map((_, value) => ({ value })).filter(({ value }) => value % step === 0 && value + step / 3 < names.length + (step > 2 ? -step / 6 : 1)); };
  } else if (view.x.unit === "count") {
    const values = [...new Set(all.map((point) => point.x))].sort((a, b) => a - b);
    x.afterBuildTicks = (scale) => {
      const kept = [];
      for (const value of values) {
        if (!kept.length || (Math.log(value / kept[kept.length - 1]) / Math.log(scale.max / scale.min)) * (scale.width || 300) > 28) kept.push(value);
      }
      scale.ticks = kept.map((value) => ({ value }));
    };
  }
  return {
    height: isFree ? 260 : narrow ? 300 : 400,
    marks: all.length,
    config: {
      data: { datasets: sets },
      plugins: [pointNames],
      options: {
        ...shared(palette),
        interaction: { mode: "nearest", intersect: false },
        scales: { x, y: scaleFor(view.y.unit, view.y.title, rangeOf(view.y.unit, all.map(({ y }) => y)), palette, { most: 8, axis: "y" }) },
        plugins: {
          legend: { display: false },
          pointNames: isCloud ? { colour: palette.ink, paper: palette.paper } : false,
          tooltip: {
            callbacks: {
              title: (items) => (items[0] ? items[0].dataset.label : ""),
              label: ({ raw }) => `${names.length ? names[raw.x] : unitWords[view.x.unit](raw.x)}: ${unitWords[view.y.unit](raw.y)}`,
            },
          },
        },
      },
    },
  };
}
