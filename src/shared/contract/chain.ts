// The chain of a checkout: what is made by what, why something is there, and the whole as a file.
import { z } from 'zod';
import { Chain, ChainAnswer } from '../model/chain.ts';
import { CheckoutChoice } from './distfiles.ts';
import { procedure } from './errors.ts';

const ofCheckout = z.strictObject({ checkout: CheckoutChoice });
const name = z.string().min(1).max(300);

export const ChainFormat = z.enum(['svg', 'dot', 'json']);
export type ChainFormat = z.infer<typeof ChainFormat>;

/** A small file that the caller keeps where it likes. */
export const TextFile = z.strictObject({ name: z.string(), mediaType: z.string(), text: z.string() });
export type TextFile = z.infer<typeof TextFile>;

export const chainContract = {
  /** Errors: CHECKOUT_INVALID, CHECKOUT_UNREADABLE. What does not reach the boot sector is in `unreachable`. */
  read: procedure.input(ofCheckout).output(Chain),
  /** The ways from something down to the boot sector. Errors also: CHAIN_NODE_NOT_FOUND, CHAIN_BROKEN. */
  why: procedure.input(ofCheckout.extend({ name })).output(ChainAnswer),
  /** `node`: whose ways the picture shows strongly. */
  export: procedure.input(ofCheckout.extend({ format: ChainFormat, node: name.nullable() })).output(TextFile),
};
