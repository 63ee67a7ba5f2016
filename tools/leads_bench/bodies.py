"""Measures the most expensive bodies that are allowed: ``python -m leads_bench.bodies``.

Each body is parsed in its own process, which measures its memory, and compared with a typical body of its size.
"""

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

from leads_core import parsing

MOST_BYTES = 4_500_000
MOST_TIMES_THE_CPU = 10
MOST_MEGABYTES = 150
_BYTES_OF_A_LEAD = MOST_BYTES // 100


class Cost(NamedTuple):
    """The cost of parsing a body: CPU as a multiple of the typical body's, and memory besides the body itself."""

    name: str
    cpu: float
    megabytes: float
    outcome: str


def typical_body(size: int) -> bytes:
    """Leads of 45 KB with notes and contacts; 100 leads at full size."""
    contact = {
        "name": "Ada",
        "lastName": "Lovelace",
        "email": "ada@company.example",
        "phoneNumber": "+46 70 123 4567",
        "website": f"https://company.example/{'x' * 60}",
    }
    lead = {"company": "Company", "employeeCount": 40, "labels": ["Fair", "B2B"], "notes": "Wants an offer.\n" * 430}
    room = _BYTES_OF_A_LEAD - len(json.dumps({**lead, "contacts": []}))
    contacts = [contact] * (room // len(json.dumps(contact) + ", "))
    return json.dumps([{**lead, "contacts": contacts}] * (size // _BYTES_OF_A_LEAD)).encode()


def costly_bodies(size: int, max_values: int) -> Iterator[tuple[str, bytes]]:
    """Families of bodies that might take long, by name, each of about ``size`` bytes.

    Bodies of small values come in three forms: with as many values as fit, with as many as are allowed, and with an
    error after these.
    """
    for name, (head, piece, tail, values) in _OF_SMALL_VALUES.items():
        fitting = (size - len(head) - len(tail)) // len(_numbered(piece, 0) + b",")
        read = min(fitting, (max_values - 500) // values)
        yield name, _repeated(head, piece, tail, fitting)
        body = _repeated(head, piece, tail, read)
        yield f"{name}, as many as are read", body + b" " * (size - len(body))
        yield f"{name}, and a mistake", body + b" " * (size - len(body) - 1) + b"!"
    for name, (head, piece, tail) in _OF_LARGE_VALUES.items():
        yield name, head + piece * ((size - len(head) - len(tail)) // len(piece)) + tail
    yield from _of_known_fields(size)


def _repeated(head: bytes, piece: bytes, tail: bytes, count: int) -> bytes:
    return head + b",".join(_numbered(piece, number) for number in range(count)) + tail


def _numbered(piece: bytes, number: int) -> bytes:
    return piece % number if b"%" in piece else piece


_UNKNOWN = b'[{"COMPANY":"","x":['
# The start, the repeated piece (with a placeholder for its number, or without), the end, and the values of a piece.
_OF_SMALL_VALUES = {
    "arrays 190 deep": (_UNKNOWN, b"[" * 190 + b"]" * 190 + b"", b"]}]", 191),
    "arrays as deep as may be": (_UNKNOWN, b"[" * 13 + b"]" * 13 + b"", b"]}]", 14),
    "objects as deep as may be": (_UNKNOWN, b'{"":' * 12 + b"{}" + b"}" * 12 + b"", b"]}]", 14),
    "empty arrays": (_UNKNOWN, b"[]", b"]}]", 2),
    "empty objects": (_UNKNOWN, b"{}", b"]}]", 2),
    "objects of an empty array": (_UNKNOWN, b'{"":[]}', b"]}]", 3),
    "objects of one member": (_UNKNOWN, b'{"a":1}', b"]}]", 2),
    "objects of one new name": (_UNKNOWN, b'{"%x":1}', b"]}]", 2),
    "objects of six members": (_UNKNOWN, b'{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1}', b"]}]", 7),
    "arrays of an object": (_UNKNOWN, b"[{}]", b"]}]", 3),
    "numbers with an exponent": (_UNKNOWN, b"1e9", b"]}]", 1),
    "numbers with a negative exponent": (_UNKNOWN, b"1.5E-99", b"]}]", 1),
    "digits": (_UNKNOWN, b"1", b"]}]", 1),
    "empty texts": (_UNKNOWN, b'""', b"]}]", 1),
    "texts": (_UNKNOWN, b'"%x"', b"]}]", 1),
    "texts of half a surrogate pair": (_UNKNOWN, rb'"\ud83d"', b"]}]", 1),
    "numbers that are none": (_UNKNOWN, b"NaN", b"]}]", 1),
    "unknown members": (b"[{", b'"%x":1', b"}]", 1),
    "unknown members of empty arrays": (b"[{", b'"%x":[]', b"}]", 2),
    "unknown members before bad labels": (b"[{", b'"%x":1', b',"labels":[' + b"1e99," * 400 + b"1]}]", 1),
    "unknown members behind bad labels": (b'[{"labels":[' + b"true," * 100 + b"1],", b'"%x":1', b"}]", 1),
    "custom members with bad names": (b'[{"custom":{', b'"\\u0007%x":1', b"}}]", 1),
    "custom members, and socials": (b'[{"socials":[' + b'"x",' * 100 + b'""],"custom":{', b'"%x":1', b"}}]", 1),
    "one name again and again": (b"[{", b'"company":"%x"', b"}]", 1),
    "names in capitals again and again": (b"[{", b'"COMPANY":%d', b"}]", 1),
    "empty leads": (b"[", b"{}", b"]", 2),
    "leads that are none": (b"[", b"1", b"]", 1),
    "contacts of one lead": (b'[{"contacts":[', b'{"role":"x"}', b"]}]", 2),
    "unknown members of a contact": (b'[{"contacts":[{', b'"%x":1', b"}]}]", 1),
    "labels": (b'[{"labels":[', b'"%x"', b"]}]", 1),
    "custom members": (b'[{"custom":{', b'"%x":1', b"}}]", 1),
    "custom members, and an unknown name": (b'[{"x":1,"custom":{', b'"%x":1e9', b"}}]", 1),
}
# The start, the repeated piece, and the end.
_OF_LARGE_VALUES = {
    "digits of one number": (b'[{"employeeCount":', b"1", b"}]"),
    "digits of one unknown number": (b'[{"x":', b"1", b"e99}]"),
    "digits in text": (b'[{"employeeCount":"', b"1", b'"}]'),
    "fraction of a second": (b'[{"date":"2026-11-23T08:15:00.', b"0", b'"}]'),
    "one text": (b'[{"notes":"', b"x", b'"}]'),
    "one text with an emoji": ('[{"x":"\N{GRINNING FACE}'.encode(), b"x", b'"}]'),
    "one name": (b'[{"', b"X", b'":1}]'),
    "escaped quotes": (b'[{"x":"', rb"\"", b'"}]'),
    "escaped backslashes": (b'[{"x":"', rb"\\", b'"}]'),
    "escaped letters": (b'[{"x":"', rb"\u0041", b'"}]'),
    "surrogate pairs": (b'[{"x":"', rb"\ud83d\ude00", b'"}]'),
    "brackets in text": (b'[{"x":"', b"[{,", b'"}]'),
    "quotes": (b"[", b'"', b"]"),
    "quotes and brackets": (b"[", b'"[{', b"]"),
    "brackets that nobody closes": (b"[", b"[", b""),
    "brackets that nobody opens": (b"[", b"]", b""),
    "brackets in turn": (b"[", b"[[}]{", b"]"),
    "spaces": (b"[{}", b" ", b"]"),
    "spaces alone": (b"", b" ", b""),
    "byte order marks": (b"", b"\xef\xbb\xbf", b"[{}]"),
    "null bytes": (b"", b"\0", b""),
}


def _of_known_fields(size: int) -> Iterator[tuple[str, bytes]]:
    """As many leads as the typical body has, with the most list elements that a lead may have or that fit."""
    for name, list_name, element in [
        ("contacts of each lead", "contacts", {"role": "x"}),
        ("contacts of each lead, in capitals", "CONTACTS", {"ROLE": "x"}),
        ("contacts of each lead, by name or number", "contactPerson", {"name": 1, "role": 1}),
        ("contacts of each lead, and an unknown name", "contacts", {"role": "x", "": 1}),
        ("contacts of each lead, all bad", "contacts", {"role": True}),
        ("contacts of each lead, with a date", "contacts", {"dateCreated": "20261123"}),
        ("contacts of each lead, with a number for a date", "CONTACTS", {"DATECREATED": 20261123}),
        ("contacts of each lead, with a date and an offset", "CONTACTS", {"DATECREATED": "20261123T08+01"}),
        ("contacts of each lead, in the newer shape", "contacts", {"emails": ["x", "y"]}),
        ("contacts of each lead, in the newer shape, all bad", "contacts", {"EMAIL": [1, {"Address": []}]}),
        ("socials of each lead", "socials", {"type": "x", "url": "y"}),
        ("e-mail addresses of each lead", "emails", "x"),
        ("labels of each lead", "labels", "x"),
        ("labels of each lead, all bad", "labels", []),
    ]:
        room = _BYTES_OF_A_LEAD // len(json.dumps(element, separators=(",", ":")) + ",") - 2
        lead: dict[str, object] = {list_name: [element] * min(room, 1000), "notes": "x"}
        if list_name.lower() == "contacts":
            lead["CONTACTPERSON"] = [element] * max(0, min(room - 1000, 1000))
        body = json.dumps([lead] * (size // _BYTES_OF_A_LEAD), separators=(",", ":")).encode()
        yield name, body + b" " * (size - len(body))


def _cost(name: str, body: bytes, reference: bytes) -> Cost:
    """Measure in a fork of this process."""
    receiver, sender = os.pipe()
    if pid := os.fork():
        os.close(sender)
        with os.fdopen(receiver) as received:
            cost = Cost(*json.load(received))
        os.waitpid(pid, 0)
        return cost
    before = _peak_bytes()
    seconds, outcome = _read(body)
    megabytes = (_peak_bytes() - before) / 1e6
    of_reference = min(_read(reference)[0] for _ in range(3))
    with os.fdopen(sender, "w") as sent:
        json.dump(Cost(name, seconds / of_reference, megabytes, outcome), sent)
    os._exit(0)


def _read(body: bytes) -> tuple[float, str]:
    started = time.process_time()
    parsed = parsing.parse_leads(body, max_leads=100)
    seconds = time.process_time() - started
    return seconds, parsed.reason if isinstance(parsed, parsing.MalformedBody) else type(parsed).__name__


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> int:
    """Measure all bodies, and report whether one costs more than allowed."""
    parser = argparse.ArgumentParser(description="Measure the cost of the most expensive bodies.")
    parser.add_argument("--worst", type=int, default=10, help="how many are shown, by CPU and by memory")
    arguments = parser.parse_args()
    reference = typical_body(MOST_BYTES)
    costs = [_cost("typical", reference, reference)]
    costs += [_cost(name, body, reference) for name, body in costly_bodies(MOST_BYTES, parsing.MAX_VALUES)]
    by_cpu = sorted(costs, key=lambda cost: -cost.cpu)
    by_memory = sorted(costs, key=lambda cost: -cost.megabytes)
    for title, ranked in [("By CPU", by_cpu), ("By memory", by_memory)]:
        print(f"\n{title}: times the typical body's CPU, MB beyond the body")  # noqa: T201 - the result
        for cost in [*ranked[: arguments.worst], costs[0]]:
            print(f"{cost.cpu:8.2f} {cost.megabytes:8.1f}  {cost.name}: {cost.outcome[:70]}")  # noqa: T201
    return 1 if by_cpu[0].cpu > MOST_TIMES_THE_CPU or by_memory[0].megabytes > MOST_MEGABYTES else 0


if __name__ == "__main__":
    sys.exit(main())
