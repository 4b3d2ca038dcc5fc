// The catalogue of errors: one file per feature in error-texts/ holds the data and the texts of its codes.
import { type ErrorCode, type ErrorData, type SeedbedError, toSeedbedError } from './errors.ts';
import { CHAIN_TEXTS } from './error-texts/chain.ts';
import { AUDIT_TEXTS } from './error-texts/audit.ts';
import { CHECKOUT_TEXTS } from './error-texts/checkout.ts';
import { DISTFILES_TEXTS } from './error-texts/distfiles.ts';
import { DRIVES_TEXTS } from './error-texts/drives.ts';
import { FLASH_TEXTS } from './error-texts/flash.ts';
import { HOST_TEXTS } from './error-texts/host.ts';
import { IMAGE_TEXTS } from './error-texts/image.ts';
import { RUN_TEXTS } from './error-texts/run.ts';
import { SANDBOX_TEXTS } from './error-texts/sandbox.ts';
import { SERIAL_TEXTS } from './error-texts/serial.ts';
import type { ErrorTexts } from './error-texts/text.ts';

const TEXTS: ErrorTexts<ErrorData> = {
  ...CHAIN_TEXTS,
  ...AUDIT_TEXTS,
  ...CHECKOUT_TEXTS,
  ...DISTFILES_TEXTS,
  ...DRIVES_TEXTS,
  ...FLASH_TEXTS,
  ...IMAGE_TEXTS,
  ...RUN_TEXTS,
  ...SANDBOX_TEXTS,
  ...SERIAL_TEXTS,
  ...HOST_TEXTS,
};

export const ERROR_CODES = Object.keys(TEXTS) as ErrorCode[];

/** An error as every host shows it and as `--json` prints it. */
export interface ErrorText {
  code: ErrorCode;
  message: string;
  hint: string;
  data: ErrorData[ErrorCode];
}

export function describeError(error: unknown): ErrorText {
  const known: SeedbedError = toSeedbedError(error);
  // The catalogue pairs each code with its own data; TypeScript cannot follow that through a union.
  const text = TEXTS[known.code] as { message: (data: unknown) => string; hint: (data: unknown) => string };
  return {
    code: known.code,
    message: text.message(known.data),
    hint: text.hint(known.data),
    data: known.data,
  };
}
