"""A page read strictly: every element that is opened must be closed, in order."""

from collections.abc import Iterator
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, TreeBuilder

_VOID = frozenset({"input", "meta", "wbr"})


def parse(page: str) -> Element:
    """Return the page's root element; AssertionError where an element is not closed."""
    parser = _Strict()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    return parser.builder.close()


def text_of(element: Element) -> str:
    """Return all the text in an element."""
    return "".join(element.itertext())


def of_class(element: Element, name: str) -> Iterator[Element]:
    """Yield every element of a class."""
    return (each for each in element.iter() if name in each.get("class", "").split())


def by_id(element: Element, wanted: str) -> Element:
    """Return the only element with an id."""
    (found,) = (each for each in element.iter() if each.get("id") == wanted)
    return found


class _Strict(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.builder = TreeBuilder()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"<{tag}> has an attribute twice"
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        if tag in _VOID:
            self.builder.end(tag)
        else:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert "svg" in self.open, f"<{tag}/> does not close itself outside of SVG"
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag
        self.builder.end(tag)

    def handle_data(self, data: str) -> None:
        if self.open:
            self.builder.data(data)
