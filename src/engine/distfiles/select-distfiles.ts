// Which distfiles a caller means: those of a checkout's manifest or of all its steps, early ones only, or some by name.
import { SeedbedError } from '../../shared/errors.ts';
import type { WantedDistfile } from '../../shared/model/distfile.ts';
import { allDistfiles, wantedDistfiles } from '../checkout/wanted-distfiles.ts';

export interface Selection {
  preNetwork?: boolean | undefined;
  names?: readonly string[] | undefined;
  everyStep?: boolean | undefined;
}

/** Throws CHECKOUT_UNREADABLE, NOT_FOUND, DISTFILE_UNKNOWN. */
export async function selectDistfiles(
  checkoutPath: string,
  { preNetwork, names, everyStep }: Selection,
): Promise<WantedDistfile[]> {
  const checkout = { path: checkoutPath };
  const all = await (everyStep === true ? allDistfiles(checkout) : wantedDistfiles(checkout));
  const chosen = preNetwork === true ? all.filter((file) => file.preNetwork) : all;
  if (names === undefined) return chosen;
  const unknown = names.find((name) => chosen.every((file) => file.name !== name));
  if (unknown !== undefined) throw new SeedbedError('DISTFILE_UNKNOWN', { name: unknown });
  return chosen.filter(({ name }) => names.includes(name));
}
