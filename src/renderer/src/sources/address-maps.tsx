// Git addresses that are taken from elsewhere: another server, or a folder that the user chooses through the host.
import { type ReactNode, useState } from 'react';
import type { Settings } from '../../../shared/model/settings.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { WordsField } from '../components/fields.tsx';
import { usePlaceQuestion } from '../components/use-place.tsx';
import { useAction } from '../connection/context.tsx';

type AddressMap = Settings['checkout']['map'];

export function AddressMaps(props: {
  map: AddressMap;
  pending: boolean;
  onSave: (map: AddressMap) => void;
  onChanged: () => void;
}): ReactNode {
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const { act, pending, error } = useAction();
  const start = from.trim();
  const question = usePlaceQuestion('folder', (folder) =>
    act(async (client) => {
      await client.settings.mapToFolder({ from: start, folder });
      setFrom('');
      props.onChanged();
    }),
  );
  const problem = error ?? question.error;
  const isBusy = props.pending || pending;
  return (
    <div className="field" role="group" aria-label="Git addresses">
      <span className="field-label">Git addresses that are taken from elsewhere</span>
      <ul className="lines" aria-label="Maps of git addresses">
        {props.map.map((entry) => (
          <li key={entry.from} className="place-row">
            <span className="path grow">
              {entry.from} → {entry.to}
            </span>
            <Button
              kind="quiet"
              size="small"
              icon="trash"
              label={`Forget the map of ${entry.from}`}
              disabled={isBusy}
              onPress={() => props.onSave(props.map.filter((one) => one.from !== entry.from))}
            />
          </li>
        ))}
      </ul>
      <div className="map-row">
        <WordsField label="Begins with" lines={1} value={from} onChange={setFrom} />
        <WordsField label="Take instead" lines={1} value={to} onChange={setTo} />
        <Button
          disabled={start === '' || to.trim() === ''}
          pending={isBusy}
          onPress={() => {
            props.onSave([...props.map.filter((one) => one.from !== start), { from: start, to: to.trim() }]);
            setFrom('');
            setTo('');
          }}
        >
          Add
        </Button>
        <Button
          icon="folder"
          label="Take from a folder…"
          disabled={start === ''}
          pending={question.pending || isBusy}
          onPress={question.ask}
        >
          A folder…
        </Button>
      </div>
      <span className="help">
        For a local or private git mirror, as git’s insteadOf. Servers by https, http, git or ssh.
      </span>
      {problem === null ? null : <ErrorCard error={problem} />}
      {question.dialog}
    </div>
  );
}
