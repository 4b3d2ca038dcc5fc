// Every error that a user can meet: a code, typed data, and (in error-texts.ts) the message and the next step per code.
// OS errors are folded to these codes at the edge (engine/os-errors.ts); anything without a code is a fault of Seedbed.

/** code → the data that its texts need. Strings are shown as they are: keep secrets out. */
export interface ErrorData {
  HEX0_INVALID: { file: string; line: number; column: number; reason: string };
  CHECKOUT_INVALID: { path: string; missing: string };
  CHECKOUT_SUBMODULE_MISSING: { path: string; submodule: string };
  CHECKOUT_UNREADABLE: { file: string; line: number; reason: string };
  CHECKOUT_NOT_FOUND: { checkout: string };
  CHECKOUT_AMBIGUOUS: { checkout: string; matches: string };
  CHECKOUT_BUSY: { checkout: string };
  CHECKOUT_FETCH_FAILED: { repository: string; address: string; reason: string; others: string[] };
  CHECKOUT_SUBMODULES_UNAVAILABLE: { submodules: string[]; reason: string };
  CHECKOUT_COMMIT_MISSING: { commit: string; repository: string; address: string };
  CHECKOUT_TAG_REWRITTEN: { tag: string; address: string; recorded: string; found: string };
  CHECKOUT_OBJECT_DAMAGED: { repository: string; object: string; reason: string };
  CHECKOUT_NAME_REFUSED: { repository: string; path: string; reason: string };
  CHECKOUT_NOT_EXPORTABLE: { checkout: string; reason: string };
  CHECKOUT_ARCHIVE_INVALID: { path: string; reason: string };
  ADDRESS_REFUSED: { address: string; reason: string };
  GIT_NOT_FOUND: Record<string, never>;
  GIT_TOO_OLD: { version: string; minimum: string };
  FILE_EXISTS: { path: string };
  STAGE2_MISFIT: { sizeBytes: number; needsLba: number; statesLba: number | null };
  STAGE1_MISFIT: { sizeBytes: number; reason: string };
  SRCFS_NAME_REFUSED: { path: string; reason: string };
  SRCFS_BUDGET_EXCEEDED: { what: string; actual: number; limit: number; unit: string };
  EXT3_REFUSED: { path: string; reason: string };
  EXT3_LIMIT_EXCEEDED: { what: string; actual: number; limit: number; unit: string };
  EXT3_TOO_SMALL: { sizeBytes: number; neededBytes: number };
  CONFIGURATION_REFUSED: { code: string; why: string; hint: string; others: number };
  OVERLAY_REFUSED: { overlay: string; path: string; reason: string };
  DISTFILE_MISSING: { name: string; sha256: string; folder: string; step: string; others: number };
  DISTFILES_INCOMPLETE: { missing: number; files: number; first: string; why: string };
  DISTFILES_BUSY: { path: string };
  DISTFILE_UNKNOWN: { name: string };
  DISTFILE_MISMATCH: { name: string; expected: string; actual: string; path: string };
  FILE_CHANGED: { path: string };
  IMAGE_EXISTS: { path: string };
  IMAGE_UNREADABLE: { path: string; reason: string };
  IMAGE_NOT_FOUND: { image: string };
  CONTENT_UNREADABLE: { path: string; reason: string };
  CONTENT_NOT_FOUND: { path: string; content: string };
  QEMU_NOT_FOUND: { tried: string; install: string };
  QEMU_TOO_OLD: { path: string; version: string; minimum: string; install: string };
  QEMU_START_FAILED: { output: string; exit: string };
  ACCELERATOR_UNAVAILABLE: { accelerator: string; reason: string };
  MEMORY_TOO_SMALL: { memoryMiB: number; minimumMiB: number };
  HOST_MEMORY_SHORT: { memoryMiB: number; freeMiB: number };
  RUN_NOT_FOUND: { run: string };
  RUN_AMBIGUOUS: { run: string; matches: string };
  RUN_STILL_RUNNING: { run: string };
  GOAL_STEP_UNKNOWN: { step: string; near: string };
  RUN_NOT_RUNNING: { run: string; state: string };
  MACHINE_REFUSED: { run: string; what: string; reason: string };
  CONSOLE_BUSY: { run: string };
  CHECKPOINT_UNAVAILABLE: { run: string; reason: string };
  CHECKPOINT_NOT_FOUND: { run: string; checkpoint: string; known: string };
  RESULTS_NOT_ON_DISK: { run: string };
  RESULTS_NO_KERNEL: { run: string; path: string };
  JOB_NOT_FOUND: { job: string };
  PLACE_UNKNOWN: { token: string };
  PLACE_DIALOG_UNAVAILABLE: { host: string };
  DISK_FULL: { path: string };
  PERMISSION_DENIED: { path: string };
  NOT_FOUND: { path: string };
  PORT_IN_USE: { port: number };
  RECORD_INVALID: { path: string; reason: string };
  RECORD_OUTDATED: { path: string; version: number; known: number };
  IO_FAILED: { path: string; osCode: string; reason: string };
  USAGE: { reason: string };
  INPUT_INVALID: { reason: string };
  CONNECTION_LOST: { reason: string };
  CANCELLED: { kept: string };
  BUG: { reason: string };
}

export type ErrorCode = keyof ErrorData;

/** The one error class. Narrow by `code`, never by `instanceof` across a wire. */
export class SeedbedError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'SeedbedError';
  readonly code: C;
  readonly data: ErrorData[C];

  constructor(code: C, data: ErrorData[C], options?: { cause?: unknown }) {
    super(`${code} ${JSON.stringify(data)}`, options);
    this.code = code;
    this.data = data;
  }
}

export function isSeedbedError(error: unknown): error is SeedbedError {
  return error instanceof Error && error.name === 'SeedbedError' && 'code' in error && 'data' in error;
}

/** Any thrown thing as a SeedbedError: an abort becomes CANCELLED, anything unknown BUG with its cause kept. */
export function toSeedbedError(error: unknown): SeedbedError {
  if (isSeedbedError(error)) return error;
  if (error instanceof Error && error.name === 'AbortError')
    return new SeedbedError('CANCELLED', { kept: '' }, { cause: error });
  const reason = error instanceof Error ? error.message : String(error);
  return new SeedbedError('BUG', { reason }, { cause: error });
}
