import type { LogConfig } from '../../core/docker/config.ts';
import { UserError } from '../../core/errors.ts';

export interface LogFileOptions {
  /** Bytes after which a file is full; undefined for no bound. */
  readonly maxSize: number | undefined;
  /** Files kept, the current one among them. */
  readonly maxFiles: number;
  readonly compress: boolean;
  /** Output beyond this many unwritten bytes is dropped instead of holding back the container; undefined to hold it back. */
  readonly dropBeyond: number | undefined;
}

const common = ['max-size', 'max-file', 'compress'];
const known: Record<LogConfig['Type'], readonly string[] | 'any'> = {
  'json-file': [...common, 'labels', 'labels-regex', 'env', 'env-regex', 'tag'],
  local: common,
  none: 'any',
};

/**
 * Docker's options of the drivers `json-file` and `local`, with its defaults and its words for what is wrong.
 * @throws UserError `BAD_LOG_OPTION`
 */
export function parseLogOptions({ Type, Config }: LogConfig): LogFileOptions {
  const { mode, 'max-buffer-size': maxBuffer, ...own } = Config;
  refuseUnknown(Type, own);
  const dropBeyond = parseMode(mode, maxBuffer);
  const options = Type === 'local' ? parseLocal(own) : parseJsonFile(own);
  return { ...options, dropBeyond };
}

type Options = Readonly<Record<string, string>>;
type Rotation = Omit<LogFileOptions, 'dropBeyond'>;

function refuseUnknown(type: LogConfig['Type'], options: Options): void {
  const allowed = known[type];
  if (allowed === 'any') return;
  for (const key of Object.keys(options)) {
    if (allowed.includes(key)) continue;
    throw bad(type === 'local' ? `unknown log opt '${key}' for log driver local` : `unknown log opt '${key}' for ${type} log driver`);
  }
}

function parseMode(mode = 'blocking', maxBuffer?: string): number | undefined {
  if (mode !== 'blocking' && mode !== 'non-blocking') throw bad(`logger: logging mode not supported: ${mode}`);
  if (maxBuffer !== undefined && mode === 'blocking')
    throw bad("logger: max-buffer-size option is only supported with 'mode=non-blocking'");
  if (mode === 'blocking') return undefined;
  return maxBuffer === undefined ? 1_000_000 : parseSize(maxBuffer);
}

function parseJsonFile(options: Options): Rotation {
  const maxSize = optional(options['max-size'], parseSize);
  if (maxSize !== undefined && maxSize <= 0) throw bad('max-size must be a positive number');
  const maxFiles = optional(options['max-file'], parseCount) ?? 1;
  if (maxFiles < 1) throw bad('max-file cannot be less than 1');
  const compress = optional(options.compress, parseBoolean) ?? false;
  if (compress && (maxFiles === 1 || maxSize === undefined))
    throw bad('compress cannot be true when max-file is less than 2 or max-size is not set');
  return { maxSize, maxFiles, compress };
}

function parseLocal(options: Options): Rotation {
  const maxSize = optional(options['max-size'], parseSize) ?? 20 * 1024 * 1024;
  const maxFiles = optional(options['max-file'], parseCount) ?? 5;
  const compress = optional(options.compress, parseBoolean) ?? true;
  if (maxSize < 0) throw bad('max-size must not be negative');
  if (maxFiles < 0) throw bad('max-file must not be negative');
  if (compress && maxFiles <= 1) throw bad('compression cannot be enabled when max file count is 1');
  return {
    maxSize: maxSize === 0 ? undefined : maxSize,
    maxFiles: Math.max(maxFiles, 1),
    compress,
  };
}

function optional<T>(text: string | undefined, parse: (text: string) => T): T | undefined {
  return text === undefined ? undefined : parse(text);
}

/** Docker's go-units FromHumanSize: decimal multiples. */
function parseSize(text: string): number {
  const match = /^(-?\d+(?:\.\d+)?) ?([kmgtp]?)i?b?$/i.exec(text);
  if (match === null) throw bad(`invalid size: '${text}'`);
  const power = ' kmgtp'.indexOf((match[2] || ' ').toLowerCase());
  return Math.trunc(Number(match[1]) * 1000 ** power);
}

function parseCount(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw bad(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

function parseBoolean(text: string): boolean {
  if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
  if (/^(0|f|F|FALSE|false|False)$/.test(text)) return false;
  throw bad(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}

function bad(message: string): UserError {
  return new UserError('invalid', 'BAD_LOG_OPTION', message);
}
