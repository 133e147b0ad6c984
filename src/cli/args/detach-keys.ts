import { invalid } from './invalid.ts';

export const defaultDetachKeys = 'ctrl-p,ctrl-q';

/** `ctrl-p,ctrl-q`, `a,b`, `ctrl-\\`, `DEL`: the bytes a terminal sends for the keys. @throws UserError in docker's words */
export function parseDetachKeys(text: string): Buffer {
  return Buffer.from(
    text.split(',').map(key => {
      const byte = keyByte(key);
      if (byte === undefined) throw invalid(`invalid detach keys (${text}) provided: Unknown character: '${key}'`);
      return byte;
    }),
  );
}

function keyByte(key: string): number | undefined {
  if (/^[\x20-\x7e]$/.test(key)) return key.charCodeAt(0);
  if (key === 'DEL') return 0x7f;
  const control = /^ctrl-([a-z@[\\\]^_])$/.exec(key)?.[1];
  return control === undefined ? undefined : control.toUpperCase().charCodeAt(0) - 0x40;
}
