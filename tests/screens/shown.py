"""All that a screen sends to be read as Markdown or HTML, and what of it would be markup.

The rules are those of Streamlit's own page: it undoes escapes, then looks for links, icons, emoji
and arrows in what is left.
"""

import re
from collections.abc import Iterator

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Node

# What the page shows as it stands, by element and part: every other text counts as Markdown.
AS_IT_STANDS = {
    "Code": {"code_text"},
    "Dataframe": {"columns"},
    "MultiSelect": {"options", "raw_values"},
    "Selectbox": {"options", "raw_value"},
    "Text": {"body"},
    "TextArea": {"default", "value", "placeholder"},
    "TextInput": {"default", "value", "placeholder"},
    "VegaLiteChart": {"spec", "alt"},
}
NO_TEXT = {"form_id", "hash", "icon", "id", "key", "name", "page_script_hash", "url", "user_key"}
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
# Of the hostile text, what an escape keeps from being markup, and what only a joiner does.
MARKED = ("**x**", "$a$", "[y](", "<b>&amp;", "`c`", "~~s~~", ":red[")
AS_HTML = ("<b>&amp;", 'href="http://e', 'href="https://e', 'href="www.')
SOUGHT_AFTERWARDS = (
    re.compile(r"(https?://|www\.)[\w.]*(evil|e\.test)"),
    re.compile(r"a@b\.test"),
    re.compile(r":(material[/_]verified|smile):"),
    re.compile(r":red\["),
    re.compile(r"(^|\s)<=(\s|$)"),
)


def read_as_markup(app: AppTest) -> Iterator[tuple[str, str]]:
    """Every text that is no plain one, with the element and the part it stands in."""
    yield from _of_node(app._tree)


def unbroken(where: str, text: str) -> list[str]:
    """What in the text would be markup though a person wrote it."""
    if where == "Html.body":
        return [one for one in AS_HTML if one in text]
    undone = ESCAPED.sub(r"\1", text)
    sought = [found[0] for one in SOUGHT_AFTERWARDS if (found := one.search(undone))]
    return [*(one for one in MARKED if one in text), *sought]


def _of_node(node: Node) -> Iterator[tuple[str, str]]:
    if isinstance(proto := getattr(node, "proto", None), Message):
        yield from _of_message(proto)
    if isinstance(node, Block):
        for child in node.children.values():
            yield from _of_node(child)


def _of_message(message: Message) -> Iterator[tuple[str, str]]:
    kind = message.DESCRIPTOR.name
    as_it_stands = NO_TEXT | AS_IT_STANDS.get(kind, set())
    if kind == "Table":
        frame = convert_arrow_bytes_to_pandas_df(message.arrow_data.data)
        yield from (("Table", str(cell)) for cell in [*frame.columns, *frame.to_numpy().flat])
    for field, value in message.ListFields():
        for one in value if field.is_repeated else [value]:
            if field.type == FieldDescriptor.TYPE_MESSAGE and isinstance(one, Message):
                yield from _of_message(one)
            elif field.type == FieldDescriptor.TYPE_STRING and field.name not in as_it_stands:
                yield f"{kind}.{field.name}", one
