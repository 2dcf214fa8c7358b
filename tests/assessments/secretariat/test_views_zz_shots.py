import threading, datetime as dt, pytest
from werkzeug.serving import make_server
from tests import factories
def test_shots(login, uow, make_case, round_, staff, english, app, socket_enabled):
    at = factories.clock() - dt.timedelta(hours=2)
    make_case(round_, "株式会社みらい製作所とても長い名前の会社 名古屋第二工場", at=at)
    case = make_case(round_, at=at, levels={0: 4, 1: 3})
    server = make_server("127.0.0.1", 8766, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    from playwright.sync_api import sync_playwright
    with sync_playwright() as p:
        br = p.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for w, who in ((1280, staff[0]), (390, english)):
            cookie = login(who).client.get_cookie("jpmirai")
            ctx = br.new_context(viewport={"width": w, "height": 900})
            ctx.add_cookies([{"name": "jpmirai", "value": cookie.value, "url": "http://localhost:8766"}])
            pg = ctx.new_page()
            for name, url in {"home": "/s", "queue": "/s/reviews", "review": f"/s/reviews/{case.id}", "answer": f"/s/reviews/{case.id}/{case.proven[0]}", "round": "/s/rounds/2026", "new": "/s/rounds/new", "member": f"/s/rounds/2026/participants/{case.org.id}", "audit": "/s/audit"}.items():
                r = pg.goto("http://localhost:8766" + url)
                print(name, r.status, pg.evaluate("document.documentElement.scrollWidth"))
                pg.screenshot(path=f"/tmp/shot_{name}_{w}.png", full_page=True)
        br.close()
    server.shutdown()
