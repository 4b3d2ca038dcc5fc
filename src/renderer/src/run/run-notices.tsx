// What a run wants its user to know at once: it is held, it asks for something, it is slow or silent.
import type { ReactNode } from 'react';
import type { ConsoleReport } from '../../../shared/model/console.ts';
import type { RunSnapshot } from '../../../shared/model/run.ts';
import { formatTime } from '../derive/text.ts';
import { Icon } from '../components/icons.tsx';
import { TypeField } from './type-field.tsx';

export function HoldNotice({ snapshot }: { snapshot: RunSnapshot }): ReactNode {
  const { hold, state } = snapshot.record;
  if (hold === null || state !== 'running') return null;
  return (
    <section className="notice warn" aria-label="The machine stands still">
      <Icon name="pause" size={20} />
      <div className="notice-text">
        <p className="notice-title">{hold.text}</p>
        <p>
          Since {formatTime(hold.since)}. Nothing is lost:{' '}
          {hold.by === 'host-space'
            ? 'it goes on by itself once there is space again.'
            : 'it stays as it is until you let it go on.'}
        </p>
      </div>
    </section>
  );
}

const ASKS: Record<NonNullable<ConsoleReport['prompt']>, string> = {
  configurator: 'The configurator asks a question; its words are at the end of the console.',
  trap: 'A step has failed, and the machine opened a shell. What you type there happens in the middle of the build.',
  shell: 'A shell is open on the serial console.',
};

/** Waiting for you. */
export function AskNotice({ snapshot }: { snapshot: RunSnapshot }): ReactNode {
  const { record, report } = snapshot;
  if (!report.waitsForInput || record.state !== 'running') return null;
  return (
    <section className="notice warn" aria-label="The machine waits for you" role="alert">
      <Icon name="flag" size={20} />
      <div className="notice-text">
        <p className="notice-title">The machine waits for you</p>
        <p>{report.prompt === null ? 'It asks for input on the serial console.' : ASKS[report.prompt]}</p>
        <TypeField run={record.id} />
      </div>
    </section>
  );
}

/** Slower than usual, or silent: with the reason, or what may be wrong. */
export function PaceNote({ snapshot }: { snapshot: RunSnapshot }): ReactNode {
  const { outlook, record } = snapshot;
  if (outlook === null || record.hold !== null || record.state !== 'running') return null;
  const { silence, slower } = outlook;
  const words = [silence.state === 'talking' ? '' : silence.sentence, slower?.sentence ?? '']
    .filter((part) => part !== '')
    .join(' ');
  if (words === '') return null;
  return <p className={silence.state === 'stalled' ? 'pace stalled' : 'pace'}>{words}</p>;
}
