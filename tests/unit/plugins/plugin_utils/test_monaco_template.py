# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Templates by values. The texts are those that Go's text/template gave for the same templates and values, with missingkey=error."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_template import loaded, render
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_values import (
    MonacoError,
    UnknownError,
    escaped,
    mark,
)

DATA: dict[str, Any] = {
    "s": 'q\\"<b>&',
    "e": "",
    "n": 5,
    "z": 0,
    "f": 1.5,
    "big": 1e6,
    "y": True,
    "no": False,
    "nil": None,
    # Texts in lists are not escaped.
    "l": ["a", 'b"', 3, True],
    "el": [],
    "m": {"b": 1, "a": 'x\\"', "c": {"d": "e"}, "k-k": "v"},
    "lm": [{"name": "one", "v": 1}, {"name": "two", "v": 2}],
    "u": "é€",
    "t": "true",
}
# fmt: off
PRINTED = [
    ('{{ .s }}', 'q\\"<b>&'),
    ('a {{- .n -}} b', 'a5b'),
    ('a  {{- /* c */ -}}  b', 'ab'),
    ('{{/* c */}}x', 'x'),
    ('{{ if .y }}a{{ end }}', 'a'),
    ('{{ if .no }}a{{ else }}b{{ end }}', 'b'),
    ('{{ if .no }}a{{ else if .y }}b{{ else }}c{{ end }}', 'b'),
    ('{{ if .no }}a{{ else if .z }}b{{ else if .n }}d{{ else }}c{{ end }}', 'd'),
    ("{{ if .e }}a{{ else }}b{{ end }}{{ if .el }}a{{ else }}b{{ end }}{{ if .nil }}a{{ else }}b{{ end }}", "bbb"),
    ("{{ if .m }}a{{ end }}{{ if .f }}a{{end}}", "aa"),
    ('{{ range .l }}[{{ . }}]{{ end }}', '[a][b"][3][true]'),
    ('{{ range $i, $v := .l }}{{ if $i }},{{ end }}"{{ $v }}"{{ end }}', '"a","b"","3","true"'),
    ('{{ range $v := .l }}{{ $v }};{{ end }}', 'a;b";3;true;'),
    ('{{ range .el }}x{{ else }}none{{ end }}', 'none'),
    ('{{ range .nil }}x{{ else }}none{{ end }}', 'none'),
    ('{{ range $k, $v := .m }}{{ $k }}={{ $v }} {{ end }}', 'a=x\\" b=1 c=map[d:e] k-k=v '),
    ('{{ range .m }}{{ . }} {{ end }}', 'x\\" 1 map[d:e] v '),
    ('{{ range 3 }}{{ . }}{{ end }}', '012'),
    ('{{ range $i := 3 }}{{ $i }}{{ end }}', '012'),
    ('{{ range $i, $v := .l }}{{ if eq $i 1 }}{{ continue }}{{ end }}{{ if eq $i 3 }}{{ break }}{{ end }}{{ $v }}{{ end }}', 'a3'),
    ('{{ with .m }}{{ .a }}{{ .c.d }}{{ end }}', 'x\\"e'),
    ('{{ with .e }}x{{ else }}y{{ end }}', 'y'),
    ('{{ with .e }}x{{ else with .n }}{{ . }}{{ else }}y{{ end }}', '5'),
    ('{{ with $x := .n }}{{ $x }}{{ . }}{{ end }}', '55'),
    ('{{ index .l 1 }} {{ index .m "k-k" }} {{ index .m "c" "d" }} {{ index . "n" }}', 'b" v e 5'),
    ('{{ if index .m "zzz" }}a{{ else }}b{{ end }}', 'b'),
    ('{{ index .s 0 }}', '113'),
    ('{{ len .l }} {{ len .m }} {{ len .s }} {{ len .u }} {{ .s | len }}', '4 4 7 5 7'),
    ("{{ eq .n 5 }} {{ eq .n 4 5 }} {{ ne .n 5 }}", "true true false"),
    ("{{ lt .n 6 }} {{ le .n 5 }} {{ gt .n 5 }} {{ ge .n 5 }}", "true true false true"),
    ('{{ eq .t "true" }}', 'true'),
    ('{{ eq .f 1.5 }}', 'true'),
    ('{{ eq .nil nil }} {{ eq .n nil }}', 'true false'),
    ('{{ eq .m nil }}', 'false'),
    ('{{ lt .t "u" }}', 'true'),
    ('{{ eq .big 1000000.0 }}', 'true'),
    ('{{ and .y .n }} {{ or .no .n }} {{ and .no .zzz }} {{ or .y .zzz }} {{ not .y }} {{ not .e }}', '5 5 false true false true'),
    ('{{ .n | printf "%d" }}', '5'),
    ('{{ printf "%s %v %d %q %t %f %.2f %g" .t .l .n .t .y .f .f .f }}', 'true [a b" 3 true] 5 "true" true 1.500000 1.50 1.5'),
    ('{{ printf "%5d|%-5d|%05d|%x|%%" .n .n .n 255 }}', "    5|5    |00005|ff|%"),
    ('{{ printf "%5s|%-5s|%.2s|%v" .t .t .t .m }}', ' true|true |tr|map[a:x\\" b:1 c:map[d:e] k-k:v]'),
    ('{{ printf "%c|%b|%o|%X|%e|%+d" 65 5 8 255 .f .n }}', "A|101|10|FF|1.500000e+00|+5"),
    ('{{ printf "%s" .u | len }}', '5'),
    ('{{ print .n .n .t .y .f "a" }}|{{ println .n "a" }}|', '5 5truetrue 1.5a|5 a\n|'),
    ('{{ html .s }} {{ urlquery "a b&c/é" }}', 'q\\&#34;&lt;b&gt;&amp; a+b%26c%2F%C3%A9'),
    ('{{ js .s }} {{ js "a=\\n\'" .n }}', 'q\\\\\\"\\u003Cb\\u003E\\u0026 a\\u003D\\u000A\\\'5'),
    ('{{ range $k, $v := .el }}x{{ else }}{{ len $v }}{{ $k }}{{ end }}', '0[]'),
    ('{{ define "x" }}<{{ .a }}{{ $.b }}>{{ end }}{{ template "x" .m }}{{ template "x" $.m }}', '<x\\"1><x\\"1>'),
    ('{{ template "x" 5 }}{{ define "x" }}{{ . }}{{ end }}{{ with .m }}{{ block `y` .c }}{{ .d }}{{ end }}{{ end }}', '5e'),
    ('{{ define "x" }} {{ end }}{{ define "x" }}a{{ end }}{{ define "x" }}{{ end }}{{ template "x" }}', 'a'),
    ('{{ define "x" }}{{ range 2 }}{{ break }}{{ end }}a{{ end }}{{ range .l }}{{ template "x" . }}{{ end }}', 'aaaa'),
    ('{{ slice .t 1 }} {{ slice .t 1 3 }} {{ slice .l 1 2 }} {{ slice .t }}', 'rue ru [b"] true'),
    ('{{ $x := .n }}{{ $x }}{{ $x = 7 }}{{ $x }}', '57'),
    ('{{ $x := 1 }}{{ if .y }}{{ $x := 2 }}{{ $x }}{{ end }}{{ $x }}', '21'),
    ('{{ $x := 1 }}{{ if .y }}{{ $x = 2 }}{{ end }}{{ $x }}', '2'),
    ('{{ $first := true }}{{ range .l }}{{ if not $first }},{{ end }}{{ $first = false }}{{ . }}{{ end }}', 'a,b",3,true'),
    ('{{ $.n }} {{ $.m.a }}', '5 x\\"'),
    ('{{ . | len }}', '15'),
    ('{{ "a\\tb\\x41\\u00e9\\101" }} {{ `raw "x" \\n` }} {{ \'a\' }}', 'a\tbAéA raw "x" \\n 97'),
    ("{{ 0x1F }} {{ 0b11 }} {{ 0o17 }} {{ 017 }} {{ 1_000 }} {{ -3 }} {{ +3 }}", "31 3 15 15 1000 -3 3"),
    ("{{ 1.5 }} {{ .5 }} {{ 1e3 }} {{ 1e6 }}", "1.5 0.5 1000 1e+06"),
    ('{{ true }} {{ false }}', 'true false'),
    ('{{{ .n }}}', '{5}'),
    ('{{ "{{" }} {{`}}`}} {{ "}}" }}', '{{ }} }}'),
    ('{{ ( .n ) }} {{ (printf "%d" .n) | len }}', '5 1'),
    ('{{ if and .y (eq .n 5) (not .no) }}ok{{ end }}', 'ok'),
    ('{{ if or (eq .t "x") (gt .n 3) }}ok{{ end }}', 'ok'),
    ('{{ if .y -}}   a   {{- else -}}  b  {{- end }}', 'a'),
    (' a', ' a'),
    ('{{ .m.c.d }}{{ .m.c }}', 'emap[d:e]'),
    ('{{ range $k, $v := .m.c }}{{ $k }}{{ $v }}{{ end }}', 'de'),
    ('{{ if not (index . "zzz") }}a{{ end }}', 'a'),
    ('{{ eq "a" .t }}', 'false'),
    ('{{ .y | not }}', 'false'),
    ('{{ with .nil }}a{{ else }}b{{ end }}', 'b'),
    ('{{ print }}', ''),
    ('{{ .n }}}}', '5}}'),
    ('{{/* a }} */}}', ''),
    ('{{-3}}', '-3'),
    ('{{- 3 -}}', '3'),
    ('{{.n -}}   x', '5x'),
    ('b" }}', 'b" }}'),
    ('{{ range $k, $v := . }}{{ $k }} {{ end }}', 'big e el f l lm m n nil no s t u y z '),
    ('{{ .s | printf "%s" | printf "%s!" }}', 'q\\"<b>&!'),
    ('{{ if eq (len .l) 4 }}four{{ end }}', 'four'),
    ('{{ range $i, $_ := .l }}{{ $i }}{{ end }}', '0123'),
    ('{{ printf "%v" .nil }}', '<nil>'),
    ('{{ printf "%08.3f|%+.1f|%6.2f" .f .f .f }}', '0001.500|+1.5|  1.50'),
    ('{{ printf "%3c|%-4q|%6t" 65 "a" .y }}', '  A|"a" |  true'),
    ('{{ 1e100 }}', '1e+100'),
    ('{{ eq .e "" }} {{ eq .z 0 }} {{ eq .no false }}', 'true true true'),
    ('{{ "" }}|{{ `` }}', '|'),
    ('{{ if true }}{{ if false }}a{{ else }}b{{ end }}{{ end }}', 'b'),
    ('{{ if\n .y }}a{{ end\n}}', 'a'),
    ('x\n  {{- range .l }}\n  {{ . }},\n  {{- end }}\ny', 'x\n  a,\n  b",\n  3,\n  true,\ny'),
    ("{{ range .lm }}{{ .name }}:{{ .v }}{{ $.n }} {{ end }}", "one:15 two:25 "),
    ('[{{ range $i, $e := .lm }}{{ if $i }},{{ end }}{"name":"{{ $e.name }}"}{{ end }}]', '[{"name":"one"},{"name":"two"}]'),
    ('{{ (index .lm 0).name }} {{ index .lm 1 "name" }}', "one two"),
]
WRONG = [
    ("{{ .zzz }}", "there is no zzz"),
    ("a\nb\n{{ .m.zzz }}", "line 3: the parameter m has no zzz"),
    ("{{ .n.a }}", "n is an integer, and so no a"),
    ("{{ .nil.a }}", "nil has no value, and so no a"),
    ("{{ range .l }}{{ .x }}{{ end }}", "what . stands for is a text, and so no x"),
    ("{{ .nil }}", "the parameter nil has no value"),
    ('{{ index .m "zzz" }}', "what is put in has no value"),
    ("{{ index .l 9 }}", "the index 9 is out of range"),
    ('{{ index .l "a" }}', "a text is not an index of a list"),
    ("{{ index .m 1 }}", "an integer is not a key of a map"),
    ('{{ index .nil "a" }}', "nil has no elements"),
    ("{{ len .n }}", "an integer has no length"),
    ("{{ range .s }}x{{ end }}", "range does not go over a text"),
    ("{{ range $i, $j := 3 }}{{ $i }}{{ end }}", "range does not go over an integer"),
    ("{{ range 1000000000 }}{{ end }}", "range does not go over an integer"),
    ("{{ eq .t true }}", "a text cannot be compared with a bool"),
    ("{{ eq .n 5.0 }}", "an integer cannot be compared with a number with a fraction"),
    ("{{ eq .l .l }}", "a list cannot be compared with a list"),
    ("{{ lt .y true }}", "a bool cannot be compared with a bool"),
    ("{{ eq 1 }}", "the function eq does not take 1 argument"),
    ("{{ ne 1 2 3 }}", "the function ne does not take 3 arguments"),
    ("{{ and }}", "take an argument"),
    ("{{ slice .t 9 }}", "the slice is out of range"),
    ('{{ printf "%d" .t }}', "printf cannot print a text as %d"),
    ('{{ printf "%s" .n }}', "printf cannot print an integer as %s"),
    ('{{ with "" }}{{ $v := 1 }}{{ else }}{{ $v = 2 }}{{ end }}', "the variable $v has no value there"),
    ('{{ if "" }}{{ $v := 1 }}{{ else }}{{ $v }}{{ end }}', "the variable $v has no value there"),
    ('{{ printf "%6v" .l }}', "printf lays out a list in another way than a text: %6v"),
    ('{{ printf "%d" }}', "printf has 0 arguments for"),
    ('{{ printf "%d" 1 2 }}', "printf has 2 arguments for '%d', which takes 1"),
    ('{{ printf "100%" }}', "printf has 0 arguments for"),
    ("{{ printf .n }}", "printf takes a text first"),
    ("{{ html .nil }}", "what is to be escaped has no value"),
    ("{{ slice .u 1 }}", "the slice cuts a character in two"),
    ("{{ foo .n }}", "the function foo is not known here"),
    ("{{ .n foo }}", "what is not a function has arguments"),
    ("{{ .n | .f }}", "what stands behind | is not a function"),
    ("{{ $y }}", "there is no variable $y"),
    ("{{ if .y }}{{ $x := 1 }}{{ end }}{{ $x }}", "there is no variable $x"),
    ("{{ $a, $b := .l }}", "too many variables"),
    ("{{ nil }}", "nil is not a command"),
    ("{{ }}", "a command without a value"),
    ("{{ .n", "{{ without its end"),
    ("{{ .n }", "{{ without its end"),
    ("{{ .a-b }}", "cannot read '.a-b }}'"),
    ('{{ "a""b" }}', "no space before"),
    ("{{ 'ab' }}", "cannot read"),
    ('{{ "\\q" }}', "unknown escape"),
    ("{{ 1x }}", "cannot read"),
    ("{{ 99999999999999999999 }}", "too large"),
    ("{{ ( .n }}", "( without )"),
    ("{{ .n ) }}", ") does not belong there"),
    ("a\n{{ if .y }}a", "line 2: if has no end"),
    ("{{ end }}", "end outside of if, with and range"),
    ("{{ if .y }}a{{ else }}b{{ else }}c{{ end }}", "if has no end"),
    ("{{ if .y }}{{ else with .n }}{{ end }}", "else with in if"),
    ("{{ break }}", "break outside of range"),
    ('{{ if .y }}{{ define "x" }}a{{ end }}{{ end }}', "define stands inside of something else"),
    ('a\n{{ define "x" }}a', "line 2: the template x has no end"),
    ('{{ define "x" }}a{{ else }}{{ end }}', "the template x has no end"),
    ('{{ define "x" }}a{{ end }}\n{{ define "x" }}b{{ end }}', "line 2: the template x is defined twice"),
    ('{{ define x }}a{{ end }}', "define has no name in quotes"),
    ('\n{{ template "x" }}', "line 2: there is no template x"),
    ('{{ block "x" }}a{{ end }}', "a command without a value"),
    ('{{ define "x" }}{{ .n }}{{ end }}{{ template "x" }}', "what . stands for has no value, and so no n"),
    ('{{ $v := 1 }}{{ define "x" }}{{ $v }}{{ end }}', "there is no variable $v"),
    ("{{ if .y }}" * 60 + "{{ end }}" * 60, "nested more than 50 levels deep"),
    ("{{ " + "(" * 60 + ".n" + ")" * 60 + " }}", "nested more than 50 levels deep"),
    ("\ue000", "private use"),
]
# fmt: on


