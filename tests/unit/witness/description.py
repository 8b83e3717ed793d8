# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compares what goes over the wire with descriptions of the API that others wrote: every request, status, header and body.

It is stricter than OpenAPI: a property that the description does not know is wrong too, since that is how inventions show.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import parse_qsl, unquote, urlsplit

import jsonschema
import requests
import urllib3
import yaml

# Where the descriptions are, if not there.
API = Path(os.environ.get("API_DESCRIPTIONS", Path(__file__).resolve().parents[4] / "shared" / "api"))
ENVIRONMENT = API / "env-v2-2026-derived.openapi.yaml"
# The only one with the Hub in it.
OFFICIAL = API / "env-v2-2023-official.openapi.yaml"
DEPLOYMENT = API / "env-v1-deployment.openapi.yaml"
# The official ones of the platform's APIs for extensions and the Hub (API facts, 2.6), under the names that they were published by.
PLATFORM = API / "platform_extensions_v2.yaml"
HUB = API / "platform_hub_v1.yaml"

JSON = "application/json; charset=utf-8"
_PREFIX = re.compile(
    r"(?:/e/[^/]+)?/api/(v[12])(?=/)|/platform/classic/environment-api/(v2)(?=/)|/platform/(extensions)/v2(?=/)"
    r"|/platform/(hub)/v1(?=/)"
)

# Where the description is narrower than what is known of the real server. The derived one comes from TypeScript types, which leave
# out what may be null, and call optional fields of the newest server required. Nothing else is tolerated.
NULLS = {
    ("UpdateJob", "updateMethod"): "captures; null until the job runs (API facts, 1.3)",
    ("UpdateJob", "updateType"): "captures; null until the job runs (API facts, 1.3)",
    ("UpdateJob", "timestamp"): "captures; null while it runs (API facts, 1.3)",
    ("UpdateJob", "duration"): "captures (API facts, 1.3)",
    ("UpdateJob", "error"): "captures (API facts, 1.3)",
    ("ActiveGate", "mainEnvironment"): "null unless it serves several environments (API facts, 1.1)",
    ("ActiveGate", "offlineSince"): "null while it is online (API facts, 1.1)",
    ("ConstraintViolation", "location"): "in every captured violation (API facts, 5.2)",
}
OPTIONAL = {
    ("DeletionConstraint", "type"): "builtin:attribute-allow-list has one without",
    # What add-fields asks for is required in the description, and there only when it was asked for.
    ("ExtensionInfo", "keywords"): "add-fields (API facts, 2.6)",
    ("EnvironmentConfiguration", "assets"): "add-fields (API facts, 2.6)",
    ("EnvironmentConfiguration", "errors"): "add-fields (API facts, 2.6)",
    ("EnvironmentConfiguration", "status"): "add-fields (API facts, 2.6)",
}
UNKNOWN = {
    (
        "SchemaDefinitionRestDto",
        "ownerBasedAccessControl",
    ): "in real documents, such as builtin:openpipeline.logs.pipelines",
    ("EnumType", "checkForDuplicateDisplayNames"): "in builtin:management-zones",
    # Of PublicCertificateCredentials, which the type chooses; the derived description has only what all types share.
    ("Credentials", "certificate"): "official description of 2023",
    ("Credentials", "certificateFormat"): "official description of 2023",
    ("Credentials", "password"): "official description of 2023",
}
STATUSES = {
    ("GET /deployment/installer/gateway/versions/{osType}", 400): "seen for a wrong osType (API facts, 1.4)",
    ("GET /extensions/{extension-name}/{extension-version}", 404): "any error has the envelope (API facts, 5.1)",
}


@dataclass(frozen=True)
class Exchange:
    """A request and its answer as they went over the wire. Bodies are decoded JSON, or bytes, or None for an empty one."""

    method: str
    url: str
    status: int
    request_type: str | None = None
    request: Any = None
    answer_type: str | None = None
    answer: Any = None

    def __str__(self) -> str:
        return f"{self.method} {self.url} -> {self.status}"

    @property
    def version_and_path(self) -> tuple[str, str]:
        path = urlsplit(self.url).path
        found = _PREFIX.match(path)
        assert found is not None, f"{path} is not a path of the API"
        return str(found[found.lastindex or 0]), path[found.end() :]

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(urlsplit(self.url).query, keep_blank_values=True)


