// A new image: a preset, what it asks, the rest folded away, what stands in the way, and the button. Every choice stands in the address.
import { type ReactNode, useEffect } from 'react';
import type { BootstrapConfiguration } from '../../../shared/model/bootstrap-config.ts';
import type { ImagePreset } from '../../../shared/model/image-preset.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard, Waiting } from '../components/feedback.tsx';
import { useAction, useAnswer } from '../connection/context.tsx';
import {
  chosenPreset,
  configurationOf,
  missingForImage,
  newImageSpec,
  newImageTarget,
  writeConfiguration,
} from '../derive/new-image.ts';
import { AskedChoices } from '../new-image/asked-choices.tsx';
import { MoreOptions } from '../new-image/more-options.tsx';
import { usePreflight } from '../new-image/preflight-part.tsx';
import { PresetChoice } from '../new-image/preset-choice.tsx';
import { newImageRoute } from '../route.ts';
import type { NewImageChoices } from '../route-views.ts';
import { navigate, replaceRoute } from '../use-route.ts';
import { Page } from './page.tsx';

export function NewImagePage({ choices }: { choices: NewImageChoices }): ReactNode {
  const { value, error } = useAnswer('image presets', async (client, signal) => {
    const [presets, overlays] = await Promise.all([
      client.image.presets({}, { signal }),
      client.image.overlays({}, { signal }),
    ]);
    return { presets, overlays };
  });
  const kept = useAnswer('kept checkouts', (client, signal) => client.checkout.list({}, { signal }));
  const preset = chosenPreset(value?.presets ?? [], choices);
  const change = (part: Partial<NewImageChoices>): void =>
    replaceRoute(newImageRoute({ ...choices, ...part }));
  // The pinned checkout, where there is one and nothing else was chosen.
  const pinned = (kept.value?.find(({ isDefault }) => isDefault) ?? kept.value?.[0])?.id ?? null;
  const wantsPinned =
    choices.checkout === null && pinned !== null && preset?.asks.includes('checkout') === true;
  useEffect(() => {
    if (wantsPinned) replaceRoute(newImageRoute({ ...choices, checkout: pinned }));
  }, [wantsPinned, choices, pinned]);
  return (
    <Page
      title="New image"
      lead="The disk, or disks, that a machine boots from. The same choices give the same bytes everywhere."
      back={{ to: { page: 'images' }, text: 'Images' }}
      wide
    >
      {error === null ? null : <ErrorCard error={error} />}
      {value === null && error === null ? <Waiting>Asking what can be built</Waiting> : null}
      {value === null ? null : (
        <section aria-labelledby="preset" className="new-image-part">
          <h2 id="preset">What for?</h2>
          <PresetChoice
            presets={value.presets}
            chosen={preset}
            onChoose={(id) => {
              const { checkout, distfiles, folder } = choices;
              replaceRoute(newImageRoute({ preset: id, checkout, distfiles, folder }));
            }}
          />
        </section>
      )}
      {preset === null || value === null ? null : (
        <Choices
          key={preset.id}
          preset={preset}
          choices={choices}
          kept={kept.value ?? []}
          overlays={value.overlays}
          onChange={change}
        />
      )}
    </Page>
  );
}

function Choices(props: {
  preset: ImagePreset;
  choices: NewImageChoices;
  kept: Parameters<typeof AskedChoices>[0]['kept'];
  overlays: Parameters<typeof MoreOptions>[0]['overlays'];
  onChange: (part: Partial<NewImageChoices>) => void;
}): ReactNode {
  const { preset, choices, onChange } = props;
  const configuration = configurationOf(preset, choices);
  const configure = (part: Partial<BootstrapConfiguration>): void => {
    if (configuration !== null) onChange(writeConfiguration(preset, { ...configuration, ...part }));
  };
  const missing = missingForImage(preset, choices);
  const shared = { preset, choices, onChange, onConfigure: configure };
  return (
    <>
      {configuration === null ? null : (
        <section aria-labelledby="choices" className="new-image-part">
          <h2 id="choices">With what?</h2>
          <AskedChoices {...shared} configuration={configuration} kept={props.kept} />
          <MoreOptions {...shared} configuration={configuration} overlays={props.overlays} />
        </section>
      )}
      <section aria-labelledby="build" className="new-image-part">
        <h2 id="build">Before it is built</h2>
        {missing === null ? (
          <BuildPart preset={preset} choices={choices} />
        ) : (
          <p className="hint">{missing}</p>
        )}
      </section>
    </>
  );
}

function BuildPart({ preset, choices }: { preset: ImagePreset; choices: NewImageChoices }): ReactNode {
  const spec = newImageSpec(preset, choices) ?? { kind: 'boot-check' as const };
  const out = newImageTarget(preset, choices);
  const { act, pending, error } = useAction();
  const preflight = usePreflight(spec, out);
  const hinders = preflight.value?.findings.some(({ level }) => level === 'error') ?? true;
  return (
    <>
      {preflight.part}
      {error === null ? null : <ErrorCard error={error} />}
      <div className="card-actions start">
        <Button
          kind="primary"
          icon="images"
          disabled={hinders || !preflight.isFresh}
          pending={pending}
          onPress={() =>
            act(async (client) => {
              const { jobId } = await client.image.build(out === null ? { spec } : { spec, out });
              navigate({ page: 'job', id: jobId });
            })
          }
        >
          Build the image
        </Button>
        {hinders && preflight.value !== null ? (
          <span className="hint">What stands above hinders it.</span>
        ) : null}
      </div>
    </>
  );
}
