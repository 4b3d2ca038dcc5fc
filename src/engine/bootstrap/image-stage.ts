// Third stage of a bootstrap: the disks, straight from the store, by one of the presets that need no more answers.
import type { BootstrapSources } from '../../shared/model/bootstrap.ts';
import type { Image } from '../../shared/model/image.ts';
import type { ImagePreset } from '../../shared/model/image-preset.ts';
import type { GuestMirror } from '../../shared/model/run.ts';
import { IMAGE_PRESETS } from '../formats/bootstrap-presets.ts';
import type { BootstrapRequest as ImageRequest } from '../image/build-request.ts';
import type { JobContext } from '../jobs.ts';
import type { BootstrapNeeds } from './bootstrap-needs.ts';

export interface ImageChoices {
  goal: 'stage0' | 'end';
  sources: BootstrapSources;
  mirror: GuestMirror | null;
  cores: number;
  /** Packages of an earlier run. */
  repoPath: string | null;
}

export interface ImageStageResult {
  did: 'done' | 'found';
  detail: string;
  image: Image;
  preset: string;
}

/** Throws what building an image throws. */
export async function imageStage(
  checkoutPath: string,
  choices: ImageChoices,
  { images, distfiles }: Pick<BootstrapNeeds, 'images' | 'distfiles'>,
  context: JobContext,
): Promise<ImageStageResult> {
  const preset = presetFor(choices);
  const before = new Set((await images.list()).map(({ id }) => id));
  const request = imageRequest(preset, checkoutPath, choices, distfiles.store);
  const image = await images.buildIntoStore(request, context);
  const disks = image.record.disks.length === 1 ? '1 disk' : `${image.record.disks.length} disks`;
  return before.has(image.id)
    ? { did: 'found', detail: `The image ${image.id} is there, whole (${disks}).`, image, preset: preset.id }
    : { did: 'done', detail: `The image ${image.id} was built (${disks}).`, image, preset: preset.id };
}

const PRESETS: Record<BootstrapSources, string> = { none: 'first-stage', disk: 'offline', mirror: 'online' };

export function presetFor({ sources }: ImageChoices): ImagePreset {
  const preset = IMAGE_PRESETS.find(({ id }) => id === PRESETS[sources]);
  if (preset === undefined) throw new Error(`there is no preset ${PRESETS[sources]}`);
  return preset;
}

export function imageRequest(
  { configuration, overlays }: ImagePreset,
  checkoutPath: string,
  { goal, cores, mirror, repoPath }: ImageChoices,
  store: BootstrapNeeds['distfiles']['store'],
): ImageRequest {
  if (configuration === null) throw new Error('a bootstrap has a configuration');
  return {
    kind: 'live-bootstrap',
    goal,
    checkoutPath,
    distfiles: { from: 'store', store },
    configuration: {
      ...configuration,
      cores,
      mirrors: mirror === null ? [] : [mirror.url],
      repoPreseeded: repoPath !== null,
    },
    repoPath,
    preseedPath: null,
    overlays: overlays.map((builtIn) => ({ builtIn })),
  };
}
