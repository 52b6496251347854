"""Headless Chromium, for scripts/check-reports and scripts/readme-pictures.

It speaks Chromium's protocol over pipes: JSON, each message followed by a NUL.
"""
import base64
import contextlib
import json
import os
import select
import subprocess
import tempfile
import time

SCHEMES = ("light", "dark")
PATIENCE = 60


class Browser:
    def __init__(self, profile):
        command_read, self.out = os.pipe()
        self.into, command_write = os.pipe()

        def descriptors():
            # Above 4 first, so that neither is overwritten.
            first, second = os.dup2(command_read, 10), os.dup2(command_write, 11)
            os.dup2(first, 3)
            os.dup2(second, 4)

        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
                   "--disable-background-networking", "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"]
        self.process = subprocess.Popen(["chromium"] + options, preexec_fn=descriptors, close_fds=False,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(command_read)
        os.close(command_write)
        self.number, self.buffer, self.events, self.session = 0, b"", [], None

    def read(self, deadline):
        while b"\0" not in self.buffer:
            if not select.select([self.into], [], [], max(0, deadline - time.monotonic()))[0]:
                raise TimeoutError("Chromium does not answer")
            part = os.read(self.into, 1 << 20)
            if not part:
                raise EOFError("Chromium has ended")
            self.buffer += part
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = self.read(deadline)
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"]["exception"].get("description", "an exception"))
        return result["result"].get("value")

    def begin(self):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def browsing():
    """A browser with an empty profile."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(profile)
        try:
            browser.begin()
            yield browser
        finally:
            browser.end()


def opened(browser, page, width, scale=1):
    """Opens a page in the first of the schemes; whether it was drawn."""
    browser.call("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=scale, mobile=False)
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": SCHEMES[0]}])
    browser.events.clear()
    browser.call("Page.navigate", url=page)
    deadline = time.monotonic() + PATIENCE
    while browser.evaluate("document.readyState === 'complete' && (document.documentElement.dataset.drawn || typeof Chart === 'undefined' && '0') || ''") == "":
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def shoot(browser, path, box):
    """Writes a part of the page as a PNG."""
    clip = dict(zip(("x", "y", "width", "height"), box), scale=1)
    picture = browser.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)["data"]
    with open(path, "wb") as file:
        file.write(base64.b64decode(picture))
