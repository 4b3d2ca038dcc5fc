// The other end of engine/router/guard.ts: whatever a call threw, as the text that a host shows.
import { z } from 'zod';
import { WireError } from './contract/errors.ts';
import { describeError } from './error-texts.ts';
import { SeedbedError } from './errors.ts';

const Thrown = z.object({ code: z.string(), message: z.string(), data: z.unknown() });
const Refused = z.object({
  issues: z.array(z.object({ message: z.string(), path: z.array(z.unknown()).optional() })),
});

export function readWireError(error: unknown): WireError {
  const thrown = Thrown.safeParse(error);
  if (!thrown.success || (error instanceof Error && error.name === 'SeedbedError'))
    return describeError(error);
  if (thrown.data.code === 'SEEDBED') {
    const carried = WireError.safeParse(thrown.data.data);
    if (carried.success) return carried.data;
  }
  const refused = Refused.safeParse(thrown.data.data);
  if (thrown.data.code === 'BAD_REQUEST' && refused.success) {
    const reason = refused.data.issues
      .map((issue) => `${(issue.path ?? []).join('.')}: ${issue.message}`)
      .join('; ');
    return describeError(new SeedbedError('INPUT_INVALID', { reason }));
  }
  return describeError(new SeedbedError('BUG', { reason: thrown.data.message }));
}
