"""What a test sees of a page of the report: its text, ids, links, formulas, claims."""

from html.parser import HTMLParser

VOID = {"meta", "br", "img", "hr", "path", "use", "rect"}


class Page(HTMLParser):
    """Refuses a page whose elements do not close in order, or that would load anything."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.formulas: list[str] = []  # the LaTeX of every formula
        self.glyphs: set[str] = set()
        self.used: set[str] = set()
        self.words: list[str] = []  # outside of formulas, code and the style sheet
        self._open: list[str] = []
        self.feed(source)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            (self.glyphs.add if tag == "symbol" else self.ids.append)(given["id"])
        if tag == "a":
            self.links.append(given["href"])
        if tag == "use":
            self.used.add(given["href"].removeprefix("#"))
        assert tag not in ("script", "link", "iframe")
        assert tag != "img" or given["src"].startswith("data:image/png;base64,")
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "svg" in self._open:
            if self._open[-1] == "title":
                self.formulas.append(data)
        elif not {"style", "code", "title"} & set(self._open):
            self.words.append(data)
