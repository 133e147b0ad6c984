import * as v from 'valibot';
import type { ErrorKind } from '../core/errors.ts';
import type { Message, Request } from './protocol.ts';

/** What either side accepts from the other: the closed unions of protocol.ts, checked where bytes come in. */
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const size = v.object({
  columns: v.pipe(count, v.maxValue(65535)),
  rows: v.pipe(count, v.maxValue(65535)),
});
const signal = v.pipe(count, v.minValue(1), v.maxValue(64));
const timeoutSeconds = v.pipe(v.number(), v.safeInteger(), v.minValue(-1));
const streams = v.object({
  stdin: v.boolean(),
  stdout: v.boolean(),
  stderr: v.boolean(),
});
const exec = v.object({
  args: v.array(v.string()),
  env: v.array(v.string()),
  user: v.string(),
  workingDir: v.string(),
  tty: v.boolean(),
  privileged: v.boolean(),
  streams,
  size: v.exactOptional(size),
  detach: v.boolean(),
});

export const RequestSchema: v.GenericSchema<unknown, Request> = v.variant('op', [
  v.object({ op: v.literal('hello'), protocol: count }),
  v.object({
    op: v.literal('start'),
    id: v.string(),
    attach: v.nullable(streams),
    size: v.exactOptional(size),
  }),
  v.object({
    op: v.literal('attach'),
    streams,
    size: v.exactOptional(size),
  }),
  v.object({ op: v.literal('exec'), exec }),
  v.object({ op: v.literal('resize'), size }),
  v.object({ op: v.literal('signal'), signal }),
  v.object({ op: v.literal('stop'), signal, timeoutSeconds }),
  v.object({ op: v.literal('restart'), signal, timeoutSeconds }),
  v.object({ op: v.literal('pause') }),
  v.object({ op: v.literal('unpause') }),
  v.object({ op: v.literal('wait') }),
  v.object({ op: v.literal('pids') }),
  v.object({ op: v.literal('reload') }),
]);

const errorKinds = ['not-found', 'conflict', 'invalid', 'unsupported', 'unavailable', 'external'] as const satisfies readonly ErrorKind[];

export const MessageSchema: v.GenericSchema<unknown, Message> = v.variant('event', [
  v.object({ event: v.literal('ready'), protocol: count }),
  v.object({ event: v.literal('started'), pid: count }),
  v.object({ event: v.literal('attached') }),
  v.object({ event: v.literal('window'), bytes: count }),
  v.object({ event: v.literal('ok') }),
  v.object({ event: v.literal('pids'), pids: v.array(count) }),
  v.object({
    event: v.literal('exited'),
    exitCode: v.number(),
    error: v.string(),
  }),
  v.object({ event: v.literal('removed') }),
  v.object({
    event: v.literal('failed'),
    kind: v.picklist(errorKinds),
    code: v.string(),
    message: v.string(),
    hint: v.exactOptional(v.string()),
    exitCode: v.exactOptional(v.number()),
  }),
]);
