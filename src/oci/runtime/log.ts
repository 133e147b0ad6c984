import * as v from 'valibot';

const Line = v.object({ msg: v.string(), level: v.optional(v.string(), 'error') });

/** The last error of a runtime's log, whether in JSON lines, logfmt or plain text, cut to 2000 characters. */
export function lastMessage(text: string): string {
  const lines = text.trim().split('\n').slice(-50);
  const entries = lines.map(parseLine);
  const errors = entries.filter(entry => entry.level === 'error' || entry.level === 'fatal');
  return (errors.at(-1) ?? entries.at(-1))?.msg.slice(0, 2000) ?? '';
}

function parseLine(line: string): v.InferOutput<typeof Line> {
  try {
    return v.parse(Line, JSON.parse(line));
  } catch {
    // Plain text: crun without --log writes so, and what a linker says when the program can not be started.
    return { level: 'error', msg: /msg="(.*)"$/.exec(line)?.[1] ?? line };
  }
}
