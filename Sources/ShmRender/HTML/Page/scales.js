"use strict";
// Numbers, axes and colours of the pictures.

const finite = (number) => typeof number === "number" && Number.isFinite(number);

// Three significant digits, without zeros at the end.
function short(number, units) {
  const size = Math.abs(number);
  const [suffix, scale] = units.find(([, scale]) => size >= scale * 0.9995) || units[units.length - 1];
  const value = number / scale;
  const digits = Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2;
  return String(Number(value.toFixed(digits))) + suffix;
}

// A time in µs with so many digits that a step shows. All times of an axis have the same unit.
function clockWords(x, step) {
  const [suffix, scale] = [[" s", 1e6], [" ms", 1e3], [" µs", 1], [" ns", 1e-3]].find(([, scale]) => Math.max(Math.abs(x), step) >= scale * 0.9995) || [" ns", 1e-3];
  const digits = Math.min(9, Math.max(0, Math.ceil(-Math.log10(step / scale) - 1e-9)));
  return (x / scale).toFixed(digits) + suffix;
}

const unitWords = {
  rate: (x) => short(x, [[" M", 1e6], [" k", 1e3], ["", 1]]),
  time: (x) => short(x, [[" s", 1e9], [" ms", 1e6], [" µs", 1e3], [" ns", 1]]),
  clock: (x, step) => clockWords(x, step || 0.001),
  margin: (x) => short(x, [["", 1]]).replace("-", "−"),
  ratio: (x) => (Math.abs(x - 1) < 1e-9 ? "0%" : x >= 1.995 || x < 0.505 ? "×" + short(x, [["", 1]]) : (x >= 1 ? "+" : "−") + short(Math.abs(x - 1) * 100, [["%", 1]])),
  share: (x) => short(x, [["", 1]]),
  percentile: (x) => String(Number((100 - 100 / x).toFixed(4))) + "%",
  count: (x) => String(Math.round(x)),
  plain: (x) => (Math.abs(x) >= 1000 ? short(x, [[" M", 1e6], [" k", 1e3]]) : short(x, [["", 1]])),
};
unitWords.rateFromZero = unitWords.rate;

// Where nothing changes.
const neutral = { ratio: 1, margin: 0 };

const isLogarithmic = (unit) => ["rate", "time", "ratio", "percentile", "count"].includes(unit);

// Multiples of a round step between two numbers, at most so many.
function evenTicks(low, high, most) {
  const raw = (high - low) / Math.max(1, most - 1);
  const power = 10 ** Math.floor(Math.log10(raw || 1));
  const step = [1, 2, 5, 10].map((x) => x * power).find((x) => x >= raw) || raw;
  const ticks = [];
  for (let k = Math.ceil(low / step); k * step <= high * (1 + 1e-9) && ticks.length < 50; k += 1) ticks.push(Number((k * step).toPrecision(12)));
  return ticks;
}

// Ticks of a logarithmic axis: 1, 2 and 5 of each power of ten, powers, or even steps on a short axis.
function powerTicks(low, high, most) {
  const decades = Math.log10(high / low);
  if (decades < 0.7) return evenTicks(low, high, most);
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  for (const digits of [[1, 2, 5], [1, 3], [1]]) {
    for (let skip = 1; skip <= (digits.length > 1 ? 1 : 6); skip += 1) {
      const ticks = [];
      for (let power = first; power <= last; power += 1) {
        if (((power % skip) + skip) % skip === 0) digits.forEach((digit) => ticks.push(digit * 10 ** power));
      }
      const within = ticks.filter((x) => x >= low * 0.9999 && x <= high * 1.0001);
      if (within.length <= most && within.length > 1) return within;
    }
  }
  return [low, high];
}

function ratioTicks(low, high, most) {
  if (high / low > 1.9) {
    const all = [0.001, 0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 100, 1000, 10000].filter((x) => x >= low && x <= high);
    if (all.length > 2) return all.length <= most ? all : all.filter((x) => ![0.2, 5].includes(x));
  }
  return evenTicks(low - 1, high - 1, most).map((x) => x + 1);
}

// Ticks with different words; on a narrow axis more than asked for, if it would have only one.
function ticksOf(unit, low, high, most) {
  for (let more = most; ; more += 1) {
    const words = new Set();
    const raw = rawTicks(unit, low, high, more);
    const say = (x) => unitWords[unit](x, raw[1] - raw[0]);
    const ticks = raw.filter((x) => !words.has(say(x)) && words.add(say(x)));
    if (ticks.length > 1 || more > most + 4) return ticks;
  }
}

