# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is replaced in a recording, and what is not."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._sandbox.pseudonyms import (
    HOST,
    NAME,
    Pseudonyms,
    Vocabulary,
)


def pseudonyms(*learned: Any, key: str = "k", fixed: tuple[str, ...] = ()) -> Pseudonyms:
    vocabulary = Vocabulary()
    vocabulary.fixed.update(fixed)
    for value in learned:
        vocabulary.learn(value)
    return Pseudonyms(key, vocabulary)


NAMED = re.compile(r"name-[0-9a-f]{10}")
HOSTED = re.compile(r"host-[0-9a-f]{10}\.example\.com")


class TestNames:
    @pytest.mark.parametrize("name", ["name", "title", "label", "displayName", "pageTitle", "username", "hostGroup"])
    def test_a_property_that_names_something_is_replaced(self, name: str) -> None:
        shown = pseudonyms({name: "Payment"}).of({name: "Payment"})
        assert NAMED.fullmatch(shown[name])

    @pytest.mark.parametrize("name", ["mode", "namespace_", "enabled", "description", "rename"])
    def test_others_are_not(self, name: str) -> None:
        assert pseudonyms({name: "Payment"}).of({name: "Payment"}) == {name: "Payment"}

    def test_it_is_replaced_in_all_other_texts_too_whatever_its_case(self) -> None:
        made = pseudonyms({"name": "Payment Prod"})
        name = made.of_text("Payment Prod")
        assert made.of(
            {"filter": 'mzName("payment prod") or x', "list": ["PAYMENT PROD", {"a": "Payment Production"}]}
        ) == {
            "filter": f'mzName("{name}") or x',
            "list": [name, {"a": "Payment Production"}],
        }

    def test_the_longest_name_wins(self) -> None:
        made = pseudonyms({"name": "shop"}, {"name": "shop Vienna"})
        assert (
            made.of_text("in shop Vienna, not shop") == f"in {made.of_text('shop Vienna')}, not {made.of_text('shop')}"
        )

    def test_a_short_name_is_replaced_only_where_it_is_everything(self) -> None:
        made = pseudonyms({"name": "db"})
        assert NAMED.fullmatch(made.of_text("db"))
        assert made.of_text("the db of it") == "the db of it"
        made = pseudonyms({"name": "shop"}, {"name": "cat"})
        assert made.of_text("a cat in the shop") == f"a cat in the {made.of_text('shop')}"

    def test_what_is_no_word_and_what_is_beyond_ascii(self) -> None:
        made = pseudonyms({"name": "[prod] shop"}, {"name": "Zürich Süd"}, {"name": "Österreich"}, {"name": "İstanbul"})
        shop = made.of_text("[prod] shop")
        assert NAMED.fullmatch(shop.removeprefix("["))
        assert made.of_text("of [prod] shop, all") == f"of {shop}, all"
        assert made.of_text("a Zürich Süd b") == f"a {made.of_text('Zürich Süd')} b"
        assert made.of_text("to Österreich") == f"to {made.of_text('Österreich')}"
        assert NAMED.fullmatch(made.of_text("İstanbul"))

    @pytest.mark.parametrize(
        "text",
        [
            "default",
            "environment",
            "system",
            "42",
            "builtin:alerting.profile",
            "",
            "LINUX",
            "HOST_GROUP-0123456789ABCDEF",
        ],
    )
    def test_texts_that_mean_something_stay(self, text: str) -> None:
        assert pseudonyms({"name": text}, fixed=("LINUX",)).of({"name": text, "x": text}) == {"name": text, "x": text}

    def test_numbers_flags_and_property_names_stay(self) -> None:
        value = {"name": 5, "Payment": True, "x": None}
        assert pseudonyms({"name": "Payment"}).of(value) == value


class TestAddresses:
    @pytest.mark.parametrize(
        "name",
        ["host", "hostname", "hostName", "ipaddress", "serverName", "mailServer", "proxyHost", "address", "endpoints"],
    )
    def test_a_property_that_holds_a_host(self, name: str) -> None:
        made = pseudonyms({name: "db1.corp.example.org"})
        shown = made.of({name: "db1.corp.example.org", "text": "ask DB1.corp.example.org first"})
        assert HOSTED.fullmatch(shown[name]) or NAMED.fullmatch(shown[name])
        assert shown["text"] == f"ask {shown[name]} first"

    def test_the_host_of_a_url_wherever_it_is_and_no_user_in_it(self) -> None:
        made = pseudonyms({"x": "https://me:pass@wiki.corp.example.org:8443/a?b=c"})
        shown = made.of({"x": "see https://me:pass@wiki.corp.example.org:8443/a?b=c now", "y": "wiki.corp.example.org"})
        assert HOSTED.fullmatch(shown["y"])
        assert shown["x"] == f"see https://{shown['y']}:8443/a?b=c now"

    def test_mail_addresses(self) -> None:
        shown = pseudonyms().of_text("to Jane.Doe+x@corp.example.org; cc jane.doe+x@corp.example.org")
        first, second = re.findall(r"user-[0-9a-f]{10}@example\.com", shown)
        assert first == second
        assert "jane" not in shown.lower()

    @pytest.mark.parametrize("text", ["jörg.müller@firma.de", "pat.o'neil@example.org", "a@bücher.example"])
    def test_mail_addresses_of_all_languages(self, text: str) -> None:
        shown = pseudonyms().of_text(f"ask '{text}' or https://bücher.example/x")
        assert re.fullmatch(r"ask 'user-\w{10}@example\.com' or https://host-\w{10}\.example\.com/x", shown)

    def test_ip_addresses_but_no_versions(self) -> None:
        made = pseudonyms()
        shown = made.of_text("192.168.7.9, again 192.168.7.9, 1.331.60.20260212-174455, 127.0.0.1")
        (address,) = set(re.findall(r"10\.\d+\.\d+\.\d+", shown))
        assert shown == f"{address}, again {address}, 1.331.60.20260212-174455, 127.0.0.1"

    def test_what_the_api_says_is_a_host_or_a_group(self) -> None:
        vocabulary = Vocabulary()
        vocabulary.add(HOST, "10.20.0.11")
        vocabulary.add(NAME, "edge-group")
        made = Pseudonyms("k", vocabulary)
        assert made.of_text("10.20.0.11").startswith("10.")
        assert made.of_text("ag of edge-group") == f"ag of {made.of_text('edge-group')}"


class TestKey:
    def test_the_same_key_gives_the_same_and_another_another(self) -> None:
        assert pseudonyms({"name": "Payment"}).of_text("Payment") == pseudonyms(
            {"name": "x"}, {"name": "payment"}
        ).of_text("PAYMENT")
        assert pseudonyms({"name": "Payment"}).of_text("Payment") != pseudonyms({"name": "Payment"}, key="l").of_text(
            "Payment"
        )

    def test_long_texts_take_no_time(self) -> None:
        made = pseudonyms(*({"name": f"team {number}"} for number in range(2000)))
        began = time.monotonic()
        for text in ("a" * 200_000, "a.-" * 60_000, "team " * 20_000, "1." * 50_000, "http://" * 20_000):
            made.of_text(text)
        assert time.monotonic() - began < 5
