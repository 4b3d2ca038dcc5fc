// The choices of a new image: only what differs from the preset stands in the address, and comes back as it was.
import { describe, expect, it } from 'vitest';
import { IMAGE_PRESETS } from '../../src/engine/formats/bootstrap-presets.ts';
import {
  configurationOf,
  missingForImage,
  newImageSpec,
  newImageTarget,
  overlaysOf,
  shownFindings,
  writeConfiguration,
  writeOverlays,
} from '../../src/renderer/src/derive/new-image.ts';
import { formatRoute, newImageRoute, parseRoute } from '../../src/renderer/src/route.ts';
import type { NewImageChoices } from '../../src/renderer/src/route-views.ts';
import type { ImagePreset } from '../../src/shared/model/image-preset.ts';

const PLACE = `place-${'a'.repeat(32)}`;

function choicesOf(part: Partial<NewImageChoices>): NewImageChoices {
  const route = newImageRoute(part);
  if (route.page !== 'new-image') throw new Error('another page');
  return route.choices;
}
function presetOf(id: string): ImagePreset {
  const preset = IMAGE_PRESETS.find((one) => one.id === id);
  if (preset === undefined) throw new Error(`no preset ${id}`);
  return preset;
}

describe('a new image', () => {
  it.each(IMAGE_PRESETS.map(({ id }) => id))('of the preset %s is built as the preset says', (id) => {
    const preset = presetOf(id);
    const choices = choicesOf({ preset: id, checkout: 'abc' });
    const spec = newImageSpec(preset, choices);
    if (preset.goal === 'boot-check') expect(spec).toEqual({ kind: 'boot-check' });
    else
      expect(spec).toMatchObject({
        ...{ kind: 'live-bootstrap', goal: preset.goal, checkout: { id: 'abc' } },
        ...{ distfiles: { from: 'store' }, configuration: preset.configuration },
        overlays: preset.overlays.map((builtIn) => ({ builtIn })),
      });
    expect(parseRoute(formatRoute(newImageRoute(choices)))).toEqual(newImageRoute(choices));
  });

  it('keeps only what was changed, through the address and back', () => {
    const preset = presetOf('online');
    const before = configurationOf(preset, choicesOf({}));
    if (before === null) throw new Error('no configuration');
    expect(writeConfiguration(preset, before)).toEqual({ set: null });
    const changed = { ...before, cores: 9, mirrors: ['http://10.0.2.2:8000'] };
    const { set } = writeConfiguration(preset, changed);
    expect(JSON.parse(set ?? '')).toEqual({ cores: 9, mirrors: ['http://10.0.2.2:8000'] });
    expect(configurationOf(preset, choicesOf({ set }))).toEqual(changed);
  });

  it.each(['not json', '[]', 'null', '7', '{"cores":"many"}', '{"unknown":1}', '{"machine":"toaster"}'])(
    'takes the preset where the address says nonsense: %s',
    (set) => {
      const preset = presetOf('online');
      expect(configurationOf(preset, choicesOf({ set }))).toEqual(preset.configuration);
    },
  );

  it('has the overlays of the preset, or those that were chosen, and none that is not known', () => {
    const preset = presetOf('offline');
    expect(overlaysOf(preset, choicesOf({}))).toEqual(preset.overlays);
    expect(overlaysOf(preset, choicesOf({ overlays: '' }))).toEqual([]);
    expect(overlaysOf(preset, choicesOf({ overlays: 'serial-shell,../etc' }))).toEqual(['serial-shell']);
    expect(writeOverlays(preset, preset.overlays)).toEqual({ overlays: null });
    expect(writeOverlays(preset, [])).toEqual({ overlays: '' });
  });

  it('says what is still to be chosen', () => {
    const preset = presetOf('first-stage');
    expect(missingForImage(preset, choicesOf({}))).toContain('checkout');
    const repo = choicesOf({ checkout: PLACE, set: '{"repoPreseeded":true}' });
    expect(missingForImage(preset, repo)).toContain('packages');
    expect(newImageSpec(preset, repo)).toBeNull();
    expect(newImageSpec(preset, { ...repo, repo: PLACE })).toMatchObject({ repo: PLACE, preseed: null });
    expect(missingForImage(presetOf('quick-check'), choicesOf({}))).toBeNull();
  });

  it('goes into the data folder, or a folder under a name', () => {
    const preset = presetOf('first-stage');
    expect(newImageTarget(preset, choicesOf({}))).toBeNull();
    expect(newImageTarget(preset, choicesOf({ folder: PLACE }))).toEqual({
      ...{ folder: PLACE, name: 'first-stage.img', replace: false },
    });
  });

  it('tells a finding by its first sentence, with words that fit a page', () => {
    const why = 'DISK= is a name. See /dev/sda1. It is taken.';
    expect(
      shownFindings([{ level: 'error', code: 'repo-missing', field: null, why, hint: 'Name it: --repo.' }]),
    ).toEqual([
      {
        ...{ id: 'repo-missing  0', level: 'problem', what: 'DISK= is a name.' },
        ...{ detail: 'See /dev/sda1. It is taken.', hint: 'Choose the folder of packages above.' },
      },
    ]);
  });
});
