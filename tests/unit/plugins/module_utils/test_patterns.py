# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which texts match expressions that are Java's. The answers of ``JAVA`` are those of Java 17; what is not certain is unknown."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._patterns import matches

from tests.support.sandbox import real_schemas

JAVA = [
    ("", "", True),
    ("", "a", False),
    ("a", "a", True),
    ("a", "ab", False),
    ("a", "ba", False),
    ("ab|cd", "cd", True),
    ("ab|cd", "acd", False),
    ("a|", "", True),
    ("a*", "", True),
    ("a*", "aaa", True),
    ("a+", "", False),
    ("a+", "aaa", True),
    ("a?b", "b", True),
    ("a?b", "aab", False),
    ("a*?b", "aab", True),
    ("a{2}", "aa", True),
    ("a{2}", "a", False),
    ("a{2}", "aaa", False),
    ("a{1,2}b", "aab", True),
    ("a{1,2}b", "aaab", False),
    ("a{1,2}b", "b", False),
    ("a{0}", "", True),
    ("a{0}", "a", False),
    ("a{2,}", "aaaa", True),
    ("a{2,}", "a", False),
    ("(ab)*c", "ababc", True),
    ("(ab){2,3}", "ababab", True),
    ("(ab){2,3}", "ab", False),
    ("(ab){2,3}", "abababab", False),
    ("(ab)?", "abab", False),
    ("(a|b)+", "abba", True),
    ("(a*)*b", "aaab", True),
    ("(a|ab)(c|bcd)", "abcd", True),
    ("(?:a|b)c", "bc", True),
    (".", "x", True),
    ("^a$", "a", True),
    ("a^b", "ab", False),
    ("(a|^)b", "b", True),
    ("a$b", "ab", False),
    ("(?=a)a", "a", True),
    ("(?=b)a", "a", False),
    ("(?!b).*", "ab", True),
    ("(?!a).*", "ab", False),
    ("((?!\\-.).)+", "a-", True),
    ("((?!\\-.).)+", "a-b", False),
    ("(?!x$).*", "x", False),
    ("(?!x$).*", "xy", True),
    ("\\bab\\b", "ab", True),
    ("a\\b-b", "a-b", True),
    ("a\\bb", "ab", False),
    ("-\\b", "-", False),
    ("\\b", "", False),
    ("[abc]", "b", True),
    ("[abc]", "d", False),
    ("[^abc]", "d", True),
    ("[^abc]", "a", False),
    ("[a-c]", "c", True),
    ("[a-c]", "d", False),
    ("[a-]", "-", True),
    ("[-a]", "-", True),
    ("[a-c-e]", "-", True),
    ("[a-c-e]", "d", False),
    ("[\\w-]", "-", True),
    ("[a^]", "^", True),
    ("[a&b]", "&", True),
    ("[.*+?$(){}|]+", ".*+?$(){}|", True),
    ("[\\]\\[]", "]", True),
    ("[\\^a]", "^", True),
    ("[^\\d\\s]", "x", True),
    ("[^\\d\\s]", " ", False),
    ("]}", "]}", True),
    ("\\d", "5", True),
    ("\\w+", "aZ_9", True),
    ("\\.\\/\\-\\_\\\\", "./-_\\", True),
    ("\\\\Q", "\\Q", True),
]

# What Java says of texts and expressions that Python may take for something else.
LEFT_TO_THE_SERVER = [
    (".", "\n", False),
    (".", "\r", False),
    (".", "\u0085", False),
    (".", "\u2028", False),
    (".", "\v", True),
    (".", "😀", True),
    ("^a$", "a\n", False),
    ("a$\n", "a\n", True),
    ("a$\r\n", "a\r\n", True),
    ("a\r$\n", "a\r\n", False),
    ("a$\r", "a\r", True),
    ("a$\u0085", "a\u0085", True),
    ("a$\n\n", "a\n\n", False),
    ("[\\w-.]", "-", True),
    ("[^\\n]", "\n", False),
    ("\\d", "٣", False),
    ("\\D", "٣", True),
    ("\\w", "é", False),
    ("\\W", "é", True),
    ("\\s", "\v", True),
    ("\\s", "\xa0", False),
    ("\\S", "\xa0", True),
    ("\\t\\n\\r\\f\\a\\e", "\t\n\r\f\x07\x1b", True),
    ("\\p{L}", "a", True),
    ("\\p{L}", "é", True),
    ("\\p{L}", "5", False),
    ("\\pL+", "aé", True),
    ("\\P{L}", "5", True),
    ("\\P{L}", "a", False),
    ("\\p{Lu}", "É", True),
    ("\\p{Lu}", "é", False),
    ("\\p{IsLu}", "A", True),
    ("[\\p{L}\\p{N}_]+", "ä_9", True),
]

