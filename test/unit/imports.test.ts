import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';

const source = join(import.meta.dirname, '../../src');

/** From the bottom up; each level may import from those below it. */
const levels = [
  ['core'],
  ['linux'],
  ['oci', 'registry', 'store', 'rootless'],
  ['monitor', 'worker', 'netns'],
  ['engine'],
  ['cli', 'tui', 'api'],
];
const skins = ['cli', 'tui', 'api'];
const skinLibraries = ['yargs', 'yargs-parser', 'ink', 'react', 'ora'];
/** What only a skin or main.ts may touch, as it stands in code. */
const skinWords = /\bprocess\.(stdout|stdin|exit|exitCode|cwd|argv)\b|\bconsole\.(log|info|warn|error|debug)\b/g;

interface Import {
  readonly file: string;
  readonly layer: string;
  readonly wanted: string;
}

const files = globSync('**/*.{ts,tsx}', { cwd: source }).filter(file => file.includes('/'));
const imports: Import[] = files.flatMap(file => {
  const text = withoutComments(readFileSync(join(source, file), 'utf8'));
  const wanted = [...text.matchAll(/(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)['"]([^'"]+)['"]/g)].map(match => match[1] ?? '');
  return wanted.map(name => ({
    file,
    layer: layerOf(file),
    wanted: name.startsWith('.') ? relative(source, join(source, dirname(file), name)) : name,
  }));
});

test('every folder of src has its place among the layers', () => {
  const known = levels.flat();
  for (const file of files)
    assert.ok(
      known.includes(layerOf(file)),
      `src/${file}: no layer has this folder. Put it into one, or give it a level in this test and in biome.json.`,
    );
});

test('imports go one way, from the skins down to core', () => {
  const wrong = local().filter(({ layer, wanted }) => wanted === 'main.ts' || levelOf(layerOf(wanted)) > levelOf(layer));
  complain(
    wrong,
    'imports a layer above it',
    'What lies below must be usable and testable without what lies above',
    'move the shared part down, or take it as a parameter',
  );
});

test('neighbours on one level meet only through their index.ts', () => {
  const wrong = local().filter(
    ({ layer, wanted }) =>
      layerOf(wanted) !== layer && levelOf(layerOf(wanted)) === levelOf(layer) && wanted !== `${layerOf(wanted)}/index.ts`,
  );
  complain(
    wrong,
    "imports a neighbour's inner file",
    'A folder can only change freely behind one door',
    'export it from the index.ts there, or move it down',
  );
});

test('nothing below the skins imports a library for command lines or screens', () => {
  const wrong = imports.filter(
    ({ layer, wanted }) => !skins.includes(layer) && skinLibraries.some(name => wanted === name || wanted.startsWith(`${name}/`)),
  );
  complain(
    wrong,
    'imports a skin library',
    'The engine serves command line, dashboard and API alike',
    'return data or report an event, and draw it in src/cli',
  );
});

test('nothing below the skins touches the process’s streams, exit, arguments or folder', () => {
  const wrong = files
    .filter(file => !skins.includes(layerOf(file)))
    .flatMap(file =>
      [...withoutComments(readFileSync(join(source, file), 'utf8')).matchAll(skinWords)].map(([word]) => ({
        file,
        layer: '',
        wanted: word,
      })),
    );
  complain(
    wrong,
    'uses',
    'Below the skins there is no terminal and no command line: the same code serves the API',
    'take it as a parameter from src/cli or main.ts',
  );
});

function local(): Import[] {
  return imports.filter(({ wanted }) => wanted === 'main.ts' || levels.flat().includes(layerOf(wanted)));
}

function layerOf(file: string): string {
  return file.split('/')[0] ?? '';
}

function levelOf(layer: string): number {
  return levels.findIndex(level => level.includes(layer));
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|(?<![:'"`\\])\/\/.*$/gm, '');
}

function complain(wrong: readonly Import[], what: string, reason: string, remedy: string): void {
  const lines = wrong.map(({ file, wanted }) => `  src/${file} ${what}: ${wanted}`);
  assert.equal(wrong.length, 0, `\n${lines.join('\n')}\nWhy: ${reason}.\nRemedy: ${remedy}.`);
}
