export type OutputName = 'stdout' | 'stderr';

/** Where a container's output is kept. Never throws: what cannot be kept is counted and marked, and the container goes on. */
export interface LogDriver {
  /** Takes one read of output, in any cut. False: hold the container back until `onDrain`. */
  write(stream: OutputName, chunk: Buffer): boolean;
  /** The stream is at its end: what it left without a newline is kept as it is. */
  end(stream: OutputName): void;
  /** Resolves when everything is in the file. */
  close(): Promise<void>;
}

/** `none`: output reaches attached clients only. */
export const noLog: LogDriver = {
  write: () => true,
  end: () => {},
  close: async () => {},
};