@pytest.mark.parametrize(("template", "text"), PRINTED)
def test_what_go_prints(template: str, text: str) -> None:
    assert render(template, DATA) == text


@pytest.mark.parametrize(("template", "said"), WRONG)
def test_what_is_wrong(template: str, said: str) -> None:
    with pytest.raises(MonacoError) as caught:
        render(template, DATA)
    assert said in str(caught.value)


def test_three_braces_are_a_brace_and_an_action_in_files_alone() -> None:
    assert render("{{{ .n }}}", DATA) == "{5}"
    with pytest.raises(MonacoError, match="cannot read"):
        render("{{{ .n }}}", DATA, is_file=False)


class TestWhatIsKnownLater:
    data: dict[str, Any] = {"id": mark(3), "n": 1, "m": {"id": mark(4)}}  # noqa: RUF012

    @pytest.mark.parametrize(
        ("template", "text"),
        [
            ("{{ .id }}", mark(3)),
            ('{{ printf "%s/%v" .id .n }}', mark(3) + "/1"),
            ("{{ with .m }}{{ .id }}{{ end }}", mark(4)),
            ("{{ $x := .id }}{{ $x }}", mark(3)),
            ("{{ if eq .n 1 }}{{ .id }}{{ end }}", mark(3)),
            ("{{ if and (eq .n 2) .id }}{{ end }}", ""),
        ],
    )
    def test_it_may_be_put_in(self, template: str, text: str) -> None:
        assert render(template, self.data) == text

    @pytest.mark.parametrize(
        "template",
        [
            "{{ if .id }}{{ end }}",
            "{{ with .id }}{{ end }}",
            "{{ range .id }}{{ end }}",
            '{{ if eq .id "x" }}{{ end }}',
            '{{ if lt "x" .id }}{{ end }}',
            "{{ not .id }}",
            "{{ or .id .n }}",
            "{{ len .id }}",
            "{{ index .id 0 }}",
            "{{ index .m .id }}",
            "{{ slice .id 1 }}",
            "{{ html .id }}",
            "{{ urlquery .id }}",
            '{{ printf "%q" .id }}',
            '{{ printf "%9s" .id }}',
            "{{ printf .id }}",
        ],
    )
    def test_nothing_may_depend_on_it(self, template: str) -> None:
        with pytest.raises(UnknownError) as caught:
            render(template, self.data)
        assert caught.value.number == 3


