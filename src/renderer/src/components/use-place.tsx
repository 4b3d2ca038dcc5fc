// Asks the person for a folder or file: with the host's own dialog where it has one, else with the chooser.
import { type ReactNode, useState } from 'react';
import type { WireError } from '../../../shared/contract/errors.ts';
import type { PlaceKind } from '../../../shared/model/host.ts';
import { useAction, useAnswer, useConnection } from '../connection/context.tsx';
import { wantsFolder } from '../derive/chooser.ts';
import { Button } from './controls.tsx';
import { ErrorCard } from './feedback.tsx';
import { FolderChooser } from './folder-chooser.tsx';

export interface PlaceQuestion {
  ask: () => void;
  pending: boolean;
  error: WireError | null;
  /** To be rendered by whoever asks. */
  dialog: ReactNode;
}

export function usePlaceQuestion(kind: PlaceKind, onChosen: (token: string) => void): PlaceQuestion {
  const { info } = useConnection();
  const [open, setOpen] = useState(false);
  const { act, pending, error } = useAction();
  function ask(): void {
    if (info?.nativeDialog !== true) {
      setOpen(true);
      return;
    }
    act(async (client) => {
      const place = await client.place.choose({ kind });
      if (place !== null) onChosen(place.token);
    });
  }
  const dialog = (
    <FolderChooser
      kind={kind}
      open={open}
      onClose={() => setOpen(false)}
      onChoose={(token) => {
        setOpen(false);
        onChosen(token);
      }}
    />
  );
  return { ask, pending, error, dialog };
}

/** A folder or file that was chosen, with the way to choose another. */
export function FolderField(props: {
  kind: PlaceKind;
  label: string;
  help: string;
  token: string | null;
  onChosen: (token: string) => void;
}): ReactNode {
  const question = usePlaceQuestion(props.kind, props.onChosen);
  return (
    <div className="field place-field" role="group" aria-label={props.label}>
      <span className="field-label">{props.label}</span>
      <div className="place-row">
        {props.token === null ? (
          <output className="path none">Nothing chosen yet</output>
        ) : (
          <PlacePath token={props.token} />
        )}
        <Button icon="folder" pending={question.pending} onPress={question.ask}>
          {props.token === null
            ? `Choose ${wantsFolder(props.kind) ? 'folder' : 'file'}…`
            : 'Choose another…'}
        </Button>
      </div>
      <span className="help">{props.help}</span>
      {question.error === null ? null : <ErrorCard error={question.error} />}
      {question.dialog}
    </div>
  );
}

function PlacePath({ token }: { token: string }): ReactNode {
  const place = useAnswer(`place shown ${token}`, (client, signal) =>
    client.place.show({ place: token }, { signal }),
  );
  if (place.error !== null) return <output className="path none">{place.error.message}</output>;
  return <output className="path">{place.value?.label ?? '…'}</output>;
}
