"""A page in Chromium, from another site of this machine, tries to use a sandbox."""

import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import sync_playwright

from sandbox.server.server import Sandbox

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed here"),
]

# Requests that a browser sends without asking first, one that it asks for, and one that is read.
ATTACK = """async (address) => {
  const form = 'application/x-www-form-urlencoded';
  const body = (name) => `Action=CreateUser&UserName=${name}&Version=2010-05-08`;
  const tried = {};
  const attempt = async (name, options) => {
    try {
      const answer = await fetch(address, options);
      tried[name] = answer.type === 'opaque' ? 'opaque' : `${answer.status}`;
    } catch (error) { tried[name] = 'blocked'; }
  };
  await attempt('simple', {
    method: 'POST', mode: 'no-cors', body: body('simple'), headers: {'Content-Type': form}});
  await attempt('read', {method: 'POST', body: body('read'), headers: {'Content-Type': form}});
  await attempt('asked', {
    method: 'POST', body: '{}', headers: {'X-Amz-Target': 'SageMaker.CreateTrainingJob'}});
  await new Promise((done) => {
    const image = new Image();
    image.onload = image.onerror = done;
    image.src = `${address}?${body('image')}`;
  });
  return tried;
}"""
FORM = """<form method=post action="{}"><input name=Action value=CreateUser>
<input name=UserName value=form><input name=Version value=2010-05-08><button>win</button></form>"""


class _Page(BaseHTTPRequestHandler):
    """Serves the form of somebody else's site."""

    target = ""

    def do_GET(self) -> None:
        body = FORM.format(self.target).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def site(sandbox: Sandbox) -> Iterator[str]:
    """The address of a site whose pages know that of the sandbox."""
    served = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    _Page.target = f"{sandbox.url}/"
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield f"http://localhost:{served.server_port}/"
    served.shutdown()
    served.server_close()


def users(sandbox: Sandbox) -> list[str]:
    return [user["UserName"] for user in sandbox.client("iam").list_users()["Users"]]


def test_a_page_of_another_site_starts_nothing_and_reads_nothing(
    sandbox: Sandbox, site: str
) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        page.goto(site)
        tried = page.evaluate(ATTACK, f"{sandbox.url}/")
        page.get_by_role("button").click()
        page.wait_for_url(f"{sandbox.url}/**")
        shown = page.content()
        browser.close()

    assert tried == {"simple": "opaque", "read": "blocked", "asked": "blocked"}
    assert "only programs of this machine may" in shown
    assert users(sandbox) == []
