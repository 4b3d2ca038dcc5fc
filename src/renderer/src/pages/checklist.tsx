// The checklist for starting a real machine with an image: made for this image, and for how the drives will be attached there.
import type { ReactNode } from 'react';
import { TargetBus, type TargetDrive } from '../../../shared/model/bare-metal.ts';
import { PageLink } from '../components/controls.tsx';
import { ErrorCard, Waiting } from '../components/feedback.tsx';
import { ChoiceField } from '../components/fields.tsx';
import { useAnswer } from '../connection/context.tsx';
import { FlashBootCheck } from '../drives/flash-check.tsx';
import { PaperActions, PaperView } from '../paper/paper-view.tsx';
import { replaceRoute } from '../use-route.ts';
import { Page } from './page.tsx';

const BUSES = [
  { id: 'unknown', text: 'Not said' },
  { id: 'sata', text: 'SATA (or IDE)' },
  { id: 'usb', text: 'USB' },
  { id: 'nvme', text: 'NVMe' },
  { id: 'card', text: 'Card reader (MMC)' },
] as const;

export interface ChecklistChoices {
  image: string;
  boot: string | null;
  external: string | null;
}

export function ChecklistPage(choices: ChecklistChoices): ReactNode {
  const { image, boot, external } = choices;
  const { value, error } = useAnswer(`checklist ${image} ${boot ?? ''} ${external ?? ''}`, (client, signal) =>
    client.bareMetal.checklist(
      {
        image: /^place-[0-9a-f]{32}$/.test(image) ? { place: image } : { id: image },
        drives: { boot: driveOn(boot, 'the boot drive'), external: driveOn(external, 'the external drive') },
      },
      { signal },
    ),
  );
  const hasExternal =
    value?.paper.sections.some(({ items }) => items.some(({ id }) => id === 'external-drive')) ?? false;
  return (
    <Page
      title={value?.paper.title ?? 'Checklist'}
      lead={value?.paper.lead ?? 'What to do before this image starts a real machine'}
      back={{ to: { page: 'image', id: image }, text: 'The image' }}
      wide
      actions={value === null ? undefined : <PaperActions html={value.html} name={`checklist-${image}`} />}
    >
      <section className="card no-print" aria-label="How the drives will be attached">
        <div className="field-row">
          <BusField
            label="The boot drive will be on"
            value={boot}
            onChange={(bus) => change({ ...choices, boot: bus })}
          />
          {hasExternal ? (
            <BusField
              label="The external drive will be on"
              value={external}
              onChange={(bus) => change({ ...choices, external: bus })}
            />
          ) : null}
        </div>
        <div className="card-actions start">
          <FlashBootCheck />
        </div>
        <p className="hint">
          In a minute it tells whether the board can bootstrap at all. Then{' '}
          <PageLink to={{ page: 'screen', typed: null, image: null }}>type what its screen says</PageLink>.
        </p>
      </section>
      {error === null ? null : <ErrorCard error={error} />}
      {value === null && error === null ? <Waiting>Reading the image’s record</Waiting> : null}
      {value === null ? null : <PaperView paper={value.paper} />}
    </Page>
  );
}

function BusField(props: {
  label: string;
  value: string | null;
  onChange: (bus: string | null) => void;
}): ReactNode {
  return (
    <ChoiceField
      label={props.label}
      value={BUSES.find(({ id }) => id === props.value)?.id ?? 'unknown'}
      choices={BUSES}
      onChange={(id) => props.onChange(id === 'unknown' ? null : id)}
    />
  );
}

function change(choices: ChecklistChoices): void {
  replaceRoute({ page: 'checklist', ...choices });
}

function driveOn(bus: string | null, name: string): TargetDrive | null {
  const known = TargetBus.safeParse(bus);
  return known.success ? { name, bus: known.data, sizeBytes: null } : null;
}
