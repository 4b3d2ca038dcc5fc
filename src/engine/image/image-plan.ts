// What an image will be, decided and checked before a byte of it is written. Hosts show it; build.ts follows it.
import type { BootCheckEntry, ImageGoal } from '../../shared/model/console.ts';
import type { BootstrapConfiguration } from '../../shared/model/bootstrap-config.ts';
import type {
  CheckoutFacts,
  DiskRole,
  ImageDistfile,
  ImageKind,
  ImageOverlay,
  ImagePartition,
} from '../../shared/model/image.ts';
import type { ProgressReport } from '../jobs.ts';
import type { LaidOutDisk } from './lay-out.ts';

export interface BuildOptions {
  signal?: AbortSignal | undefined;
  report?: ((progress: ProgressReport) => void) | undefined;
}

export interface PlannedDisk extends LaidOutDisk {
  role: DiskRole;
  partition: ImagePartition | null;
}

export interface ImagePlan {
  kind: ImageKind;
  goal: ImageGoal;
  /** The disk that the machine starts from, then the others. */
  disks: readonly [PlannedDisk, ...PlannedDisk[]];
  checkout: CheckoutFacts | null;
  configuration: BootstrapConfiguration | null;
  bootstrapCfg: string | null;
  overlays: ImageOverlay[];
  distfiles: ImageDistfile[];
  expectedBootCheck: BootCheckEntry[];
  warnings: string[];
}
