// The stages of a bootstrap: where it is, and what each has come to.
import type { ReactNode } from 'react';
import type { Job } from '../../../shared/model/job.ts';
import { useAnswer } from '../connection/context.tsx';
import { STAGE_TITLES, STAGE_WORDS, stageKey } from '../derive/bootstrap-view.ts';
import type { Tone } from '../derive/run-view.ts';
import { Badge } from './status.tsx';

const TONES: Record<keyof typeof STAGE_WORDS, Tone> = {
  waiting: 'quiet',
  running: 'busy',
  done: 'good',
  found: 'good',
  left: 'quiet',
  failed: 'bad',
};

export function BootstrapStages({ job }: { job: Job }): ReactNode {
  const { value } = useAnswer(`bootstrap ${job.id} ${stageKey(job)}`, (client, signal) =>
    client.bootstrap.report({ job: job.id }, { signal }),
  );
  if (value === null) return null;
  return (
    <ol className="findings" aria-label="Stages">
      {value.stages.map(({ stage, state, detail }) => (
        <li key={stage} className="finding">
          <span className="stage-state">
            <Badge tone={TONES[state]}>{STAGE_WORDS[state]}</Badge>
          </span>
          <div>
            <p className="finding-what">{STAGE_TITLES[stage]}</p>
            {detail === '' ? null : <p className="finding-detail">{detail}</p>}
          </div>
        </li>
      ))}
    </ol>
  );
}