# What Java has and is not read here, and what Java refuses.
UNKNOWN = [
    "a++",
    "a*+b",
    "a?+",
    "a{1,2}+",
    "(?>a)b",
    "(?<=a)b",
    "(?<!a)b",
    "(?i)a",
    "(?s).",
    "(?i:a)",
    "(a)\\1",
    "(?<n>a)\\k<n>",
    "\\Qab\\E",
    "\\Aab\\z",
    "\\x41",
    "(?<first>a)b",
    "\\h",
    "\\V",
    "\\p{Alpha}",
    "a\\B",
    "\\R",
    "\\X",
    "\\Ga",
    "\\07",
    "\\cA",
    "[a-z&&[^b]]",
    "[a&&b]",
    "[a[b]]",
    "[a-[b]]",
    "\\p{IsAlphabetic}",
    "\\p{IsLatin}",
    "\\p{LC}",
    "\\p{javaLowerCase}",
    "\\p{Lx}",
    "\\p",
    "\\N{DIGIT ONE}",
    "\\ud800",
    "\\E",
    "\\é",
    "\\",
    "*a",
    "a**",
    "a{2}{3}",
    "a{2,1}",
    "a{,2}",
    "a{b}",
    "{",
    "(",
    ")",
    "(a",
    "a)",
    "(?",
    "(?#a)",
    "[",
    "[]",
    "[]a]",
    "[^",
    "[^]",
    "[a",
    "[b-a]",
    "[a-\\d]",
    "[a-&&b]",
    "^*a",
    "$?",
    "(?=a)*a",
    "(a|^){2}",
    "((?=a)a){2,}",
    "a{1234567}",
]


@pytest.mark.parametrize(("pattern", "text", "expected"), JAVA)
def test_certain(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


@pytest.mark.parametrize("pattern", UNKNOWN)
def test_unknown(pattern: str) -> None:
    for text in ("", "a", "ab", "b"):
        assert matches(pattern, text) is None


@pytest.mark.parametrize(("pattern", "text", "_java"), LEFT_TO_THE_SERVER)
def test_left_to_the_server(pattern: str, text: str, _java: bool) -> None:
    assert matches(pattern, text) is None


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("(a+)+$", "a" * 9000 + "b"),
        ("(a*)*b", "a" * 9000),
        ("(a|a)*b", "a" * 9000),
        ("(a|aa)+b", "a" * 9000),
        ("(x+x+)+y", "x" * 9000),
        ("(.*a){20}b", "a" * 9000),
        ("((((a?){3}b*)*c)*d)*e", "abcd" * 2500),
        (
            "^(([^\\s:/?#]+?):){1}((//)?([^\\s/?#]+?)){1}([^\\s?#]*?)(\\?([^\\s#]*?))?(#([^\\s]*?))?$",
            "a:b" * 3000 + " ",
        ),
        ("(a?){999999}", "a"),
        ("((a{0,999}){0,999}){0,999}b", "a" * 9000),
    ],
)
def test_it_always_ends_soon(pattern: str, text: str) -> None:
    before = time.process_time()
    assert matches(pattern, text) is not True
    assert time.process_time() - before < 3


def test_its_limits() -> None:
    assert matches("a*", "a" * 10_000) is True
    assert matches("a*b*", "a" * 400) is True
    assert matches("a*b*", "a" * 500) is None
    assert matches("(a|b)*", "a" * 8) is True
    assert matches("(a|b)*", "a" * 9) is None
    assert matches("a" * 2_000, "b") is False
    assert matches("a" * 2_001, "b") is None
    assert matches("(" * 900, "a") is None
    assert matches("(a)" * 100, "a" * 100) is True


def test_short_texts_match_what_python_takes_for_the_same() -> None:
    """Expressions that both languages read alike, and all short texts of a few characters."""
    texts = [""]
    for _length in range(4):
        texts += [text + character for text in texts for character in "ab-"]
    texts = sorted(set(texts))
    for pattern in ("(a|b-)*", "a{1,2}(?!b).*", "[^a]?b*-+|a", "((a|)b?){2}", "(?=.*b)[ab]+", "(a*b|-)+?a?"):
        for text in texts:
            assert matches(pattern, text) is bool(re.fullmatch(pattern, text)), (pattern, text)


def patterns_in(document: Any) -> set[str]:
    """Of all constraints and preconditions."""
    if isinstance(document, list):
        return set().union(*map(patterns_in, document))
    if not isinstance(document, dict):
        return set()
    own = {document["pattern"]} if document.get("type") in ("PATTERN", "REGEX", "REGEX_MATCH") else set()
    return own.union(*map(patterns_in, document.values()))


def test_expressions_of_real_schemas() -> None:
    """Nearly all answers are certain, and of the defaults of schemas, which are empty, all are."""
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in real_schemas().values()]
    unknown = 0
    for pattern in set().union(*map(patterns_in, documents)):
        for text in ("", "a", "a.b@example.com", "https://example.com/a?b#c", "name", "dt.a", "-5", "#aabbcc"):
            answer = matches(pattern, text)
            unknown += answer is None
            assert answer is bool(re.fullmatch(pattern, text)) or (text and answer is None), (pattern, text)
    assert unknown <= 20
