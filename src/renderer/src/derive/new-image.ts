// The choices of a new image: a preset with what the user changed of it, folded to what is built.
import type { CheckoutChoice } from '../../../shared/contract/distfiles.ts';
import type { ImageSpec, ImageTarget } from '../../../shared/contract/image.ts';
import { BootstrapConfiguration, type ImageFinding } from '../../../shared/model/bootstrap-config.ts';
import type { Finding } from '../../../shared/model/host.ts';
import { BuiltInOverlay, type ImagePreset } from '../../../shared/model/image-preset.ts';
import type { NewImageChoices } from '../route-views.ts';

export function chosenPreset(
  presets: readonly ImagePreset[],
  { preset }: NewImageChoices,
): ImagePreset | null {
  return presets.find(({ id }) => id === preset) ?? null;
}

/** What the preset sets, with the user's changes; null for the boot check, which has none. */
export function configurationOf(
  preset: ImagePreset,
  { set }: NewImageChoices,
): BootstrapConfiguration | null {
  if (preset.configuration === null) return null;
  const changed = BootstrapConfiguration.safeParse({ ...preset.configuration, ...readJson(set) });
  return changed.success ? changed.data : preset.configuration;
}

/** Only what differs from the preset stands in the address. */
export function writeConfiguration(
  preset: ImagePreset,
  configuration: BootstrapConfiguration,
): Pick<NewImageChoices, 'set'> {
  const before: Partial<Record<string, unknown>> = { ...preset.configuration };
  const changed = Object.entries(configuration).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key]),
  );
  return { set: changed.length === 0 ? null : JSON.stringify(Object.fromEntries(changed)) };
}

export function overlaysOf(preset: ImagePreset, { overlays }: NewImageChoices): BuiltInOverlay[] {
  if (overlays === null) return preset.overlays;
  return overlays
    .split(',')
    .map((name) => BuiltInOverlay.safeParse(name).data)
    .filter((name) => name !== undefined);
}

export function writeOverlays(
  preset: ImagePreset,
  overlays: readonly BuiltInOverlay[],
): Pick<NewImageChoices, 'overlays'> {
  const isPreset = preset.overlays.join() === [...overlays].join();
  return { overlays: isPreset ? null : overlays.join() };
}

/** What still has to be chosen, in words; null when nothing does. */
export function missingForImage(preset: ImagePreset, choices: NewImageChoices): string | null {
  const configuration = configurationOf(preset, choices);
  if (configuration === null) return null;
  if (choices.checkout === null) return 'Choose a checkout first.';
  if (configuration.repoPreseeded && choices.repo === null) return 'Choose the folder of packages first.';
  if (configuration.earlyPreseed && choices.preseed === null) return 'Choose the preseed file first.';
  return null;
}

/** What to build; null while something is missing. */
export function newImageSpec(preset: ImagePreset, choices: NewImageChoices): ImageSpec | null {
  const configuration = configurationOf(preset, choices);
  if (configuration === null || preset.goal === 'boot-check') return { kind: 'boot-check' };
  const { checkout, distfiles, own, repo, preseed } = choices;
  if (checkout === null || missingForImage(preset, choices) !== null) return null;
  return {
    kind: 'live-bootstrap',
    goal: preset.goal,
    checkout: checkoutChoice(checkout),
    distfiles: distfiles === null ? { from: 'store' } : { from: 'folder', place: distfiles },
    configuration,
    repo: configuration.repoPreseeded ? repo : null,
    preseed: configuration.earlyPreseed ? preseed : null,
    overlays: [
      ...overlaysOf(preset, choices).map((builtIn) => ({ builtIn })),
      ...(own === null ? [] : [{ folder: own }]),
    ],
  };
}

/** Where the image shall be written; null for the data folder. */
export function newImageTarget(preset: ImagePreset, { folder, name }: NewImageChoices): ImageTarget | null {
  return folder === null ? null : { folder, name: name ?? `${preset.id}.img`, replace: false };
}

export function checkoutChoice(checkout: string): CheckoutChoice {
  return checkout.startsWith('place-') ? { place: checkout } : { id: checkout };
}

/** Findings of rules and preflight as every page lists them: the first sentence says it, the others explain it. */
export function shownFindings(findings: readonly ImageFinding[]): Finding[] {
  return findings.map(({ level, code, field, why, hint }, at) => {
    const [, what = why, detail = ''] = /^(.*?[.!?])\s+(?=[A-Z0-9])(.*)$/s.exec(why) ?? [];
    return {
      id: `${code} ${field ?? ''} ${at}`,
      level: level === 'error' ? 'problem' : 'warning',
      what,
      detail,
      hint: PAGE_HINTS[code] ?? hint,
    };
  });
}

/** Where the rule's own hint names a command or an option. */
const PAGE_HINTS: Partial<Record<string, string>> = {
  'repo-missing': 'Choose the folder of packages above.',
  'preseed-missing': 'Choose the preseed file above.',
  'distfiles-missing': 'Fetch or import them on the Sources page, or choose another folder above.',
  'mirror-file': 'Serve it from the Sources page. Or put all distfiles on a disk (external sources).',
  'config-incomplete': 'Start from a created one: build once with “Write bootstrap.cfg” on and look at it.',
};

function readJson(text: string | null): object {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
