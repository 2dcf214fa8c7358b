"""What workers read, in every language that they read."""

from jpmirai_compliance.principles import LANGUAGES
from tests.e2e.pages.world import PUBLIC, Page


def _worker(language):
    return lambda w: f"/{language}/w/{w.code}"


#: One round is enough: these pages do not follow the language of whoever signs in.
_ONCE = ("ja",)
PAGES = (
    *(Page(f"worker-{tag}", PUBLIC, _worker(tag), languages=_ONCE) for tag in LANGUAGES),
    *(
        Page(f"code-{tag}", PUBLIC, f"/{tag}/code", languages=_ONCE)
        for tag in ("vi", "my", "ur", "ja-x-easy", "km")
    ),
    *(
        Page(f"worker-code-{tag}", PUBLIC, f"/{tag}/workers/code", languages=_ONCE)
        for tag in ("my", "ur", "ja-x-easy")
    ),
    Page("worker-safety-my", PUBLIC, "/my/workers/safety", languages=_ONCE),
    Page("worker-safety", PUBLIC, "/{lang}/workers/safety"),
)