@contextlib.contextmanager
def recorded() -> Iterator[list[Exchange]]:
    """Everything that this process sends with requests meanwhile."""
    exchanges: list[Exchange] = []
    send = requests.Session.send

    def recording(session: Any, request: Any, **kwargs: Any) -> Any:
        answer = send(session, request, **kwargs)
        exchanges.append(_exchange(request, answer))
        if kwargs.get("stream"):  # it was read to the end above, and shall be read once more
            answer.raw = urllib3.HTTPResponse(
                io.BytesIO(answer.content), answer.headers, answer.status_code, preload_content=False
            )
            answer._content, answer._content_consumed = False, False
        return answer

    with mock.patch.object(requests.Session, "send", recording):
        yield exchanges


def _exchange(request: Any, answer: Any) -> Exchange:
    sent, got = request.headers.get("content-type"), answer.headers.get("content-type")
    body = request.body if isinstance(request.body, (bytes, str, type(None))) else b"a stream"
    return Exchange(
        request.method,
        request.url,
        answer.status_code,
        sent,
        _decoded(sent, body),
        got,
        _decoded(got, answer.content),
    )


def _decoded(media_type: str | None, body: Any) -> Any:
    if not body:
        return None
    return json.loads(body) if (media_type or "").startswith("application/json") else body


class Operation:
    """One method of one path."""

    def __init__(self, template: str, method: str, spec: Mapping[str, Any], description: Description) -> None:
        self.name = f"{method.upper()} {template}"
        self._spec = spec
        self._description = description
        self._pattern = re.compile(re.sub(r"\\{[\w\\-]+\\}", "[^/]+", re.escape(template)))
        self.placeholders = template.count("{")

    def serves(self, method: str, path: str) -> bool:
        return self.name.startswith(f"{method} ") and self._pattern.fullmatch(path) is not None

    def problems(self, exchange: Exchange) -> Iterator[str]:
        # What a refused request looked like is not a concern of the server's shapes.
        if exchange.status < 400:
            yield from self._of_query(exchange)
            yield from self._of_request(exchange)
        yield from self._of_answer(exchange)

    def _of_query(self, exchange: Exchange) -> Iterator[str]:
        known = {one["name"]: one for one in self._spec.get("parameters", []) if one["in"] == "query"}
        for name, text in exchange.query:
            if name not in known:
                yield f"query parameter {name} is not known"
                continue
            schema = known[name]["schema"]
            schema = schema["items"] if schema.get("type") == "array" else schema
            yield from (f"query {name}: {one}" for one in self._description.misfits(schema, _scalar(schema, text)))
        missing = {name for name, one in known.items() if one.get("required")} - {
            name for name, dummy in exchange.query
        }
        yield from (f"query parameter {name} is missing" for name in sorted(missing))

    def _of_request(self, exchange: Exchange) -> Iterator[str]:
        spec = self._spec.get("requestBody")
        if spec is None:
            if exchange.request is not None:
                yield "a body was sent where none is known"
            return
        if exchange.request is None:
            if spec.get("required"):
                yield "the body is missing"
            return
        yield from self._of_content("request", spec["content"], exchange.request_type, exchange.request, False)

    def _of_answer(self, exchange: Exchange) -> Iterator[str]:
        answers = self._spec["responses"]
        found = answers.get(str(exchange.status)) or answers.get(f"{exchange.status // 100}XX")
        if (self.name, exchange.status) in STATUSES:
            found = {"content": {JSON: {"schema": {"type": "object", "required": ["error"]}}}}
        if found is None:
            yield f"status {exchange.status} is not known; known are {', '.join(answers)}"
            return
        content = found.get("content")
        if not content:
            if exchange.answer is not None:
                yield f"status {exchange.status} has no body, but there is {str(exchange.answer)[:200]}"
        elif exchange.answer is None:
            yield f"status {exchange.status} needs a body"
        else:
            yield from self._of_content("answer", content, exchange.answer_type, exchange.answer, True)

    def _of_content(
        self, side: str, content: Mapping[str, Any], media_type: str | None, body: Any, whole: bool
    ) -> Iterator[str]:
        plain = {name.partition(";")[0].strip(): one for name, one in content.items()}
        name = (media_type or "").partition(";")[0].strip()
        found = plain.get(name, plain.get("*/*"))
        if found is None:
            yield f"{side} of type {media_type}; known are {', '.join(content)}"
        elif name == "application/json":
            if whole and media_type.replace(" ", "").lower() != JSON.replace(" ", ""):
                yield f"{side} of type {media_type} instead of {JSON}"
            yield from (f"{side}: {one}" for one in self._description.misfits(found.get("schema", {}), body))


