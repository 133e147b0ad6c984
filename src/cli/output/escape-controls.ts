/** C0 without tab and newline, DEL, C1, and the marks that reorder text: what could drive or deceive a terminal. */
const dangerous =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Data from images, containers and registries, made harmless for a terminal; tabs and newlines stay. */
export function escapeControls(text: string): string {
  return text.replace(dangerous, character => {
    const code = character.charCodeAt(0);
    if (code === 0x0d) return '\\r';
    return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** For one cell of a table: newlines and tabs would break the layout too. */
export function escapeCell(text: string): string {
  return escapeControls(text.replaceAll('\n', '\\n').replaceAll('\t', '\\t'));
}
