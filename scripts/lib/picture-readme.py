#!/usr/bin/env python3
"""Writes the README's pictures from a report on the committed example.

    scripts/lib/picture-readme.py REPORT FOLDER
"""
import json
import os
import sys

sys.dont_write_bytecode = True
from browser import SCHEMES, browsing, opened, shoot

ROWS = ["robust-futex†", "futex", "ttas-backoff-yield", "pthread-mutex", "pthread-robust†", "flock†", "ticket-yield", "mcs-park", "mcs", "none"]
CURVES = ["robust-futex†", "futex", "pthread-mutex", "pthread-robust†", "ticket-yield", "mcs"]
# The number of a section, and the name of its picture.
PICTURES = {0: "throughput", 2: "workers"}

# Ten rows of the largest number of workers, six curves, and nothing that can be pressed.
CHOOSE = """
(() => {
  const [bars, , curves] = pictures;
  bars.spec.views.forEach((view) => { view.rows = view.rows.filter((row) => %s.includes(row.name)); });
  bars.view = bars.spec.views.length - 1;
  curves.choice.names.splice(0, Infinity, ...%s);
  pictures.forEach((picture) => picture.draw());
  document.querySelectorAll("section h2, .tools, .choose details, figcaption, figure > details").forEach((element) => { element.style.display = "none"; });
})()
""" % (json.dumps(ROWS), json.dumps(CURVES))

BOX = "(() => { const box = document.querySelectorAll('section')[%d].getBoundingClientRect(); return JSON.stringify([box.x + scrollX, box.y + scrollY, box.width, box.height]); })()"


def main():
    report, folder = sys.argv[1:]
    with browsing() as browser:
        for scheme in SCHEMES:
            if not opened(browser, "file://" + os.path.abspath(report), 720, scale=2):
                sys.exit("the report was not drawn")
            browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            browser.evaluate(CHOOSE)
            browser.evaluate("new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))")
            for section, name in PICTURES.items():
                x, y, width, height = json.loads(browser.evaluate(BOX % section))
                shoot(browser, os.path.join(folder, f"{name}-{scheme}.png"), (x - 10, y - 8, width + 20, height + 12))


main()
