"""The pieces of a mail that came back, whatever is wrong with it: parts, fields, text."""

import quopri
import re
from base64 import b64decode
from collections.abc import Iterator
from email.header import decode_header
from email.message import Message

# Deeper than any mail program nests, and more parts than any report has.
MOST_PARTS = 100
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,60})[ \t]*:[ \t]*(.*)")
_ADDRESS = re.compile(r"[^\s<>\"'(),:;@\[\]]{1,64}@[^\s<>\"'(),:;@]{1,255}")
_NUMBER = re.compile(r"\+?[0-9][0-9-]{8,}[0-9]")
_BREAKS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")


def parts(message: Message) -> list[Message]:
    """``message`` and what lies inside, the outermost first, without what a report quotes."""
    found: list[Message] = []
    waiting = [message]
    while waiting and len(found) < MOST_PARTS:
        part = waiting.pop(0)
        found.append(part)
        quoted = part is not message and part.get_content_type().startswith("message/")
        if part.is_multipart() and not quoted:
            waiting += [inner for inner in part.get_payload() if isinstance(inner, Message)]
    return found


def blocks(part: Message) -> list[dict[str, str]]:
    """The groups of fields in a report's machine-readable part, names in lower case."""
    return [fields for group in _groups(_text(part)) if (fields := _fields(group))]


def header(message: Message, name: str) -> str:
    """A header in readable form; empty where there is none."""
    value = str(message.get(name, ""))
    try:
        pieces = [_decoded(text, charset) for text, charset in decode_header(value)]
    except ValueError:
        return value
    return "".join(pieces)


def plain_text(message: Message) -> str:
    """The text a person would read first, or the HTML's words; empty where there is none."""
    readable = [part for part in parts(message) if part.get_content_maintype() == "text"]
    readable.sort(key=lambda part: part.get_content_subtype() != "plain")
    for part in readable:
        if text := _text(part).strip():
            return text if part.get_content_subtype() == "plain" else re.sub(r"<[^<>]{0,500}>", " ", text)
    return ""


def masked_words(words: str) -> str:
    """What a server said on one short line, without the addresses and long numbers in it."""
    # Bytes that were no text, and halves of characters in JSON, can be stored by nobody.
    storable = words[:2000].encode("utf-8", "replace").decode()
    line = _BREAKS.sub(" ", storable).strip()
    return _NUMBER.sub("•••", _ADDRESS.sub("•••", line))[:300]


def _groups(text: str) -> Iterator[list[str]]:
    group: list[str] = []
    for line in re.split(r"\r\n|\r|\n", text):
        if line.strip():
            group.append(line)
        elif group:
            yield group
            group = []
    if group:
        yield group


def _fields(lines: list[str]) -> dict[str, str]:
    """The first value of each field of a group, unfolded."""
    found: dict[str, str] = {}
    name = ""
    for line in lines:
        if line[0] in " \t":
            if name:
                found[name] = f"{found[name]} {line.strip()}"
            continue
        parts = _FIELD.match(line)
        name = parts[1].lower() if parts and parts[1].lower() not in found else ""
        if parts and name:
            found[name] = parts[2].strip()
    return found


def _text(part: Message) -> str:
    """What a part says. The parser takes message/… apart without decoding; it is put together again here."""
    payload = part.get_payload()
    if isinstance(payload, list):
        inner = "\n\n".join(_whole(each) for each in payload if isinstance(each, Message))
        return _transferred(inner, str(part.get("content-transfer-encoding", "")))
    raw = part.get_payload(decode=True)
    content = raw if isinstance(raw, bytes) else str(payload).encode("utf-8", "replace")
    return _decoded(content, part.get_content_charset())


def _whole(part: Message) -> str:
    fields = "\n".join(f"{name}: {value}" for name, value in part.items())
    rest = part.get_payload()
    return "\n".join(filter(None, [fields, rest if isinstance(rest, str) else ""]))


def _transferred(text: str, encoding: str) -> str:
    content = text.encode("utf-8", "replace")
    try:
        match encoding.strip().lower():
            case "base64":
                return b64decode(content, validate=False).decode("utf-8", "replace")
            case "quoted-printable":
                return quopri.decodestring(content).decode("utf-8", "replace")
    except ValueError:
        pass
    return text


def _decoded(content: bytes | str, charset: str | None) -> str:
    if isinstance(content, str):
        return content
    try:
        return content.decode(charset or "utf-8", "replace")
    except (LookupError, ValueError):  # a name that is none, or with a NUL in it
        return content.decode("utf-8", "replace")
