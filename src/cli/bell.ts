// The bell of the terminal when a run that is followed ends or waits for somebody (BEL, ECMA-48); a terminal may show it instead, or pass it on to the desktop.
import { createAttention } from '../engine/run/run-notices.ts';
import { deservesSound } from '../shared/model/notice.ts';
import type { RunSnapshot } from '../shared/model/run.ts';
import type { Screen } from './screen.ts';
import type { Session } from './session.ts';

/** A question counts when it stands for so long. */
const SETTLED_MILLISECONDS = 3000;

/** Give it every snapshot. Silent where the setting is off, and where nobody sits at a terminal. */
export async function openBell(
  { client }: Pick<Session, 'client'>,
  screen: Screen,
): Promise<(snapshot: RunSnapshot) => void> {
  const isOn = await client.settings.get({}).then(
    ({ notices }) => notices.sound,
    () => true,
  );
  const attention = createAttention(SETTLED_MILLISECONDS);
  return (snapshot) => {
    const notice = attention(snapshot, performance.now());
    if (isOn && notice !== null && deservesSound(notice)) screen.bell();
  };
}
