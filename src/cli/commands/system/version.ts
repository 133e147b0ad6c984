import { defineCommand } from '../../define-command.ts';
import { parseTemplate, toJson } from '../../go-template/index.ts';
import { versionText } from '../../output/version-text.ts';

export const version = defineCommand({
  usage: '[OPTIONS]',
  describe: 'Show the version information',
  words: { min: 0, max: 0, kind: 'none' },
  options: { format: { type: 'string', alias: 'f', describe: "Format output: 'json' or a Go template" } },
  async run({ engine, out }, { format }) {
    const template = format && format !== 'json' ? parseTemplate(format) : undefined;
    const { clientVersion } = await import('../../../engine/system/version.ts');
    const both = { Client: clientVersion(), Server: await (await engine()).system.version() };
    if (template) out.line(template.execute(both, { typeName: 'system.versionInfo' }));
    else if (format === 'json') out.write(`${toJson(both)}\n`);
    else out.write(versionText(both));
  },
});
