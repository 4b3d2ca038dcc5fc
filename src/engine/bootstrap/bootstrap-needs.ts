// The parts of the engine that a bootstrap goes through.
import type { Checkouts } from '../checkout/checkouts.ts';
import type { Distfiles } from '../distfiles/distfiles.ts';
import type { ImageStore } from '../image/image-store.ts';
import type { Results } from '../results/results.ts';
import type { Runs } from '../run/runs.ts';
import type { GuestMirrors } from './guest-mirror.ts';

export interface BootstrapNeeds {
  checkouts: Pick<Checkouts, 'fetch'>;
  distfiles: Pick<Distfiles, 'list' | 'fetch' | 'store'>;
  images: Pick<ImageStore, 'buildIntoStore' | 'list'>;
  runs: Pick<Runs, 'start' | 'list' | 'show' | 'requireSandbox' | 'startSandbox'>;
  results: Pick<Results, 'repository'>;
  guestMirrors: Pick<GuestMirrors, 'choose' | 'start'>;
}
