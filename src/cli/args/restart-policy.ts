import type { RestartPolicy } from '../../core/docker/config.ts';
import { invalid } from './invalid.ts';

const names = ['no', 'always', 'on-failure', 'unless-stopped'] as const;

/** `no`, `always`, `unless-stopped`, `on-failure[:times]`. @throws UserError in docker's words */
export function parseRestartPolicy(text: string): RestartPolicy {
  const [given = '', count, ...more] = text.split(':');
  if (count !== undefined && given === '') throw invalid('invalid restart policy format: no policy provided before colon');
  const MaximumRetryCount = count ? retryCount([count, ...more].join(':')) : 0;
  const Name = given === '' ? 'no' : names.find(name => name === given);
  if (!Name) {
    throw invalid(`invalid restart policy: unknown policy '${given}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'`);
  }
  if (MaximumRetryCount !== 0 && Name !== 'on-failure') {
    throw invalid("invalid restart policy: maximum retry count can only be used with 'on-failure'");
  }
  if (MaximumRetryCount < 0) throw invalid('invalid restart policy: maximum retry count cannot be negative');
  return { Name, MaximumRetryCount };
}

function retryCount(text: string): number {
  if (!/^[+-]?\d{1,9}$/.test(text)) {
    throw invalid('invalid restart policy format: maximum retry count must be an integer');
  }
  return Number(text);
}
