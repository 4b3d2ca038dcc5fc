// From options of the command line to what the contract calls an image.
import { basename, dirname, resolve } from 'node:path';
import type { ImageSpec, ImageTarget } from '../../shared/contract/image.ts';
import { SeedbedError } from '../../shared/errors.ts';
import type { Places } from '../../engine/places.ts';

export interface CheckoutOptions {
  checkout?: string;
  distfiles?: string;
  goal?: 'stage0' | 'end';
  cores: number;
  mirror?: string[];
  targetSize: number;
  bootCheck?: boolean;
}

/** What to build; `bootCheckByDefault` is for `run`, where nothing named means the boot check. */
export function readSpec(options: CheckoutOptions, places: Places, bootCheckByDefault: boolean): ImageSpec {
  const { checkout, distfiles } = options;
  if (options.bootCheck === true || (checkout === undefined && bootCheckByDefault)) {
    const stray = [checkout, distfiles, options.goal].some((value) => value !== undefined);
    if (stray)
      throw new SeedbedError('USAGE', {
        reason: 'The boot check takes no --checkout, --distfiles or --goal.',
      });
    return { kind: 'boot-check' };
  }
  if (checkout === undefined)
    throw new SeedbedError('USAGE', { reason: 'Name a checkout with --checkout, or take --boot-check.' });
  const goal = options.goal ?? 'end';
  if (goal === 'end' && distfiles === undefined) {
    throw new SeedbedError('USAGE', {
      reason: 'Name the folder of distfiles with --distfiles, or take --goal stage0, which needs none.',
    });
  }
  return {
    kind: 'kernel-bootstrap',
    goal,
    checkout: places.mint(checkout).token,
    distfiles: goal === 'stage0' || distfiles === undefined ? null : places.mint(distfiles).token,
    cores: options.cores,
    mirrors: options.mirror ?? [],
    targetSizeMiB: options.targetSize,
  };
}

export function readTarget(out: string, replace: boolean, places: Places): ImageTarget {
  const path = resolve(out);
  return { folder: places.mint(dirname(path)).token, name: basename(path), replace };
}

/** An image as people name it: a file when there is a path separator or an ending, else an id. */
export function readImageName(name: string, places: Places): { id: string } | { place: string } {
  return /[/\\.]/.test(name) ? { place: places.mint(name).token } : { id: name };
}
