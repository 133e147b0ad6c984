import { containerStatuses } from '../../core/container.ts';
import { UserError } from '../../core/errors.ts';
import type { Filters } from '../types.ts';
import type { Container } from './refresh.ts';
import { resolveContainer } from './resolve.ts';

type Test = (container: Container) => boolean;
/** Makes the test for one value of a filter; gets all containers for those that compare with another. */
type Maker = (value: string, all: readonly Container[]) => Test;

const makers: Readonly<Record<string, Maker>> = {
  id:
    value =>
    ({ record }) =>
      record.id.startsWith(value),
  name: value => {
    const pattern = regularExpression(value);
    return ({ record }) => pattern.test(record.name) || pattern.test(`/${record.name}`);
  },
  label: value => {
    const [key = '', ...rest] = value.split('=');
    const wanted = rest.join('=');
    return ({ record }) => key in record.config.Labels && (!value.includes('=') || record.config.Labels[key] === wanted);
  },
  exited: value => {
    const code = Number(value);
    if (!Number.isInteger(code)) throw invalid('exited', value);
    return ({ state }) => state.status === 'exited' && state.exitCode === code;
  },
  status: value => {
    if (!(containerStatuses as readonly string[]).includes(value)) throw invalid('status', value);
    return ({ state }) => state.status === value;
  },
  ancestor:
    value =>
    ({ record }) =>
      record.config.Image === value ||
      record.config.Image === `${value}:latest` ||
      record.imageId.replace('sha256:', '').startsWith(value.replace('sha256:', '')),
  before: (value, all) => {
    const { created } = reference(value, all).record;
    return ({ record }) => record.created < created;
  },
  since: (value, all) => {
    const { created } = reference(value, all).record;
    return ({ record }) => record.created > created;
  },
  health: value => {
    if (!['starting', 'healthy', 'unhealthy', 'none'].includes(value)) throw invalid('health', value);
    return ({ state }) => (state.health?.status ?? 'none') === value;
  },
  network:
    value =>
    ({ record }) => {
      const mode = record.hostConfig.NetworkMode;
      return mode === value || (mode === 'default' && value === 'bridge');
    },
};

/** Docker shows containers that are not running, too, when one of these is asked for. */
const widening = ['status', 'exited', 'before', 'since'];

/** @throws UserError `INVALID_FILTER` in docker's words */
export function compileFilters(filters: Filters, all: readonly Container[]): { matches: Test; wantsAll: boolean } {
  const groups = [...filters].map(([key, values]) => {
    const maker = makers[key];
    if (!maker)
      throw new UserError('invalid', 'INVALID_FILTER', `invalid filter '${key}'`, { hint: `one of: ${Object.keys(makers).join(', ')}` });
    return { key, tests: values.map(value => maker(value, all)) };
  });
  return {
    // Several labels must all be there; of other keys, one value suffices.
    matches: container =>
      groups.every(({ key, tests }) => (key === 'label' ? tests.every(test => test(container)) : tests.some(test => test(container)))),
    wantsAll: [...filters.keys()].some(key => widening.includes(key)),
  };
}

function reference(value: string, all: readonly Container[]): Container {
  const id = resolveContainer(
    { ids: () => all.map(({ record }) => record.id), byName: name => all.find(({ record }) => record.name === name)?.record.id },
    value,
  );
  const found = all.find(({ record }) => record.id === id);
  if (!found) throw invalid('before', value);
  return found;
}

function regularExpression(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (cause) {
    throw new UserError('invalid', 'INVALID_FILTER', `invalid filter 'name=${text}'`, { cause });
  }
}

function invalid(key: string, value: string): UserError {
  return new UserError('invalid', 'INVALID_FILTER', `invalid filter '${key}=${value}'`);
}
