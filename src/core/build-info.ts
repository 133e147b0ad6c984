export interface BuildInfo {
  readonly version: string;
  /** Short git commit, `unknown` when built outside a repository. */
  readonly gitCommit: string;
  /** RFC 3339; the commit's time, so that two builds of one commit say the same. */
  readonly built: string;
}

/** Put in place by scripts/build.ts; absent when the sources run directly. */
declare const TSDOCKER_BUILD: BuildInfo | undefined;

export const buildInfo: BuildInfo =
  typeof TSDOCKER_BUILD === 'undefined' ? { version: '0.0.0-dev', gitCommit: 'unknown', built: '' } : TSDOCKER_BUILD;
