// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a Dockerfile, no templates
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyChanges } from '../../../../src/engine/images/config-changes.ts';

/** Docker 26 answered this for the same changes. */
test('every instruction that changes a config changes it as in docker', () => {
  const changes = [
    'ENV A=1 B="x $A" C=${A:-z}',
    'ENV D=${A:+q}$A E="x\\ty" F=a\\ b',
    'CMD ["a","b"]',
    'ENTRYPOINT foo bar',
    'WORKDIR a',
    'WORKDIR b',
    'EXPOSE 80 90-91/udp',
    'VOLUME /a /b',
    'VOLUME ["/c"]',
    'LABEL x="1 2" y=$A',
    'USER u:g',
    'HEALTHCHECK --interval=5s --retries=3 CMD curl x',
    'STOPSIGNAL 9',
    'ONBUILD RUN x',
    'ENV OLD the  rest',
  ];
  assert.deepEqual(applyChanges({}, changes), {
    User: 'u:g',
    ExposedPorts: { '80/tcp': {}, '90/udp': {}, '91/udp': {} },
    Env: ['A=1', 'B=x ', 'C=z', 'D=q1', 'E=x\\ty', 'F=a b', 'OLD=the  rest'],
    Cmd: ['a', 'b'],
    Healthcheck: { Test: ['CMD-SHELL', 'curl x'], Interval: 5e9, Retries: 3 },
    Volumes: { '/a': {}, '/b': {}, '/c': {} },
    WorkingDir: '/a/b',
    Entrypoint: ['/bin/sh', '-c', 'foo bar'],
    OnBuild: ['RUN x'],
    Labels: { x: '1 2', y: '1' },
    StopSignal: '9',
  });
});

for (const [what, start, changes, expected] of [
  ['a variable is replaced in its place', { Env: ['A=1', 'B=2'] }, ['ENV A=3'], { Env: ['A=3', 'B=2'] }],
  ['an entrypoint takes the old command away', { Cmd: ['sh'] }, ['ENTRYPOINT ["e"]'], { Entrypoint: ['e'], Cmd: null }],
  ['lower case is taken', {}, ['user me'], { User: 'me' }],
  ['lines are continued, comments are none', {}, ['LABEL a=1 \\\n b=2\n# no\n\nUSER u'], { Labels: { a: '1', b: '2' }, User: 'u' }],
  ['a health check is switched off', {}, ['HEALTHCHECK NONE'], { Healthcheck: { Test: ['NONE'] } }],
  ['a health check has an exec form', {}, ['HEALTHCHECK CMD ["a","b"]'], { Healthcheck: { Test: ['CMD', 'a', 'b'] } }],
] as const) {
  test(what, () => assert.deepEqual(applyChanges({ ...start } as object, changes), expected));
}

/** Each as docker 26 says it. */
for (const [change, message] of [
  ['RUN foo', 'RUN is not a valid change command'],
  ['constructor x', 'constructor is not a valid change command'],
  ['USER', 'USER requires exactly one argument'],
  ['VOLUME', 'VOLUME requires at least one argument'],
  ['ENV a', 'ENV must have two arguments'],
  ['ENV a=b c', 'Syntax error - can\'t find = in "c". Must be of the form: name=value'],
  ['ENV =b', 'ENV names can not be blank'],
  ['EXPOSE foo', 'Invalid containerPort: foo'],
  ['EXPOSE 70000', 'Invalid containerPort: 70000'],
  ['EXPOSE 80/foo', 'Invalid proto: foo'],
  ['STOPSIGNAL foo', 'invalid signal: foo'],
  ['ONBUILD FROM x', "FROM isn't allowed as an ONBUILD trigger"],
  ['ONBUILD ONBUILD RUN x', "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"],
  ['HEALTHCHECK foo', 'Unknown type "FOO" in HEALTHCHECK (try CMD)'],
  ['HEALTHCHECK CMD', 'Missing command after HEALTHCHECK CMD'],
  ['HEALTHCHECK --interval=1us CMD x', 'Interval "interval" cannot be less than 1ms'],
  ['HEALTHCHECK --foo=1s CMD x', 'unknown flag: foo'],
] as const) {
  test(`${change} is refused: ${message}`, () => assert.throws(() => applyChanges({}, [change]), { name: 'UserError', message }));
}

test('a label cannot become the prototype of the labels', () => {
  const labels = applyChanges({}, ['LABEL __proto__=x']).Labels;
  assert.deepEqual(Object.keys(labels ?? {}), ['__proto__']);
});