function rawTicks(unit, low, high, most) {
  if (unit === "percentile") return [2, 10, 100, 1000, 10000, 100000].filter((x) => x >= low * 0.99 && x <= high * 1.01);
  if (unit === "ratio") return ratioTicks(low, high, most);
  return isLogarithmic(unit) ? powerTicks(low, high, most) : evenTicks(low, high, most);
}

// The ends of an axis that holds all numbers, with room at both.
function rangeOf(unit, numbers) {
  const all = numbers.filter((x) => finite(x) && (!isLogarithmic(unit) || x > 0));
  if (all.length === 0) return isLogarithmic(unit) ? [1, 10] : [0, 1];
  let low = all.reduce((a, b) => Math.min(a, b));
  let high = all.reduce((a, b) => Math.max(a, b));
  if (unit === "rateFromZero") return [0, high * 1.02];
  if (unit === "share") {
    const room = Math.max(0.01, (Math.max(1, high) - low) * 0.06);
    return [low - room, Math.max(1, high) + room];
  }
  if (unit === "clock") return [0, high];
  if (unit === "margin") return [Math.max(-8, Math.min(low, -1.6)) - 0.15, Math.min(8, Math.max(high, 1.6)) + 0.15];
  if (unit === "percentile") return [1.8, high * 1.3];
  if (isLogarithmic(unit)) {
    if (unit === "ratio") [low, high] = [Math.min(low, 0.98), Math.max(high, 1.02)];
    if (high / low < 1.3 && unit !== "ratio") [low, high] = [low / 1.15, high * 1.15];
    const room = Math.max((high / low) ** 0.04, unit === "count" ? 1.08 : 1.01);
    return [low / room, high * room];
  }
  const room = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
  return [low - room, high + room];
}

function colours() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue("--" + name).trim();
  const names = ["paper", "ink", "soft", "rule", "panel", "bar", "hollow", "edge", "error", "grid", "fair", "expected"];
  const result = Object.fromEntries(names.map((name) => [name, colour(name)]));
  result.curves = [0, 1, 2, 3, 4, 5, 6].map((index) => colour("c" + index));
  return result;
}

// Leaves out ticks whose labels would touch those of others on a horizontal axis; the tick where nothing changes comes first.
function spacedTicks(ticks, unit, scale) {
  const width = (scale.width || 300) * 0.95;
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `12px ${Chart.defaults.font.family}`;
  const place = isLogarithmic(unit) ? Math.log : (x) => x;
  const at = (x) => ((place(x) - place(scale.min)) / (place(scale.max) - place(scale.min))) * width;
  const kept = [];
  const first = ticks.filter((x) => x === neutral[unit]);
  for (const x of [...first, ...ticks.filter((x) => x !== neutral[unit])]) {
    const half = pen.measureText(unitWords[unit](x, ticks[1] - ticks[0])).width / 2 + 4;
    if (kept.every((other) => Math.abs(at(x) - other.at) >= half + other.half)) kept.push({ x, half, at: at(x) });
  }
  return kept.map(({ x }) => x).sort((a, b) => a - b);
}

// A scale of Chart.js for an axis.
function scaleFor(unit, title, [low, high], palette, options) {
  const { names = [], most = 6, axis = "x" } = options || {};
  return {
    type: isLogarithmic(unit) ? "logarithmic" : "linear",
    axis,
    min: low,
    max: high,
    title: { display: title !== "", text: title, color: palette.soft },
    grid: {
      color: ({ tick }) => (tick && tick.value === neutral[unit] ? palette.soft : palette.grid),
      borderColor: palette.rule,
      tickColor: palette.rule,
    },
    ticks: {
      color: palette.soft,
      autoSkip: false,
      maxRotation: 0,
      minRotation: 0,
      callback: (value, _, ticks) => (names.length > 0 ? names[Math.round(value)] || "" : unitWords[unit](value, ticks.length > 1 ? ticks[1].value - ticks[0].value : 0)),
    },
    afterBuildTicks: (scale) => {
      const room = scale.isHorizontal() ? Math.max(2, Math.floor((scale.width || 300) / 52)) : most;
      const ticks = ticksOf(unit, scale.min, scale.max, Math.min(most, room));
      scale.ticks = (scale.isHorizontal() ? spacedTicks(ticks, unit, scale) : ticks).map((value) => ({ value }));
    },
  };
}
