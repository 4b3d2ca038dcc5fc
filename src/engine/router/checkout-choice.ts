// From what a caller calls a checkout to its folder.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckoutChoice } from '../../shared/contract/distfiles.ts';
import { SeedbedError } from '../../shared/errors.ts';
import type { Checkouts } from '../checkout/checkouts.ts';
import type { Places } from '../places.ts';

/** Throws PLACE_UNKNOWN, CHECKOUT_INVALID, CHECKOUT_NOT_FOUND. Submodules may be missing: the lists of distfiles are in live-bootstrap itself. */
export async function checkoutFolder(
  choice: CheckoutChoice,
  { places, checkouts }: { places: Places; checkouts: Pick<Checkouts, 'get'> },
): Promise<string> {
  if ('id' in choice) return (await checkouts.get(choice.id)).path;
  const path = places.resolve(choice.place);
  const manifest = await stat(join(path, 'steps', 'manifest')).catch(() => null);
  if (manifest?.isFile() !== true)
    throw new SeedbedError('CHECKOUT_INVALID', { path, missing: 'steps/manifest' });
  return path;
}
