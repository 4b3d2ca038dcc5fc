// What an image will be, decided and checked before a byte of it is written. Hosts show it; build.ts follows it.
import type { BootCheckEntry, Goal } from '../../shared/model/console.ts';
import type { CheckoutFacts, ImageDistfile, ImageKind } from '../../shared/model/image.ts';
import type { ProgressReport } from '../jobs.ts';
import type { LaidOutImage } from './lay-out.ts';

export interface BuildOptions {
  signal?: AbortSignal | undefined;
  report?: ((progress: ProgressReport) => void) | undefined;
}

export interface ImagePlan extends LaidOutImage {
  kind: ImageKind;
  goal: Goal;
  checkout: CheckoutFacts | null;
  bootstrapCfg: string | null;
  distfiles: ImageDistfile[];
  expectedBootCheck: BootCheckEntry[];
  warnings: string[];
}
