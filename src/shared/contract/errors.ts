// How a SeedbedError crosses the wire: one declared oRPC error that carries the rendered text (engine/router/guard.ts makes it).
import { oc } from '@orpc/contract';
import { z } from 'zod';

export const WireError = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  data: z.unknown(),
});
export type WireError = z.infer<typeof WireError>;

/** Base of every procedure: each may fail with SEEDBED and nothing else that is expected. */
export const procedure = oc.errors({ SEEDBED: { status: 422, data: WireError } });
