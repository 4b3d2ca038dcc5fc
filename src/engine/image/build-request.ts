// What can be built. Paths are absolute, or relative to the working directory.
import type { BootstrapConfiguration } from '../../shared/model/bootstrap-config.ts';
import type { BootstrapGoal } from '../../shared/model/image-preset.ts';
import type { DistfileSource } from './find-distfiles.ts';
import type { OverlayChoice } from './overlays.ts';

export interface BootstrapRequest {
  kind: 'live-bootstrap';
  /** `stage0` leaves the distfiles out. */
  goal: BootstrapGoal;
  checkoutPath: string;
  /** Not looked at for `stage0`. */
  distfiles: DistfileSource;
  configuration: BootstrapConfiguration;
  /** Folder of packages, wherever the configuration says `repoPreseeded`. */
  repoPath: string | null;
  /** tar file, wherever the configuration says `earlyPreseed`. */
  preseedPath: string | null;
  overlays: readonly OverlayChoice[];
}

export type BuildRequest = { kind: 'boot-check' } | BootstrapRequest;
