import { invalid } from './invalid.ts';

const powers = 'kmgtp';

/** go-units' `RAMInBytes`: `64m`, `1.5GiB`, `1024`; always powers of 1024, in bytes. @throws UserError in its words */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d*)?|\.\d+) ?([^\d. ]*)$/.exec(text);
  if (!match?.[1]) throw invalid(`invalid size: '${text}'`);
  const suffix = match[2] ?? '';
  const unit = /^(?:b|([kmgtp])i?b?)?$/i.exec(suffix);
  if (!unit) throw invalid(`invalid suffix: '${suffix}'`);
  const power = unit[1] ? powers.indexOf(unit[1].toLowerCase()) + 1 : 0;
  const bytes = Math.trunc(Number(match[1]) * 1024 ** power);
  if (!Number.isSafeInteger(bytes)) throw invalid(`invalid size: '${text}'`);
  return bytes;
}
