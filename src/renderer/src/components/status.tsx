// Badges, progress and facts.
import type { ReactNode } from 'react';
import { ProgressBar } from 'react-aria-components';
import type { Verdict } from '../../../shared/model/console.ts';
import type { RunState } from '../../../shared/model/run.ts';
import { runStatus, type Tone } from '../derive/run-view.ts';
import { formatShare } from '../derive/text.ts';
import { Icon, type IconName } from './icons.tsx';

const TONE_ICONS: Record<Tone, IconName> = {
  good: 'check',
  bad: 'cross',
  warn: 'warning',
  busy: 'dot',
  quiet: 'stop',
};

export function Badge({ tone, children }: { tone: Tone; children: ReactNode }): ReactNode {
  return (
    <span className={`badge ${tone}`}>
      <Icon name={TONE_ICONS[tone]} size={14} />
      {children}
    </span>
  );
}

export function RunBadge({ state, verdict }: { state: RunState; verdict: Verdict | null }): ReactNode {
  const { word, tone } = runStatus(state, verdict);
  return <Badge tone={tone}>{word}</Badge>;
}

/** `share` from 0 to 1; null when the end is not known. `text` says the same in numbers. */
export function Progress(props: {
  label: string;
  share: number | null;
  text?: string;
  small?: boolean;
}): ReactNode {
  const { share, text = '' } = props;
  return (
    <ProgressBar
      aria-label={props.label}
      className={`progress${props.small === true ? ' small' : ''}`}
      isIndeterminate={share === null}
      value={(share ?? 0) * 100}
      valueLabel={text === '' ? (share === null ? '' : formatShare(share)) : text}
    >
      <span className="progress-track">
        <span
          className={share === null ? 'progress-fill unknown' : 'progress-fill'}
          style={{ transform: `scaleX(${share ?? 1})` }}
        />
      </span>
    </ProgressBar>
  );
}

export interface Fact {
  name: string;
  value: ReactNode;
}

export function Facts({ facts }: { facts: readonly Fact[] }): ReactNode {
  return (
    <dl className="facts">
      {facts.map(({ name, value }) => (
        <div key={name} className="fact">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