def _scalar(schema: Mapping[str, Any], text: str) -> Any:
    kind = schema.get("type")
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if kind == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    return text


class Description:
    """One OpenAPI document."""

    def __init__(self, path: Path) -> None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._document = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)

    @cached_property
    def operations(self) -> list[Operation]:
        """Those without placeholders first."""
        found = [
            Operation(template, method, spec, self)
            for template, methods in self._document["paths"].items()
            for method, spec in methods.items()
            if method in ("get", "put", "post", "delete")
        ]
        return sorted(found, key=lambda one: one.placeholders)

    def operation(self, method: str, path: str) -> Operation | None:
        return next((one for one in self.operations if one.serves(method, path)), None)

    @cached_property
    def _schemas(self) -> dict[str, Any]:
        schemas = self._document["components"]["schemas"]
        return {name: _json_schema(schema, name) for name, schema in schemas.items()}

    def misfits(self, schema: Mapping[str, Any], value: Any) -> list[str]:
        root = {**_json_schema(schema, ""), "components": {"schemas": self._schemas}}
        validator = jsonschema.Draft202012Validator(root)
        return [f"{one.json_path}: {one.message[:300]}" for one in validator.iter_errors(value)]


def _json_schema(schema: Mapping[str, Any], name: str) -> dict[str, Any]:
    """From OpenAPI 3.0 to JSON Schema: nullable, and no properties but those that are known."""
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    result = {
        key: schema[key] for key in ("type", "enum", "required", "pattern", "minLength", "maxLength") if key in schema
    }
    for key in ("allOf", "anyOf", "oneOf"):
        if key in schema:
            # An empty alternative would let everything pass: it is how "or undefined" came out of the types.
            parts = [one for one in schema[key] if set(one) - {"description"}] or schema[key]
            result[key] = [_json_schema(one, name) for one in parts]
    if "items" in schema:
        result["items"] = _json_schema(schema["items"], name)
    if isinstance(schema.get("additionalProperties"), Mapping):
        result["additionalProperties"] = _json_schema(schema["additionalProperties"], name)
    if "properties" in schema:
        result["properties"] = {key: _json_schema(one, name) for key, one in schema["properties"].items()}
        result["properties"].update({key: {} for owner, key in UNKNOWN if owner == name})
        result.setdefault("additionalProperties", False)
        for key in result["properties"]:
            if (name, key) in NULLS:
                result["properties"][key] = {"anyOf": [result["properties"][key], {"type": "null"}]}
        result["required"] = [key for key in result.get("required", []) if (name, key) not in OPTIONAL]
    if schema.get("nullable") and result:
        return {"anyOf": [result, {"type": "null"}]}
    # "Nullable" and nothing else means any value (AnyValue, JsonNode), but for activeVersion: a text or null.
    return {"type": "null"} if schema.get("nullable") and name == "ExtensionInfo" else result


class Descriptions:
    """All of them."""

    def __init__(self) -> None:
        self._by_version = {"v2": Description(ENVIRONMENT), "v1": Description(DEPLOYMENT)}

    @cached_property
    def _official(self) -> Description:
        return Description(OFFICIAL)

    def described(self, version: str) -> Description:
        if version not in self._by_version:
            self._by_version[version] = Description(HUB if version == "hub" else PLATFORM)
        return self._by_version[version]

    def operation(self, exchange: Exchange) -> Operation | None:
        version, path = exchange.version_and_path
        description = self._official if path.startswith("/hub/") else self.described(version)
        return description.operation(exchange.method, unquote(path))

    def problems(self, exchanges: list[Exchange], ignored: tuple[str, ...] = ()) -> list[str]:
        """``ignored``: beginnings of paths of which there is no description."""
        found = []
        for exchange in exchanges:
            if exchange.version_and_path[1].startswith(ignored or ("\0",)):
                continue
            operation = self.operation(exchange)
            if operation is None:
                found.append(f"{exchange}: no such operation")
            else:
                found += [f"{exchange}: {one}" for one in operation.problems(exchange)]
        return found
