// Every error that a user can meet: a code, typed data, and (in error-texts/) the message and the next step per code.
// OS errors are folded to these codes at the edge (engine/os-errors.ts); anything without a code is a fault of Seedbed.
import type { ChainErrorData } from './error-texts/chain.ts';
import type { AuditErrorData } from './error-texts/audit.ts';
import type { CheckoutErrorData } from './error-texts/checkout.ts';
import type { DistfilesErrorData } from './error-texts/distfiles.ts';
import type { DrivesErrorData } from './error-texts/drives.ts';
import type { FlashErrorData } from './error-texts/flash.ts';
import type { HostErrorData } from './error-texts/host.ts';
import type { ImageErrorData } from './error-texts/image.ts';
import type { RunErrorData } from './error-texts/run.ts';
import type { SandboxErrorData } from './error-texts/sandbox.ts';
import type { SerialErrorData } from './error-texts/serial.ts';

/** code → the data that its texts need. Strings are shown as they are: keep secrets out. */
export interface ErrorData
  extends
    AuditErrorData,
    ChainErrorData,
    CheckoutErrorData,
    DistfilesErrorData,
    DrivesErrorData,
    FlashErrorData,
    ImageErrorData,
    RunErrorData,
    SandboxErrorData,
    SerialErrorData,
    HostErrorData {}

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
