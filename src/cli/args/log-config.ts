import type { LogConfig } from '../../core/docker/config.ts';
import { UserError } from '../../core/errors.ts';
import { invalid } from './invalid.ts';
import { parseSize } from './size.ts';

const ours = ['json-file', 'local', 'none'] as const;
const dockers = new Set('syslog journald gelf fluentd awslogs splunk etwlogs gcplogs logentries'.split(' '));
const options = new Set(['max-size', 'max-file', 'compress']);
const dockersOptions = new Set(['labels', 'labels-regex', 'env', 'env-regex', 'tag', 'mode', 'max-buffer-size']);

/** `--log-driver` and its `--log-opt key=value`. @throws UserError in docker's words */
export function parseLogConfig(driver: string, given: readonly string[]): LogConfig {
  const Type = ours.find(name => name === driver);
  if (!Type) {
    if (dockers.has(driver)) throw new UserError('unsupported', 'LOG_DRIVER_UNSUPPORTED', `log driver ${driver} is not supported yet`);
    throw invalid(`logger: no log driver named '${driver}' is registered`);
  }
  if (Type === 'none' && given.length > 0) throw invalid('invalid logging opts for driver none');
  return { Type, Config: Object.fromEntries(given.map(text => parseOption(Type, text))) };
}

function parseOption(driver: string, text: string): [string, string] {
  const equals = text.indexOf('=');
  const key = equals < 0 ? text : text.slice(0, equals);
  const value = equals < 0 ? '' : text.slice(equals + 1);
  if (dockersOptions.has(key)) throw new UserError('unsupported', 'LOG_OPT_UNSUPPORTED', `log opt ${key} is not supported yet`);
  if (!options.has(key)) throw invalid(`unknown log opt '${key}' for ${driver} log driver`);
  checkValue(key, value);
  return [key, value];
}

function checkValue(key: string, value: string): void {
  if (key === 'max-size' && value !== '-1' && parseSize(value) === 0) throw invalid('max-size must be a positive number');
  if (key === 'max-file' && !/^[1-9]\d{0,8}$/.test(value)) throw invalid('max-file cannot be less than 1');
  if (key === 'compress' && !/^(true|false)$/.test(value)) throw invalid(`invalid value for compress: ${value}`);
}
