"""Makes docs/images/explain.png: `PYTHONPATH=tests .venv/bin/python tests/explain/screenshot.py`.

It needs Chromium (Debian: apt-get install chromium) and pngquant (Debian: apt-get install pngquant), which makes the
picture small.
"""

import subprocess
import tempfile
from pathlib import Path

from explain.worlds import hosted
from program import Cli
from sandbox import Sandbox

PICTURE = Path(__file__).parent.parent.parent / "docs" / "images" / "explain.png"
SIZE = "1000,780"
SECONDS = 60


def take(page: Path, picture: Path, size: str = SIZE) -> None:
    """Take a picture of the top of a page. Chromium's own sandbox is off: it does not work in most containers."""
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    subprocess.run(
        [*command, f"--window-size={size}", f"--screenshot={picture}", page.as_uri()],
        check=True,
        capture_output=True,
        timeout=SECONDS,
    )


def main() -> None:
    """Let a hosted key set grow old, have it explained, and take the picture."""
    with Sandbox() as sandbox, tempfile.TemporaryDirectory() as folder:
        page, large = Path(folder) / "report.html", Path(folder) / "large.png"
        hosted(sandbox).rotate()
        assert Cli(sandbox, Path(folder) / "login").run("explain", "--html", str(page)).code == 4
        take(page, large)
        PICTURE.parent.mkdir(exist_ok=True)
        shrink = ["pngquant", "--force", "--strip", "--output", str(PICTURE), "64", str(large)]
        subprocess.run(shrink, check=True, timeout=SECONDS)


if __name__ == "__main__":
    main()
