// What a call was refused with, as data that a test can compare.
import { isSeedbedError } from '../../src/shared/errors.ts';

/** `[code, data]` of the SeedbedError that `work` throws or rejects with, or 'accepted'. Anything else is passed on. */
export async function refusalOf(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    if (isSeedbedError(error)) return [error.code, error.data];
    throw error;
  }
  return 'accepted';
}
