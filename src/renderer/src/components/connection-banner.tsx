// What is shown when the engine cannot be reached. It comes back by itself; nobody has to do anything but wait.
import type { ReactNode } from 'react';
import { describeError } from '../../../shared/error-texts.ts';
import { SeedbedError } from '../../../shared/errors.ts';
import { useConnection } from '../connection/context.tsx';
import { Button } from './controls.tsx';
import { Icon, Sign } from './icons.tsx';
import { useNow } from './use-now.ts';

export function ConnectionBanner(): ReactNode {
  const { status, reason, retryAt, reconnect } = useConnection();
  const now = useNow(500, status === 'lost');
  if (status !== 'lost') return null;
  const { message, hint } = describeError(new SeedbedError('CONNECTION_LOST', { reason }));
  const seconds = retryAt === null ? 0 : Math.max(0, Math.ceil((retryAt - now) / 1000));
  return (
    <div className="banner" role="alert">
      <Icon name="plug" size={20} />
      <p>
        <strong>{message}.</strong> {hint}
      </p>
      <span className="banner-next" aria-hidden="true">
        {seconds === 0 ? 'Trying now' : `Next try in ${seconds} s`}
      </span>
      <Button size="small" icon="again" onPress={reconnect}>
        Reconnect
      </Button>
    </div>
  );
}

/** The page was opened without its token: nothing can be asked, and no retry helps. */
export function NoToken(): ReactNode {
  return (
    <main className="no-token">
      <Sign size={44} />
      <h1>This address lacks its key</h1>
      <p>
        Seedbed prints an address that ends in <code>#token=…</code> when its browser host starts. Open that
        whole address; it works in one tab until you close it.
      </p>
    </main>
  );
}
