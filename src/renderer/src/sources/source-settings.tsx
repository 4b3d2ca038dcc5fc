// Settings that say where distfiles and checkouts may come from. They are the host's, not the page's.
import type { ReactNode } from 'react';
import type { ArchiveId, Settings, SettingsChange } from '../../../shared/model/settings.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { NumberField } from '../components/fields.tsx';
import { Fold } from '../components/overlays.tsx';
import { usePlaceQuestion } from '../components/use-place.tsx';
import { useAction } from '../connection/context.tsx';
import { settingsSummary, toggled } from '../derive/source-settings.ts';
import { AddressMaps } from './address-maps.tsx';
import { SwitchField } from './switch-field.tsx';

const ARCHIVES: readonly { id: ArchiveId; label: string }[] = [
  { id: 'nixpkgs', label: 'nixpkgs’ tarball mirror' },
  { id: 'guix', label: 'Guix’ file server' },
  { id: 'guix-bordeaux', label: 'Guix’ second file server' },
  { id: 'software-heritage', label: 'Software Heritage' },
];

interface SettingsProps {
  settings: Settings;
  onChanged: () => void;
}

export function SourceSettingsFold(props: SettingsProps): ReactNode {
  return (
    <Fold title="Where files may come from" summary={settingsSummary(props.settings)}>
      <SourceSettings {...props} />
    </Fold>
  );
}

function SourceSettings({ settings, onChanged }: SettingsProps): ReactNode {
  const { act, pending, error } = useAction();
  const { distfiles } = settings;
  const save = (change: SettingsChange): void =>
    act(async (client) => {
      await client.settings.change(change);
      onChanged();
    });
  const flip = (name: 'mirrors' | 'upstream' | 'git', label: string, help: string): ReactNode => (
    <SwitchField
      label={label}
      help={help}
      value={distfiles[name]}
      disabled={pending}
      onChange={(value) => save({ distfiles: { [name]: value } })}
    />
  );
  return (
    <div className="form wide-form">
      {error === null ? null : <ErrorCard error={error} />}
      <p className="hint">
        They are asked in this order, and each file is taken only when its sha256 is right: your folders,
        mirrors, upstream, archives, git.
      </p>
      <Folders folders={distfiles.folders} onChanged={onChanged} />
      <div className="switches" role="group" aria-label="Kinds of sources">
        {flip('mirrors', 'Mirrors of live-bootstrap', 'By name, best first.')}
        {flip('upstream', 'Upstream’s own addresses', 'As the checkout’s sources files name them.')}
        {ARCHIVES.map(({ id, label }) => (
          <SwitchField
            key={id}
            label={label}
            help="An archive that is asked by sha256."
            value={distfiles.archives.includes(id)}
            disabled={pending}
            onChange={(value) => save({ distfiles: { archives: toggled(distfiles.archives, id, value) } })}
          />
        ))}
        {flip(
          'git',
          'Snapshots with git archive',
          'Clones the repository; slow, but some files exist nowhere else.',
        )}
      </div>
      <div className="option-grid">
        <NumberField
          label="At a time"
          unit="files"
          value={distfiles.parallel}
          least={1}
          most={64}
          onChange={(parallel) => save({ distfiles: { parallel } })}
        />
        <NumberField
          label="At a time from one host"
          unit="files"
          value={distfiles.parallelPerHost}
          least={1}
          most={32}
          onChange={(parallelPerHost) => save({ distfiles: { parallelPerHost } })}
        />
      </div>
      <AddressMaps
        map={settings.checkout.map}
        pending={pending}
        onSave={(map) => save({ checkout: { map } })}
        onChanged={onChanged}
      />
    </div>
  );
}

function Folders({ folders, onChanged }: { folders: readonly string[]; onChanged: () => void }): ReactNode {
  const { act, pending, error } = useAction();
  const question = usePlaceQuestion('distfiles', (folder) =>
    act(async (client) => {
      await client.settings.addFolder({ folder });
      onChanged();
    }),
  );
  const problem = error ?? question.error;
  return (
    <div className="field" role="group" aria-label="Folders of yours">
      <span className="field-label">Folders of yours, searched first</span>
      <ul className="lines">
        {folders.map((path) => (
          <li key={path} className="place-row">
            <span className="path grow">{path}</span>
            <Button
              kind="quiet"
              size="small"
              icon="trash"
              label={`Search no more in ${path}`}
              disabled={pending}
              onPress={() =>
                act(async (client) => {
                  await client.settings.removeFolder({ path });
                  onChanged();
                })
              }
            />
          </li>
        ))}
      </ul>
      <span className="card-actions start">
        <Button size="small" icon="folder" pending={question.pending || pending} onPress={question.ask}>
          Add a folder…
        </Button>
        <span className="help">Files in them are known by their sha256, whatever their names.</span>
      </span>
      {problem === null ? null : <ErrorCard error={problem} />}
      {question.dialog}
    </div>
  );
}
