// What an image of live-bootstrap can be told besides its goal: mirrors, disk size, and where it shall be written.
import type { ReactNode } from 'react';
import { defaultName, MOST_SIZE_MIB, readSizeMiB, writeSizeMiB } from '../derive/choices.ts';
import type { BootstrapChoices } from '../route-views.ts';
import { Button } from './controls.tsx';
import { NumberField, WordsField } from './fields.tsx';
import { Fold } from './overlays.tsx';
import { FolderField } from './use-place.tsx';

export function ImageOptionsFold(props: {
  goal: 'stage0' | 'end';
  choices: BootstrapChoices;
  onChange: (part: Partial<BootstrapChoices>) => void;
}): ReactNode {
  const { goal, choices, onChange } = props;
  return (
    <Fold
      title="Image"
      summary={choices.folder === null ? 'kept in the data folder' : 'written to a folder of yours'}
    >
      <div className="form">
        <div className="option-grid">
          <NumberField
            label="Disk size"
            unit="MiB"
            help="Sparse: only what is used takes space. The default is upstream’s."
            value={readSizeMiB(choices)}
            least={0}
            most={MOST_SIZE_MIB}
            step={1024}
            onChange={(size) => onChange(writeSizeMiB(size))}
          />
          {goal === 'end' ? (
            <WordsField
              label="Mirrors"
              help="Web addresses that the machine may download from later, one a line. May stay empty."
              lines={3}
              value={choices.mirrors ?? ''}
              onChange={(mirrors) => onChange({ mirrors: mirrors === '' ? null : mirrors })}
            />
          ) : null}
        </div>
        <FolderField
          kind="folder"
          label="Write the image to"
          help="Without a folder it is kept in Seedbed’s data folder. A file that exists is never replaced."
          token={choices.folder}
          onChosen={(folder) => onChange({ folder })}
        />
        {choices.folder === null ? null : (
          <div className="place-row name-row">
            <WordsField
              label="File name"
              lines={1}
              value={choices.name ?? defaultName(goal)}
              onChange={(name) => onChange({ name: name === '' || name === defaultName(goal) ? null : name })}
            />
            <Button onPress={() => onChange({ folder: null, name: null })}>Keep it in the data folder</Button>
          </div>
        )}
      </div>
    </Fold>
  );
}
