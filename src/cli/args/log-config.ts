import type { LogConfig } from '../../core/docker/config.ts';
import { UserError } from '../../core/errors.ts';
import { invalid } from './invalid.ts';

const ours = ['json-file', 'local', 'none'] as const;
const dockers = new Set(['syslog', 'journald', 'gelf', 'fluentd', 'awslogs', 'splunk', 'etwlogs', 'gcplogs']);

/**
 * `--log-opt key=value` for the driver named with `--log-driver`; what the options mean is the driver's to check.
 * @throws UserError in docker's words
 */
export function parseLogConfig(driver: string, given: readonly string[]): LogConfig {
  const Type = ours.find(name => name === driver);
  if (!Type) {
    if (dockers.has(driver)) throw new UserError('unsupported', 'LOG_DRIVER_UNSUPPORTED', `log driver ${driver} is not supported yet`);
    throw invalid(`logger: no log driver named '${driver}' is registered`);
  }
  if (Type === 'none' && given.length > 0) throw invalid('invalid logging opts for driver none');
  return { Type, Config: Object.fromEntries(given.map(parseOption)) };
}

function parseOption(text: string): [string, string] {
  const equals = text.indexOf('=');
  if (equals === 0) throw invalid(`invalid log opt '${text}': empty name`);
  return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
}
