// Errors at the contract's edge: every SeedbedError leaves as the one declared error, with its rendered text.
import { ORPCError } from '@orpc/server';
import { describeError } from '../../shared/error-texts.ts';

/** What a handler threw, as it crosses the wire. Errors of the rpc library itself (refused input) pass as they are. */
export function toWire(error: unknown): unknown {
  if (error instanceof ORPCError) return error;
  const text = describeError(error);
  return new ORPCError('SEEDBED', {
    defined: true,
    status: 422,
    message: text.message,
    data: text,
    cause: error,
  });
}

export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    const output = await work();
    return isAsyncIterator(output) ? (guardedItems(output) as T) : output;
  } catch (error) {
    throw toWire(error);
  }
}

async function* guardedItems(items: AsyncGenerator): AsyncGenerator<unknown, void, void> {
  try {
    for await (const item of items) yield item;
  } catch (error) {
    throw toWire(error);
  }
}

function isAsyncIterator(value: unknown): value is AsyncGenerator {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
