import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Looked at this often where the kernel has no inotify watch left for us. */
const pollMs = 200;

export interface LogWatch {
  /** Resolves at the next change after this call; `ended` when no further one is to come. */
  change(): Promise<void> | 'ended';
  /** Called at once when a file appears or is renamed. */
  onRotation(run: () => void): void;
  close(): void;
}

/** Watches the folder of a log: the file itself is another one after a rotation. */
export function watchLog(path: string, ended: AbortSignal): LogWatch {
  const base = basename(path);
  let wake: () => void = () => {};
  let rotated: () => void = () => {};
  const onEnded = () => wake();
  ended.addEventListener('abort', onEnded);
  const stop = watchFolder(dirname(path), (event, name) => {
    if (name !== null && !name.startsWith(base)) return;
    if (event === 'rename') rotated();
    wake();
  });
  return {
    change() {
      if (ended.aborted) return 'ended';
      return new Promise(resolve => {
        wake = resolve;
      });
    },
    onRotation(run) {
      rotated = run;
    },
    close() {
      ended.removeEventListener('abort', onEnded);
      stop();
    },
  };
}

type OnEvent = (event: 'rename' | 'change', name: string | null) => void;

function watchFolder(folder: string, onEvent: OnEvent): () => void {
  let poll: NodeJS.Timeout | undefined;
  const fallBack = () => {
    poll ??= setInterval(() => onEvent('rename', null), pollMs);
  };
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(folder, { encoding: 'utf8' }, (event, name) => onEvent(event, name));
    watcher.on('error', fallBack);
  } catch {
    fallBack();
  }
  return () => {
    watcher?.close();
    clearInterval(poll);
  };
}
