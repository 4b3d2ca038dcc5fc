// Every other option of upstream's, folded away: sizes, what is built and how, overlays, where the image goes.
import type { ReactNode } from 'react';
import type { BootstrapConfiguration, BootstrapConsole } from '../../../shared/model/bootstrap-config.ts';
import type { BuiltInOverlay } from '../../../shared/model/image-preset.ts';
import type { OverlayDescription } from '../../../shared/model/overlay.ts';
import { Button } from '../components/controls.tsx';
import { ChoiceField, NumberField, WordsField } from '../components/fields.tsx';
import { Fold } from '../components/overlays.tsx';
import { FolderField } from '../components/use-place.tsx';
import { MOST_CORES, MOST_SIZE_MIB } from '../derive/choices.ts';
import { overlaysOf, writeOverlays } from '../derive/new-image.ts';
import { SwitchField } from '../sources/switch-field.tsx';
import { type ChoiceProps, DiskField } from './asked-choices.tsx';

type Flag = {
  [K in keyof BootstrapConfiguration]: BootstrapConfiguration[K] extends boolean ? K : never;
}[keyof BootstrapConfiguration];

const FLAGS: readonly { id: Flag; label: string; help: string }[] = [
  { id: 'externalSources', label: 'All distfiles on a disk', help: 'The machine downloads none.' },
  { id: 'interactive', label: 'Interactive', help: 'A failed build opens a shell and waits.' },
  { id: 'buildKernels', label: 'Build the kernels', help: 'Also where a kernel was supplied.' },
  {
    id: 'forceTimestamps',
    label: 'Fixed timestamps',
    help: 'Every file that is installed gets the same time.',
  },
  {
    id: 'configurator',
    label: 'Ask on the machine',
    help: 'The configurator asks for every option at the start.',
  },
  { id: 'updateChecksums', label: 'Write new checksums', help: 'Instead of comparing: proves nothing.' },
  { id: 'repoPreseeded', label: 'Packages built before', help: 'A folder of packages travels on a disk.' },
  { id: 'earlyPreseed', label: 'Early preseed', help: 'A tar file takes the place of the first stages.' },
  { id: 'createConfig', label: 'Write bootstrap.cfg', help: 'Off leaves it empty.' },
];

const CONSOLES: readonly { id: BootstrapConsole; text: string }[] = [
  { id: 'upstream', text: 'As upstream decides' },
  { id: 'serial', text: 'Serial port' },
  { id: 'screen', text: 'Screen' },
];

export function MoreOptions(props: ChoiceProps & { overlays: readonly OverlayDescription[] }): ReactNode {
  const { preset, choices, configuration, onChange, onConfigure } = props;
  const chosen = overlaysOf(preset, choices);
  const changed = [choices.set, choices.overlays, choices.own].some((value) => value !== null);
  return (
    <div className="folds">
      <Fold title="More options" summary={changed ? 'changed' : 'as the preset sets them'}>
        <div className="form wide-form">
          <div className="option-grid">
            <NumberField
              label="Processors"
              unit="cores"
              help="How many jobs each build runs."
              value={configuration.cores}
              least={1}
              most={MOST_CORES}
              onChange={(cores) => onConfigure({ cores })}
            />
            <NumberField
              label="Swap file"
              unit="MiB"
              help="0 for none; made once Linux runs."
              value={configuration.swapMiB}
              least={0}
              most={1_048_576}
              onChange={(swapMiB) => onConfigure({ swapMiB })}
            />
            <NumberField
              label="First disk, at least"
              unit="MiB"
              help="Sparse: takes only what is written."
              value={configuration.targetSizeMiB}
              least={0}
              most={MOST_SIZE_MIB}
              step={1024}
              onChange={(targetSizeMiB) => onConfigure({ targetSizeMiB })}
            />
            <NumberField
              label="External disk"
              unit="MiB"
              help="With the distfiles, where there is one."
              value={configuration.externalSizeMiB}
              least={1024}
              most={MOST_SIZE_MIB}
              step={1024}
              onChange={(externalSizeMiB) => onConfigure({ externalSizeMiB })}
            />
            <ChoiceField
              label="Linux prints on"
              value={configuration.console}
              choices={CONSOLES}
              onChange={(console) => onConfigure({ console })}
            />
          </div>
          <div className="switches" role="group" aria-label="Options">
            {FLAGS.map(({ id, label, help }) => (
              <SwitchField
                key={id}
                label={label}
                help={help}
                value={configuration[id]}
                onChange={(value) => onConfigure({ [id]: value })}
              />
            ))}
          </div>
          {configuration.repoPreseeded ? (
            <FolderField
              kind="folder"
              label="Packages built before"
              help="The folder repo of an earlier bootstrap."
              token={choices.repo}
              onChosen={(repo) => onChange({ repo })}
            />
          ) : null}
          {configuration.earlyPreseed ? (
            <FolderField
              kind="file"
              label="Preseed"
              help="A tar file with what the early stages would have built. It is taken on faith."
              token={choices.preseed}
              onChosen={(preseed) => onChange({ preseed })}
            />
          ) : null}
          {preset.asks.includes('disk') ? null : (
            <DiskField configuration={configuration} onConfigure={onConfigure} />
          )}
        </div>
      </Fold>
      <Fold title="Overlays" summary={chosen.length === 0 ? 'none' : chosen.join(', ')}>
        <div className="form wide-form">
          <p className="hint">
            What is booted otherwise than the checkout says. Each is recorded in the image and changes its
            hash.
          </p>
          <div className="switches" role="group" aria-label="Overlays">
            {props.overlays.map(({ name, title, summary }) => (
              <SwitchField
                key={name}
                label={title}
                help={summary}
                value={chosen.includes(name)}
                onChange={(on) => onChange(writeOverlays(preset, toggled(chosen, name, on)))}
              />
            ))}
          </div>
          <FolderField
            kind="folder"
            label="A folder of yours, laid over the checkout"
            help="Files by their paths in a checkout, such as steps/after/90-mine.sh."
            token={choices.own}
            onChosen={(own) => onChange({ own })}
          />
          {choices.own === null ? null : (
            <span>
              <Button size="small" kind="quiet" onPress={() => onChange({ own: null })}>
                Without a folder of mine
              </Button>
            </span>
          )}
        </div>
      </Fold>
      <TargetFold {...props} />
    </div>
  );
}

function TargetFold({ preset, choices, onChange }: ChoiceProps): ReactNode {
  return (
    <Fold
      title="Where it goes"
      summary={choices.folder === null ? 'Seedbed’s data folder' : 'a folder of yours'}
    >
      <div className="form wide-form">
        <FolderField
          kind="folder"
          label="Write the image into a folder"
          help="The record goes beside it. Nothing is written over."
          token={choices.folder}
          onChosen={(folder) => onChange({ folder })}
        />
        {choices.folder === null ? null : (
          <>
            <WordsField
              label="Name of the first disk"
              lines={1}
              value={choices.name ?? `${preset.id}.img`}
              onChange={(name) => onChange({ name: name === '' ? null : name })}
            />
            <span>
              <Button size="small" kind="quiet" onPress={() => onChange({ folder: null, name: null })}>
                Into Seedbed’s data folder
              </Button>
            </span>
          </>
        )}
      </div>
    </Fold>
  );
}

/** In the order in which they are listed, so that the same choice is the same address. */
function toggled(chosen: readonly BuiltInOverlay[], name: BuiltInOverlay, on: boolean): BuiltInOverlay[] {
  const others = chosen.filter((one) => one !== name);
  return on ? [...others, name] : others;
}
