/** The SHA-256 of bytes, in hex. node:crypto is loaded when the first is computed: it takes 8 ms, and most verbs compute none. */
export function sha256(bytes: Uint8Array | string): string {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(bytes).digest('hex');
}
