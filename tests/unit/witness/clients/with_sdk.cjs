// Copyright (c) 2026, the community.dynatrace authors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// What Dynatrace's own SDK makes of a sandbox, as JSON: URL TOKEN PACKAGE, with NODE_PATH to the SDK.

const fs = require("node:fs");
const sdk = require("@dynatrace-sdk/client-classic-environment-v2");

const [url, token, file] = process.argv.slice(2);

const http = {
  async send({ url: path, method = "GET", headers = {}, body, requestBodyType, statusValidator }) {
    const isJson = body !== undefined && requestBodyType !== "binary";
    const answer = await fetch(url + path, {
      method,
      headers: {
        ...(isJson ? { "Content-Type": "application/json; charset=utf-8" } : {}),
        ...headers,
        Authorization: `Bearer ${token}`,
      },
      body: isJson ? JSON.stringify(body) : body,
    });
    const response = {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: async (kind) => (kind === "json" ? answer.json() : kind === "text" ? answer.text() : answer.blob()),
    };
    if (statusValidator && !statusValidator(answer.status)) {
      throw Object.assign(new Error(`${method} ${path}: ${answer.status}`), { name: "ResponseError", response });
    }
    return response;
  },
};

async function refused(promise) {
  try {
    await promise;
  } catch (error) {
    return [error.name, error.body.error.code, error.body.error.message];
  }
  throw new Error("that should have been refused");
}

async function main() {
  const found = {};
  const gates = new sdk.ActiveGatesClient(http);
  found.activegates = (await gates.getAllActiveGates({ online: true })).activeGates.map((one) => one.id);
  const agId = found.activegates[0];
  found.activegate = (await gates.getOneActiveGateById({ agId })).version;

  const jobs = new sdk.ActiveGatesAutoUpdateJobsClient(http);
  await jobs.validateUpdateJobForAg({ agId, body: { targetVersion: "latest" } });
  const job = await jobs.createUpdateJobForAg({ agId, body: { targetVersion: "latest" } });
  found.job = (await jobs.getUpdateJobByJobIdForAg({ agId, jobId: job.jobId })).jobId === job.jobId;
  found.jobs = (await jobs.getUpdateJobListByAgId({ agId, from: "now-31d" })).updateJobs.length;
  found.allJobs = (await jobs.getAllUpdateJobList({ from: "now-31d", lastUpdates: true })).allUpdateJobs.map((one) => one.agId);
  await jobs.deleteUpdateJobByJobIdForAg({ agId, jobId: job.jobId });
  found.noJob = await refused(jobs.getUpdateJobByJobIdForAg({ agId, jobId: "1" }));

  const schemaId = "builtin:sandbox.tag-rule";
  const schemas = new sdk.SettingsSchemasClient(http);
  found.schemas = (await schemas.getAvailableSchemaDefinitions()).items.map((one) => one.schemaId);
  found.schema = Object.keys((await schemas.getSchemaDefinition({ schemaId })).properties);

  const settings = new sdk.SettingsObjectsClient(http);
  const value = { name: "by the SDK", enabled: true, tags: [] };
  const created = await settings.postSettingsObjects({ body: [{ schemaId, scope: "environment", value }] });
  const objectId = created[0].objectId;
  const read = await settings.getSettingsObjectByObjectId({ objectId });
  found.read = read.value;
  found.modified = typeof read.modified;
  const body = { value: { ...value, name: "again" }, updateToken: read.updateToken };
  found.updated = (await settings.putSettingsObjectByObjectId({ objectId, body })).code;
  found.objects = (await settings.getSettingsObjects({ schemaIds: schemaId, pageSize: 500 })).items.map((one) => one.value.name);
  await settings.deleteSettingsObjectByObjectId({ objectId });
  found.noObject = await refused(settings.getSettingsObjectByObjectId({ objectId }));
  found.effective = (await settings.getEffectiveSettingsValues({ schemaIds: schemaId, scope: "environment" })).totalCount;

  const extensions = new sdk.Extensions_2_0Client(http);
  const uploaded = await extensions.uploadExtension({ body: new Blob([fs.readFileSync(file)]) });
  const extensionName = uploaded.extensionName;
  found.uploaded = [extensionName, uploaded.version];
  const activate = { extensionName, body: { version: uploaded.version } };
  await extensions.activateExtensionEnvironmentConfiguration(activate);
  found.active = (await extensions.getActiveEnvironmentConfiguration({ extensionName })).version;
  found.extensions = (await extensions.listExtensions()).extensions.map((one) => one.extensionName);
  found.infos = (await extensions.listExtensionInfos()).extensions.map((one) => one.activeVersion);
  found.versions = (await extensions.listExtensionVersions({ extensionName })).extensions.map((one) => one.version);
  const configuration = { scope: "ag_group-default", value: { version: uploaded.version, enabled: false, vars: {} } };
  const wrong = { ...configuration, value: { version: "9.9.9" } };
  const answers = await extensions.createMonitoringConfiguration({ extensionName, body: [configuration, wrong] });
  found.configured = answers.map((one) => one.code || one.error.code);
  found.configurations = (await extensions.extensionMonitoringConfigurations({ extensionName })).items.map((one) => one.scope);
  found.groups = (await extensions.getActiveGateGroupsInfo({ extensionName, extensionVersion: uploaded.version })).activeGateGroups.length;

  const zone = { schemaId: "builtin:management-zones", scope: "tenant", value: { name: "by the SDK", rules: [] } };
  const [made] = await settings.postSettingsObjects({ body: [zone] });
  found.zone = (await new sdk.SettingsManagementZonesClient(http).getManagementZoneDetails({ objectId: made.objectId })).id;
  found.scope = (await settings.getSettingsObjectByObjectId({ objectId: made.objectId })).scope;
  console.log(JSON.stringify(found));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
