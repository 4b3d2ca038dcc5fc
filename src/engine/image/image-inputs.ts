// Gathers what a bootstrap's image is made of: the checkout, overlays, distfiles, packages. Nothing is refused here that a preflight could show.
import { resolve } from 'node:path';
import type { ImageFinding } from '../../shared/model/bootstrap-config.ts';
import type { Checkout } from '../checkout/checkout.ts';
import { openCheckout } from '../checkout/open-checkout.ts';
import { CONFIGURATION_PATH } from '../checkout/tree.ts';
import { decodeAscii } from '../formats/ascii.ts';
import { isSandbox } from '../formats/bootstrap-cfg.ts';
import { finding } from '../formats/bootstrap-rule.ts';
import { checkConfiguration, OWN_CONFIGURATION } from '../formats/bootstrap-rules.ts';
import { checkOwnConfiguration } from '../formats/own-cfg-rules.ts';
import type { BootstrapRequest } from './build-request.ts';
import { type DistfileSearch, findDistfiles, neededDistfiles } from './find-distfiles.ts';
import type { BuildOptions } from './image-plan.ts';
import { type ReadOverlay, readOverlays } from './overlays.ts';

export interface ImageInputs {
  checkout: Checkout;
  overlays: ReadOverlay[];
  distfiles: DistfileSearch;
}

/** Throws the codes of a checkout, NOT_FOUND, OVERLAY_REFUSED, SRCFS_NAME_REFUSED, CANCELLED. */
export async function gatherInputs(request: BootstrapRequest, options: BuildOptions): Promise<ImageInputs> {
  const { goal, configuration } = request;
  const checkout = await openCheckout(resolve(request.checkoutPath), options);
  const overlays = await readOverlays(request.overlays);
  if (goal === 'stage0') return { checkout, overlays, distfiles: { found: [], missing: [] } };
  const wanted = await neededDistfiles(checkout, configuration.externalSources ? 'all' : 'pre-network');
  return { checkout, overlays, distfiles: await findDistfiles(wanted, request.distfiles) };
}

/** The rules about the configuration, and about what it says of files that must come with it. */
export function checkRequest(request: BootstrapRequest, overlays: readonly ReadOverlay[]): ImageFinding[] {
  const found = checkTreeRequest(request, overlays);
  if (!isSandbox(request.configuration)) return found;
  const why = 'A sandbox runs in a folder of this machine; it has no disk to build.';
  return [finding('error', 'sandbox-has-no-image', 'machine', why), ...found];
}

/** As `checkRequest`, for what need not be on a disk. */
export function checkTreeRequest(
  request: BootstrapRequest,
  overlays: readonly ReadOverlay[],
): ImageFinding[] {
  const { goal, configuration } = request;
  const names = overlays.filter(({ origin }) => origin === 'built-in').map(({ name }) => name);
  const text = ownConfiguration(overlays);
  const own = text === null ? { findings: [], configuration } : checkOwnConfiguration(text, configuration);
  const found = checkConfiguration(own.configuration, {
    goal,
    overlays: text === null ? names : [...names, OWN_CONFIGURATION],
  });
  const errors: ImageFinding[] = [];
  if (text !== null && configuration.createConfig)
    errors.push(
      finding(
        'error',
        'config-twice',
        'createConfig',
        'An overlay brings its own steps/bootstrap.cfg, and one would be created as well.',
        'Say that none shall be created, or leave it out of the overlay.',
      ),
    );
  if (configuration.repoPreseeded !== (request.repoPath !== null))
    errors.push(
      finding(
        'error',
        'repo-missing',
        'repoPreseeded',
        'Packages that were built before are asked for, but no folder with them was named.',
        'Name the folder.',
      ),
    );
  if (configuration.earlyPreseed !== (request.preseedPath !== null))
    errors.push(
      finding(
        'error',
        'preseed-missing',
        'earlyPreseed',
        'An early preseed is asked for, but no tar file was named.',
        'Name the file.',
      ),
    );
  return [...errors, ...own.findings, ...found];
}

/** Text of the bootstrap.cfg that an overlay brings; null when none does. */
function ownConfiguration(overlays: readonly ReadOverlay[]): string | null {
  const file = overlays.flatMap(({ files }) => files).find(({ path }) => `./${path}` === CONFIGURATION_PATH);
  return file?.content.kind === 'bytes' ? decodeAscii(file.content.bytes) : null;
}
