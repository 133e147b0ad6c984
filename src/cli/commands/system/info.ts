import { defineCommand } from '../../define-command.ts';
import { parseTemplate, toJson } from '../../go-template/index.ts';
import { infoText } from '../../output/info-text.ts';

export const info = defineCommand({
  usage: '[OPTIONS]',
  describe: 'Display system-wide information',
  words: { min: 0, max: 0, kind: 'none' },
  options: { format: { type: 'string', alias: 'f', describe: "Format output: 'json' or a Go template" } },
  async run({ engine, out, globals }, { format }) {
    const template = format && format !== 'json' ? parseTemplate(format) : undefined;
    const { clientVersion } = await import('../../../engine/system/version.ts');
    const { Version, Context } = clientVersion();
    const client = { Debug: globals.debug, Version, Context, Plugins: [], Warnings: null };
    const server = await (await engine()).system.info();
    const all = { ...server, ServerErrors: [], ClientInfo: client };
    if (template) out.line(template.execute(all, { typeName: 'system.dockerInfo' }));
    else if (format === 'json') out.write(`${toJson(all)}\n`);
    else {
      const { text, warnings } = infoText(client, server);
      out.write(text);
      for (const warning of warnings) out.error(warning);
    }
  },
});
