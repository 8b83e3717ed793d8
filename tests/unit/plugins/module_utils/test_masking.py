# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is secret in arguments, and results without it, by values."""

from __future__ import annotations

import html
import json
import re
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._masking import (
    MASK,
    address_secrets,
    apparent_secrets,
    declared_secrets,
    guessed_secrets,
    masked,
    masked_fields,
)
from ansible_collections.community.dynatrace.plugins.module_utils._text import cut

AWKWARD = "pä\"s's/wo <rd\\+&%\n\t€"
OPTIONS = {
    "token": {"type": "str", "no_log": True, "aliases": ["key"]},
    "name": {"type": "str"},
    "list": {"type": "list", "elements": "dict", "options": {"password": {"no_log": True}, "user": {}}},
}


class TestMasked:
    @pytest.mark.parametrize(
        "form",
        [
            AWKWARD,
            AWKWARD.strip(),
            json.dumps(AWKWARD)[1:-1],
            json.dumps(AWKWARD, ensure_ascii=False)[1:-1],
            json.dumps(AWKWARD)[1:-1].replace("/", "\\/"),
            json.dumps(AWKWARD)[1:-1].replace("u00e4", "u00E4").replace("u20ac", "u20AC"),
            quote(AWKWARD, safe=""),
            quote(AWKWARD),
            re.sub("%..", lambda code: code[0].lower(), quote(AWKWARD, safe="")),
            quote_plus(AWKWARD),
            html.escape(AWKWARD),
        ],
    )
    def test_a_secret_as_it_may_be_repeated(self, form: str) -> None:
        assert masked(f"refused: {form}!", [AWKWARD]) == f"refused: {MASK}!"

    def test_all_of_a_value(self) -> None:
        value = {"a hush": ["hush", ("x hush",), {"b": 1, "c": None, "d": True, "e": 1.5}], 3: "hushhush"}
        expected = {f"a {MASK}": [MASK, [f"x {MASK}"], {"b": 1, "c": None, "d": True, "e": 1.5}], 3: MASK * 2}
        assert masked(value, {"hush"}) == expected

    def test_the_longest_first(self) -> None:
        assert masked("secret-and-more", ["secret", "secret-and-more"]) == MASK

    def test_numbers(self) -> None:
        assert masked([4711, 14711.5, 47, True], ["4711"]) == [MASK, MASK, 47, True]

    def test_white_space_around_a_secret_may_be_missing(self) -> None:
        assert masked("<hush>", ["hush\n"]) == f"<{MASK}>"

    @pytest.mark.parametrize("secret", ["", " ", "\n", " " * 6])
    def test_nothing_is_no_secret(self, secret: str) -> None:
        assert masked("a b\nc", [secret]) == "a b\nc"

    @pytest.mark.parametrize("secret", ["abc", " abc ", "a+c", "7"])
    def test_short_texts_are_parts_of_others(self, secret: str) -> None:
        word = secret.strip()
        result = {"abc": 7, "list": [word, f"'{word}' is refused", f"x{word}x"]}
        assert masked(result, [secret]) == {"abc": 7, "list": [MASK, f"'{MASK}' is refused", f"x{word}x"]}

    def test_half_of_a_character(self) -> None:
        assert masked("xhus\ud800y", ["hus\ud800"]) == f"x{MASK}y"

    def test_the_keys_of_a_result_stay(self) -> None:
        fields = {"failed": True, "msg": "has failed", "rows": [{"failed": 1}]}
        assert masked_fields(fields, ["failed"]) == {"failed": True, "msg": f"has {MASK}", "rows": [{MASK: 1}]}

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (cut("token hush-hush", 9), "token hus…"),
            (cut("token hush-hush", 10), f"token {MASK}…"),
            (cut("token hush-hush", 14) + " (advice)", f"token {MASK}… (advice)"),
            (cut("token hush-hush", 15), f"token {MASK}"),
            (cut("pa%C3%A4s%2F-long", 12), f"{MASK}…"),
            ("a… hush", "a… hush"),
        ],
    )
    def test_the_beginning_of_a_secret_where_a_text_was_cut(self, text: str, expected: str) -> None:
        assert masked(text, ["hush-hush", "paäs/-long"]) == expected


class TestSecrets:
    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ({"token": "t", "name": "n"}, {"t"}),
            ({"key": "t"}, {"t"}),
            ({"token": ["a", {"x": "b", "y": 5}, None, True, ""]}, {"a", "b", "5"}),
            ({"list": [{"password": "p", "user": "u"}, "text", None]}, {"p"}),
            ({"list": {"password": "p"}}, {"p"}),
            ({"list": "all_users", "token": "t"}, {"t"}),
            ({"list": 3}, set()),
            ("a text", set()),
        ],
    )
    def test_of_options_that_are_declared_so_whatever_type_they_have(self, given: Any, expected: set[str]) -> None:
        assert declared_secrets(OPTIONS, given) == expected

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ({"path": "/api/v2/x?Api-Token=abc%2Fdef&from=now"}, {"abc%2Fdef", "abc/def"}),
            ({"query": {"a": ["dt0c01.PUBLIC.SECRET"]}}, {"dt0c01.PUBLIC.SECRET"}),
            ({"body": "Bearer dt0s16.PUBLIC.SEC-RET_9, and more"}, {"dt0s16.PUBLIC.SEC-RET_9"}),
            ({"below": [{"api_token:dt0c01.PUBLIC.SECRET": None}]}, {"dt0c01.PUBLIC.SECRET"}),
            ({"oauth_client_id": "dt0s02.PUBLIC", 5: 5}, set()),
            ({"path": "/api/v2/x?nextPageKey=abc&pageSize=5"}, set()),
            ({"number": 10**5000}, set()),
        ],
    )
    def test_what_looks_like_it(self, given: dict[str, Any], expected: set[str]) -> None:
        assert apparent_secrets(given) == expected

    @pytest.mark.parametrize(
        ("address", "expected"),
        [
            ("https://abc12345.live.dynatrace.com/e/ID", set()),
            ("https://me:hush@host", {"me:hush", "hush"}),
            ("https://hush%21@host", {"hush%21", "hush!"}),
            ("https://me:hush/@x@host", {"me:hush/@x", "hush/@x"}),
            ("https://host/?token=hush&b=more", {"hush", "more"}),
            ("https://host/#hush", {"hush"}),
            ("https://a:b@host", {"a:b", "b"}),
            (["https://me:hush@host"], {"https://me:hush@host"}),
            (None, set()),
        ],
    )
    def test_of_an_address(self, address: Any, expected: set[str]) -> None:
        assert address_secrets(address) == expected

    def test_guessed(self) -> None:
        assert guessed_secrets({"a": ["longer than seven", "short"], "longer key": 12345678}) == {
            "longer than seven",
            "12345678",
        }
