import { runSession } from '../../src/cli/terminal/run-session.ts';
import { fakeSession } from './session.ts';

/**
 * A program for tests in a real terminal: joins it to a fake process that echoes its input as hexadecimal and tells window sizes.
 * `x` ends that process with 3, `t` throws within this program.
 */
const session = fakeSession();
session.stdin.on('data', (chunk: Buffer) => {
  session.stdout.write(`<${chunk.toString('hex')}>`);
  if (chunk.includes('x')) session.end(3);
  if (chunk.includes('t')) setImmediate(() => Promise.reject(new Error('thrown on purpose')));
});
const told = { ...session, resize: (columns: number, rows: number) => void session.stdout.write(`[${columns}x${rows}]`) };
const settings = { stdin: true, tty: true, detachKeys: Buffer.from('\x10\x11'), sigProxy: true };
process.stdout.write(`pid ${process.pid} `);
const end = runSession(told, { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr }, settings);
process.stdout.write('ready ');
const { detached } = await end;
process.stdout.write(detached ? 'detached\n' : 'ended\n');
process.exit(0);
