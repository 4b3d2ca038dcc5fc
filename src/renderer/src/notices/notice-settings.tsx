// How a user hears of runs that end or wait: notifications and a tone, each to be switched off, tried, and in a browser allowed first.
import { type ReactNode, useState } from 'react';
import type { NoticeSettings } from '../../../shared/model/settings.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { useAction, useAnswer, useConnection } from '../connection/context.tsx';
import { SwitchField } from '../sources/switch-field.tsx';
import { askPermission, noticePermission, type Permission } from './browser-notice.ts';
import { playTone } from './tone.ts';

export function NoticeSettingsSection(): ReactNode {
  const settings = useAnswer('settings notices', async (client, signal) =>
    client.settings.get({}, { signal }),
  );
  const { info } = useConnection();
  const { act, pending, error } = useAction();
  const [tried, setTried] = useState<boolean | null>(null);
  const notices = settings.value?.notices ?? null;
  const save = (change: Partial<NoticeSettings>): void =>
    act(async (client) => {
      await client.settings.change({ notices: change });
      settings.again();
    });
  return (
    <section aria-labelledby="notices">
      <h2 id="notices">When a run ends, or waits for you</h2>
      {error === null ? null : <ErrorCard error={error} />}
      {settings.error === null ? null : <ErrorCard error={settings.error} />}
      {notices === null ? null : (
        <div className="form">
          <SwitchField
            label="Notification"
            help="Of your desktop or your browser, while you look at something else."
            value={notices.desktop}
            disabled={pending}
            onChange={(desktop) => save({ desktop })}
          />
          {notices.desktop && info?.host === 'browser' ? <PermissionLine /> : null}
          <SwitchField
            label="Sound"
            help="Two short notes here, the bell of a terminal. After a run of less than a minute only while you look at something else."
            value={notices.sound}
            disabled={pending}
            onChange={(sound) => save({ sound })}
          />
          <div className="button-row">
            <Button onPress={() => void playTone('good').then(setTried)}>Try the sound</Button>
            {tried === null ? null : (
              <span role="status">{tried ? 'Played.' : 'This browser plays no sound here.'}</span>
            )}
          </div>
        </div>
      )}
    </section>
  );
}

const WORDS: Record<Permission, string> = {
  granted: 'This browser shows them.',
  denied: 'This browser refuses them for this address; its own settings for this page change that.',
  default: 'This browser has to be asked first.',
  unavailable: 'This browser has none.',
};

function PermissionLine(): ReactNode {
  const [permission, setPermission] = useState(noticePermission);
  return (
    <div className="button-row">
      <span role="status">{WORDS[permission]}</span>
      {permission === 'default' ? (
        <Button onPress={() => void askPermission().then(setPermission)}>Allow notifications</Button>
      ) : null}
    </div>
  );
}

/** Beside a run that lives, in a browser that was never asked. */
export function NoticeOffer(): ReactNode {
  const { info } = useConnection();
  const [permission, setPermission] = useState(noticePermission);
  if (info?.host !== 'browser' || permission !== 'default') return null;
  return (
    <Button kind="quiet" size="small" icon="flag" onPress={() => void askPermission().then(setPermission)}>
      Tell me when it ends
    </Button>
  );
}
