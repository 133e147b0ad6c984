/** Now, in RFC 3339 with as many digits as the clock gives: what docker shows as StartedAt. */
export function nowText(): string {
  return new Date().toISOString().replace('Z', '000000Z');
}
