// The mirrors in the order in which they are asked, how they are, and which are asked at all.
import { type ReactNode, useState } from 'react';
import type { CheckoutChoice } from '../../../shared/contract/distfiles.ts';
import type { MirrorView } from '../../../shared/model/mirror.ts';
import type { Settings } from '../../../shared/model/settings.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { WordsField } from '../components/fields.tsx';
import { Fold } from '../components/overlays.tsx';
import { Badge } from '../components/status.tsx';
import { useAction } from '../connection/context.tsx';
import { mirrorNumbers, mirrorStatus, readWebAddress } from '../derive/mirror-view.ts';
import { formatMoment } from '../derive/text.ts';
import { SwitchField } from './switch-field.tsx';

export interface MirrorsProps {
  mirrors: readonly MirrorView[];
  settings: Settings;
  choice: CheckoutChoice | null;
  /** Ask for mirrors and settings again. */
  onChanged: () => void;
}

export function MirrorsFold(props: MirrorsProps): ReactNode {
  const { mirrors, settings } = props;
  const on = mirrors.filter((mirror) => mirror.on);
  const first = on[0];
  const summary = !settings.distfiles.mirrors
    ? 'not asked'
    : first === undefined
      ? 'none'
      : `${on.length} asked, first ${first.id}`;
  return (
    <Fold title="Mirrors" summary={summary}>
      <Mirrors {...props} />
    </Fold>
  );
}

function Mirrors({ mirrors, settings, choice, onChanged }: MirrorsProps): ReactNode {
  const check = useAction();
  const change = useAction();
  const { mirrorsOff, ownMirrors } = settings.distfiles;
  const save = (distfiles: Partial<Settings['distfiles']>): void =>
    change.act(async (client) => {
      const { mirrorsOff: off, ownMirrors: own } = { mirrorsOff, ownMirrors, ...distfiles };
      await client.settings.change({ distfiles: { mirrorsOff: off, ownMirrors: own } });
      onChanged();
    });
  return (
    <div className="form wide-form">
      <ul className="mirrors" aria-label="Mirrors, first asked first">
        {mirrors.map((mirror) => (
          <MirrorItem
            key={mirror.id}
            mirror={mirror}
            disabled={change.pending}
            onSwitch={(isOn) =>
              save({
                mirrorsOff: isOn ? mirrorsOff.filter((id) => id !== mirror.id) : [...mirrorsOff, mirror.id],
              })
            }
            onRemove={() => save({ ownMirrors: ownMirrors.filter((url) => url !== mirror.url) })}
          />
        ))}
      </ul>
      {mirrors.length === 0 ? <p className="hint">No mirror is known. Add one.</p> : null}
      {check.error === null ? null : <ErrorCard error={check.error} />}
      {change.error === null ? null : <ErrorCard error={change.error} />}
      <AddMirror
        pending={change.pending}
        onAdd={(url) => save({ ownMirrors: [...ownMirrors.filter((own) => own !== url), url] })}
      />
      <div className="card-actions start">
        <Button
          icon="again"
          disabled={choice === null}
          pending={check.pending}
          onPress={() =>
            check.act(async (client) => {
              if (choice === null) return;
              await client.mirror.check({ checkout: choice, all: false, urls: [] });
              onChanged();
            })
          }
        >
          {check.pending ? 'Asking them…' : 'Check the mirrors'}
        </Button>
        <span className="hint">
          Asks each for some of the files. The fastest complete one is then asked first.
        </span>
      </div>
    </div>
  );
}

function MirrorItem(props: {
  mirror: MirrorView;
  disabled: boolean;
  onSwitch: (on: boolean) => void;
  onRemove: () => void;
}): ReactNode {
  const { mirror } = props;
  const { word, tone } = mirrorStatus(mirror);
  return (
    <li className="mirror">
      <div className="mirror-words">
        <p className="tried-head">
          <strong>{mirror.id}</strong>
          <Badge tone={tone}>{word}</Badge>
        </p>
        <p className="path muted">{mirror.url}</p>
        {mirror.health === null ? null : (
          <p className="muted">
            {mirrorNumbers(mirror)} · asked {formatMoment(mirror.health.checkedAt)}
          </p>
        )}
        {mirror.plainUrl === null ? (
          <p className="muted">https only: a machine without TLS cannot use it.</p>
        ) : null}
      </div>
      {mirror.origin === 'built-in' ? (
        <SwitchField
          label={`Ask ${mirror.id}`}
          value={mirror.on}
          disabled={props.disabled}
          onChange={props.onSwitch}
        />
      ) : (
        <Button kind="quiet" icon="trash" label={`Remove the mirror ${mirror.id}`} onPress={props.onRemove} />
      )}
    </li>
  );
}

function AddMirror({ pending, onAdd }: { pending: boolean; onAdd: (url: string) => void }): ReactNode {
  const [text, setText] = useState('');
  const url = readWebAddress(text);
  return (
    <div className="place-row name-row">
      <WordsField
        label="A mirror of your own: the address of its folder, http or https; asked before the others"
        lines={1}
        value={text}
        onChange={setText}
      />
      <Button
        disabled={url === null}
        pending={pending}
        onPress={() => {
          if (url === null) return;
          onAdd(url);
          setText('');
        }}
      >
        Add
      </Button>
    </div>
  );
}
