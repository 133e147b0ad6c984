import * as v from 'valibot';
import { escapeControls } from './escape-controls.ts';

const text = v.optional(v.string(), '');

const Client = v.object({
  Version: text,
  ApiVersion: text,
  GoVersion: text,
  GitCommit: text,
  BuildTime: text,
  Os: text,
  Arch: text,
  Context: text,
});

/** Docker's `GET /version`, as far as it is shown; another engine may leave things out. */
const Server = v.object({
  Platform: v.optional(v.object({ Name: text }), { Name: '' }),
  Components: v.optional(
    v.array(v.object({ Name: v.string(), Version: v.string(), Details: v.nullish(v.record(v.string(), v.string())) })),
    [],
  ),
});

/** `docker version`'s layout. Node's version stands where docker has Go's. */
export function versionText(both: { Client: object; Server: object }): string {
  const client = v.parse(Client, both.Client);
  const server = v.parse(Server, both.Server);
  const lines = [
    'Client:',
    ...rows(' ', [
      ['Version', client.Version],
      ['API version', client.ApiVersion],
      ['Node version', client.GoVersion],
      ['Git commit', client.GitCommit],
      ['Built', client.BuildTime],
      ['OS/Arch', `${client.Os}/${client.Arch}`],
      ['Context', client.Context],
    ]),
    '',
    `Server: ${server.Platform.Name}`.trimEnd(),
    ...server.Components.flatMap(component),
  ];
  return escapeControls(`${lines.join('\n')}\n`);
}

type Component = v.InferOutput<typeof Server>['Components'][number];

function component({ Name, Version, Details }: Component): string[] {
  const details = Details ?? {};
  if (Name !== 'Engine') return [` ${Name}:`, ...rows('  ', [['Version', Version], ...Object.entries(details)])];
  return [
    ' Engine:',
    ...rows('  ', [
      ['Version', Version],
      ['API version', `${details.ApiVersion} (minimum version ${details.MinAPIVersion})`],
      ['Node version', details.GoVersion ?? ''],
      ['Git commit', details.GitCommit ?? ''],
      ['Built', details.BuildTime ?? ''],
      ['OS/Arch', `${details.Os}/${details.Arch}`],
      ['Experimental', details.Experimental ?? 'false'],
    ]),
  ];
}

/** Values stand in one column, as docker's. */
function rows(indent: string, pairs: readonly (readonly [string, string])[]): string[] {
  const width = 20 - indent.length;
  return pairs.map(([name, value]) => `${indent}${`${name}:`.padEnd(width - 1)} ${value}`);
}
