import { invalid } from './invalid.ts';

/** `os[/arch[/variant]]`. @throws UserError */
export function checkPlatform(text: string): string {
  if (!/^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+){0,2}$/.test(text)) {
    throw invalid(`invalid platform ${JSON.stringify(text)}: expected os, os/arch or os/arch/variant`);
  }
  return text;
}
