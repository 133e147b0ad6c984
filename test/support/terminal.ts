import { execa } from 'execa';

/** A real terminal, driven by tmux: what a person would type and see. */
export interface Terminal {
  /** tmux's key names (`Enter`, `C-p`) or text. */
  press(...keys: readonly string[]): Promise<void>;
  type(text: string): Promise<void>;
  screen(): Promise<string>;
  /** Waits until the screen shows it; answers the screen. @throws Error with the screen, after 10 s or as long as given */
  see(what: RegExp, options?: { timeoutMs: number }): Promise<string>;
  resize(columns: number, rows: number): Promise<void>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 10_000;
const LOOK_AGAIN_MS = 50;
let opened = 0;

/** Opens a terminal of 100 × 30 with this command in it; it stays after the command's end, showing `[exit N]`. */
export async function openTerminal(argv: readonly string[]): Promise<Terminal> {
  const socket = `tsd-${process.pid}-${opened++}`;
  const tmux = async (...args: readonly string[]): Promise<string> =>
    (await execa('tmux', ['-L', socket, '-f', '/dev/null', ...args])).stdout;
  await tmux('new-session', '-d', '-x', '100', '-y', '30', 'sh', '-c', '"$@"; echo "[exit $?]"; exec sleep 600', 'sh', ...argv);
  const screen = (): Promise<string> => tmux('capture-pane', '-p');
  return {
    press: async (...keys) => void (await tmux('send-keys', ...keys)),
    type: async text => void (await tmux('send-keys', '-l', text)),
    screen,
    see: async (what, { timeoutMs } = { timeoutMs: TIMEOUT_MS }) => {
      const end = Date.now() + timeoutMs;
      for (;;) {
        const shown = await screen();
        if (what.test(shown)) return shown;
        if (Date.now() > end) throw new Error(`the screen never showed ${what}:\n${shown}`);
        await new Promise(resolve => setTimeout(resolve, LOOK_AGAIN_MS));
      }
    },
    resize: async (columns, rows) => void (await tmux('resize-window', '-x', `${columns}`, '-y', `${rows}`)),
    close: async () => void (await tmux('kill-server')),
  };
}
