import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTemplate } from '../../../../src/cli/go-template/index.ts';
import answers from './docker-answers.json' with { type: 'json' };

/** Recorded with `docker inspect -f` (client 26.1) over the container in the file. */
const cases: readonly { template: string; output?: string; error?: string }[] = answers.cases;

for (const { template, output, error } of cases) {
  test(`${template} answers as docker does`, () => {
    const run = () => parseTemplate(template).execute(answers.container);
    if (error === undefined) assert.equal(run(), output);
    else assert.throws(run, { name: 'UserError', message: error });
  });
}