class TestJson:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ('{"a": 1e+06, "b": 5.0, "c": 1.5, "d": 12345678901234567890}', {"a": 1000000, "b": 5, "c": 1.5, "d": 12345678901234567890}),
            ('{"a": "\\ud83d\\ude00", "b": "\\ud83d", "\\udc00": 1}', {"a": "\U0001f600", "b": "\ufffd", "\ufffd": 1}),
            ('{"a": 1, "a": 2}', {"a": 2}),
        ],
    )  # fmt: skip
    def test_values_are_as_go_reads_them(self, text: str, value: Any) -> None:
        found = loaded(text, [])
        assert found == value
        assert [type(item) for item in found.values()] == [type(item) for item in value.values()]

    @pytest.mark.parametrize(
        "text",
        ["", "{", '{"a": NaN}', '{"a": -Infinity}', '{"a": 1e999}', '{"a": 1' + "0" * 400 + "}", "[" * 100_000, '{"a": "\n"}', "{} {}"],
    )  # fmt: skip
    def test_what_is_no_json(self, text: str) -> None:
        with pytest.raises(MonacoError, match="not JSON once its parameters are put in"):
            loaded(text, [])


def test_texts_are_escaped_as_monaco_does() -> None:
    assert escaped('a"b\\c\nd<e>&f\u2028é\x01\x7f') == 'a\\"b\\\\c\\nd<e>&f\\u2028é\\u0001\x7f'
    for value in ({"a": '"', "b": ['"']}, ['"'], 1, None):
        assert escaped(value) == value
