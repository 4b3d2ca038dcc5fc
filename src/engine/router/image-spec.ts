// From what a caller wants built to what the engine builds: tokens become paths, ids become checkouts.
import type { CheckoutChoice } from '../../shared/contract/distfiles.ts';
import type { DistfileSourceChoice, ImageSpec } from '../../shared/contract/image.ts';
import type { Distfiles } from '../distfiles/distfiles.ts';
import type { BuildRequest } from '../image/build-request.ts';
import type { DistfileSource } from '../image/find-distfiles.ts';
import type { Places } from '../places.ts';

export interface SpecNeeds {
  places: Places;
  distfiles: Pick<Distfiles, 'store'>;
  /** Folder of the checkout that was chosen. */
  checkoutPath: (choice: CheckoutChoice) => Promise<string>;
}

/** Throws PLACE_UNKNOWN, CHECKOUT_NOT_FOUND, CHECKOUT_INVALID. */
export async function foldSpec(spec: ImageSpec, needs: SpecNeeds): Promise<BuildRequest> {
  if (spec.kind === 'boot-check') return spec;
  const { places } = needs;
  const { kind, goal, configuration, repo, preseed, overlays } = spec;
  return {
    kind,
    goal,
    configuration,
    // A folder is looked at when it is opened, with words of its own for each thing that is missing.
    checkoutPath:
      'place' in spec.checkout
        ? places.resolve(spec.checkout.place)
        : await needs.checkoutPath(spec.checkout),
    distfiles: foldSource(spec.distfiles, needs),
    repoPath: repo === null ? null : places.resolve(repo),
    preseedPath: preseed === null ? null : places.resolve(preseed),
    overlays: overlays.map((overlay) =>
      'builtIn' in overlay ? overlay : { folder: places.resolve(overlay.folder) },
    ),
  };
}

function foldSource(source: DistfileSourceChoice, { places, distfiles }: SpecNeeds): DistfileSource {
  if (source.from === 'store') return { from: 'store', store: distfiles.store };
  return { from: 'folder', path: places.resolve(source.place) };
}
