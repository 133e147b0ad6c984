import type { Readable } from 'node:stream';
import type { Engine } from '../engine/types.ts';
import type { Globals } from './globals.ts';
import type { Output } from './output/output.ts';

/**
 * One flag, in yargs' own terms, so that yargs can render the help. In `describe` a word in back-quotes names the value in the help
 * (docker's own habit: "Filter output based on `filter`").
 */
export interface Flag {
  readonly type: 'string' | 'boolean' | 'number';
  /** May be repeated; every value is kept. Strings only. */
  readonly array?: true;
  /** One letter. */
  readonly alias?: string;
  readonly describe: string;
  readonly default?: string | boolean | number;
  readonly choices?: readonly string[];
  /** Not in the help. */
  readonly hidden?: true;
  /** `--flag` alone means this value; then a value must be written `--flag=value`. */
  readonly optionalValue?: string;
}

export type Flags = Readonly<Record<string, Flag>>;

type Scalar<F extends Flag> = F['type'] extends 'boolean' ? boolean : F['type'] extends 'number' ? number : string;
type ValueOf<F extends Flag> = F extends { array: true }
  ? string[]
  : F['type'] extends 'boolean'
    ? boolean
    : F extends { default: string | number }
      ? Scalar<F>
      : Scalar<F> | undefined;

type WordsOf<Min extends number> = Min extends 0 ? string[] : Min extends 1 ? [string, ...string[]] : [string, string, ...string[]];

/**
 * What a command gets: a value for each flag (a list is empty and a boolean false when not given), the words that are no
 * flags, and which flags were given at all.
 */
export type Args<F extends Flags, Min extends number> = {
  [K in keyof F]: ValueOf<F[K]>;
} & {
  readonly words: WordsOf<Min>;
  readonly given: ReadonlySet<string>;
};

export interface Context {
  /** Opened at the first call, so that help and usage errors never wait for it. */
  engine(): Promise<Engine>;
  readonly out: Output;
  readonly stdin: Readable;
  /** Aborted when whoever reads the output has left. */
  readonly signal: AbortSignal;
  readonly globals: Globals;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** What the words on a command's line name; completion offers them. */
export type WordKind = 'container' | 'running-container' | 'stopped-container' | 'image' | 'object' | 'file' | 'none';

export interface CommandSpec<F extends Flags, Min extends number> {
  /** Without the command's own name: `[OPTIONS] IMAGE [COMMAND] [ARG...]`. */
  readonly usage: string;
  readonly describe: string;
  /** How many words it takes; no `max` for any number. */
  readonly words: {
    readonly min: Min;
    readonly max?: number;
    readonly kind?: WordKind;
  };
  readonly options: F;
  /** Docker's flags that we do not have yet, `-m, --memory`: refused by name, never ignored. */
  readonly unsupported?: readonly string[];
  /** Flags end at the first word (run, create, exec: what follows belongs to the container). */
  readonly stopAtFirstWord?: boolean;
  /** Answers the exit code where it is not 0. */
  run(context: Context, args: Args<F, Min>): Promise<number | undefined> | Promise<void>;
}

/** A command with the types of its flags forgotten, as the table of commands holds it. */
export interface Command {
  readonly usage: string;
  readonly describe: string;
  readonly words: {
    readonly min: number;
    readonly max?: number;
    readonly kind?: WordKind;
  };
  readonly options: Flags;
  readonly unsupported: readonly string[];
  readonly stopAtFirstWord: boolean;
  run(context: Context, args: ParsedArgs): Promise<number | undefined> | Promise<void>;
}

export interface ParsedArgs {
  readonly flags: Readonly<Record<string, unknown>>;
  readonly words: readonly string[];
  readonly given: ReadonlySet<string>;
}

/** Declares one command: flags, one engine call, printing. `args` is typed from `options` and `words.min`. */
export function defineCommand<const F extends Flags, const Min extends 0 | 1 | 2>(spec: CommandSpec<F, Min>): Command {
  return {
    usage: spec.usage,
    describe: spec.describe,
    words: spec.words,
    options: spec.options,
    unsupported: spec.unsupported ?? [],
    stopAtFirstWord: spec.stopAtFirstWord ?? false,
    run(context, { flags, words, given }) {
      // The parser built `flags` and counted `words` from this very spec: the one place where types are restored.
      const args = { ...flags, words, given } as unknown as Args<F, Min>;
      return spec.run(context, args);
    },
  };
}
