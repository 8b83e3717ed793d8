# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""The arguments of a module inside Ansible's process: checked, and what leaves for them, as for a module that Ansible executes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import PASS_VARS
from ansible.module_utils.errors import UnsupportedError
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._module import (
    UNCHECKED,
    UNCHECKED_MSG,
    Module,
    Report,
    failed_result,
)
from ansible_collections.community.dynatrace.plugins.plugin_utils._encoding import as_controller_gets


@dataclass
class Arguments:
    """Of one run. ``params``: what the module works with; ``internal``: what Ansible tells every module.

    ``refusal``: the result if they are wrong. ``warnings`` may get more. ``prepared``: what took the place of options.
    """

    params: dict[str, Any]
    internal: Mapping[str, Any]
    report: Report
    warnings: list[str]
    deprecations: Sequence[Mapping[str, Any]]
    refusal: dict[str, Any] | None = None
    prepared: Mapping[str, Any] = field(default_factory=dict)
    prepared_warnings: list[str] = field(default_factory=list)

    @classmethod
    def checked(cls, module: Module, given: dict[str, Any], internal: Mapping[str, Any]) -> Arguments:
        """As a module does it that Ansible executes, with the same messages."""
        report = Report(module)
        given = module.with_lists(given)
        report.learn(given)
        module_name = internal["_ansible_module_name"]
        msg = module.wrong_shape(given)
        try:
            validation = ArgumentSpecValidator(module.argument_spec, **module.rules).validate(given)
        except UNCHECKED:
            return cls(given, internal, report, [], [], report.refusal(msg or UNCHECKED_MSG, given, module_name))
        warnings = [
            f"Both option {entry['option']} and its alias {entry['alias']} are set." for entry in validation._warnings
        ]
        arguments = cls(
            {**given, **validation.validated_parameters}, internal, report, warnings, validation._deprecations
        )
        if validation.error_messages and not msg:
            msg = validation.errors.msg
            if isinstance(validation.errors[0], UnsupportedError):
                msg = f"Unsupported parameters for ({module_name}) module: {msg}"
        if msg:
            arguments.refusal = report.refusal(msg, arguments.params, module_name)
        return arguments

    def replace(self, prepare: Callable[..., Mapping[str, Any]]) -> None:
        """``prepare`` as an action has it, which binds itself."""
        try:
            self.prepared = prepare(self.params, self.prepared_warnings.append)
        except InputError as error:
            self.refusal = self.report.of(failed_result(error), self.params)
            return
        self.report.learn(self.prepared)
        self.params.update(self.prepared)
        self.warnings += self.prepared_warnings

    def leaving(self, result: Mapping[str, Any]) -> dict[str, Any]:
        """``result`` as Ansible gets it from a module that it has executed."""
        leaving = dict(result)
        # Since ansible-core 2.21 the invocation is shown on demand only.
        if "inject_invocation" in PASS_VARS and not self.internal["_ansible_inject_invocation"]:
            del leaving["invocation"]
        if self.warnings:
            leaving["warnings"] = self.warnings
        if self.deprecations:
            leaving["deprecations"] = list(self.deprecations)
        return as_controller_gets(leaving)
