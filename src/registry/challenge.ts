/** One challenge of a `WWW-Authenticate` header (RFC 9110, 11.6.1). Scheme and parameter names are in lower case. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

// A scheme is a token not followed by "="; a parameter is token = token | quoted string. Sticky: nothing is skipped unseen.
const schemePattern = /[\s,]*([A-Za-z0-9!#$%&'*+.^_`|~-]+)(?=\s|,|$)(?!\s*=)/y;
const parameterPattern = /[\s,]*([A-Za-z0-9!#$%&'*+.^_`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/y;

/** Reads all challenges of a header; stops quietly at what is not one. */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: Challenge[] = [];
  let at = 0;
  for (;;) {
    const scheme = matchAt(schemePattern, header, at);
    if (scheme === null) return challenges;
    at += scheme[0].length;
    const parameters = new Map<string, string>();
    for (;;) {
      const parameter = matchAt(parameterPattern, header, at);
      if (parameter === null) break;
      at += parameter[0].length;
      const quoted = parameter[2]?.replace(/\\(.)/g, '$1');
      parameters.set((parameter[1] ?? '').toLowerCase(), quoted ?? parameter[3] ?? '');
    }
    challenges.push({ scheme: (scheme[1] ?? '').toLowerCase(), parameters });
  }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
