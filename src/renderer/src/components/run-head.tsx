// Head of the run view: state, the sentence of now, progress, time, and the way to stop.
import { type ReactNode, useState } from 'react';
import type { Resources } from '../../../shared/model/machine.ts';
import type { RunSnapshot } from '../../../shared/model/run.ts';
import { formatBytes, formatDuration } from '../../../shared/units.ts';
import { useAction } from '../connection/context.tsx';
import {
  executorWord,
  elapsedNow,
  goalTitle,
  goalWord,
  isLive,
  progressText,
  quietNow,
  runStatus,
} from '../derive/run-view.ts';
import { formatShare } from '../derive/text.ts';
import { NoticeOffer } from '../notices/notice-settings.tsx';
import { BackLink } from '../pages/page.tsx';
import { MachineControls } from '../run/machine-controls.tsx';
import { PaceNote } from '../run/run-notices.tsx';
import { timeLeft } from '../derive/timeline-view.ts';
import { useNow } from './use-now.ts';
import { resultsRoute } from '../route.ts';
import { Button, PageLink } from './controls.tsx';
import { ConfirmDialog } from './overlays.tsx';
import { Progress, RunBadge } from './status.tsx';

/** Silence that is worth saying. builder-hex0 computes for many seconds without a word. */
const QUIET_MS = 15_000;

export function RunHead(props: { snapshot: RunSnapshot; receivedAt: number }): ReactNode {
  const { snapshot, receivedAt } = props;
  const { record } = snapshot;
  const live = isLive(record.state);
  const { tone } = runStatus(record.state, record.verdict);
  const numbers = progressText(snapshot);
  return (
    <section className={`card run-head ${tone}`} aria-label="State of the run">
      <div className="run-head-top">
        <BackLink to={{ page: 'runs' }} text="Runs" />
        <h1 tabIndex={-1}>{goalTitle(record.goal)}</h1>
        <RunBadge state={record.state} verdict={record.verdict} />
        <span className="muted">{goalWord(record.goal)}</span>
        <span className="grow" />
        {live || record.goal === 'boot-check' ? null : (
          <PageLink to={resultsRoute(record.id)} className="button plain middle">
            Results
          </PageLink>
        )}
        {live ? null : (
          <PageLink to={{ page: 'trust', run: record.id, image: null }} className="button plain middle">
            Trust report
          </PageLink>
        )}
        {live ? <MachineControls snapshot={snapshot} /> : null}
        {live ? <StopButton run={record.id} stopping={record.state === 'stopping'} /> : null}
      </div>
      <p className="sentence" role="status">
        {snapshot.now}
      </p>
      {live ? (
        <div className="run-progress">
          <Progress label="Progress to the goal" share={snapshot.progress} />
          <div className="run-progress-line">
            <span className="run-progress-text">
              {[snapshot.progress === null ? '' : formatShare(snapshot.progress), numbers]
                .filter((part) => part !== '')
                .join(' · ')}
            </span>
            <NoticeOffer />
          </div>
        </div>
      ) : null}
      <PaceNote snapshot={snapshot} />
      <Measures snapshot={snapshot} receivedAt={receivedAt} />
    </section>
  );
}

function Measures({ snapshot, receivedAt }: { snapshot: RunSnapshot; receivedAt: number }): ReactNode {
  const { record, report, outlook, resources } = snapshot;
  const live = isLive(record.state);
  const left = timeLeft(snapshot);
  const now = useNow(1000, live);
  const quiet = quietNow(snapshot, receivedAt, now);
  const { used, reason } = record.accelerator;
  return (
    <dl className="measures">
      <div>
        <dt>{live ? 'Elapsed' : 'Took'}</dt>
        <dd>{formatDuration(elapsedNow(snapshot, receivedAt, now))}</dd>
      </div>
      {live || snapshot.progress === null || snapshot.progress >= 1 ? null : (
        <div>
          <dt>Reached</dt>
          <dd>{formatShare(snapshot.progress)}</dd>
        </div>
      )}
      {left === null || outlook === null ? null : (
        <div title={outlook.basis}>
          <dt>Left</dt>
          <dd>{left}</dd>
        </div>
      )}
      <div>
        <dt>Console</dt>
        <dd>{formatBytes(snapshot.logBytes)}</dd>
      </div>
      {quiet !== null && quiet >= QUIET_MS ? (
        <div>
          <dt>Quiet for</dt>
          <dd>{formatDuration(quiet)}</dd>
        </div>
      ) : null}
      {resources === null ? null : (
        <div>
          <dt>Takes</dt>
          <dd>{resourcesText(resources)}</dd>
        </div>
      )}
      {report.boots > 1 ? (
        <div>
          <dt>Starts</dt>
          <dd>{report.boots}</dd>
        </div>
      ) : null}
      <div className="measure-wide">
        <dt>{record.kind === 'qemu' ? 'Accelerator' : 'Runs in'}</dt>
        <dd>
          {record.kind === 'qemu' && used === null
            ? 'not chosen yet'
            : executorWord({ kind: record.kind, accelerator: used })}
          {reason === '' ? null : <span className="measure-why">{reason}</span>}
        </dd>
      </div>
    </dl>
  );
}

function resourcesText({ cpuCores, memoryBytes, diskBytes }: Resources): string {
  const parts = [`${formatBytes(memoryBytes)} of memory`, `${formatBytes(diskBytes)} of disk`];
  return [...(cpuCores === null ? [] : [`${cpuCores.toFixed(1)} cores`]), ...parts].join(', ');
}

function StopButton({ run, stopping }: { run: string; stopping: boolean }): ReactNode {
  const [asking, setAsking] = useState(false);
  const { act, pending, error, clear } = useAction();
  function close(): void {
    clear();
    setAsking(false);
  }
  return (
    <>
      <Button icon="stop" pending={stopping} onPress={() => setAsking(true)}>
        Stop…
      </Button>
      <ConfirmDialog
        open={asking && !stopping}
        title="Stop this run?"
        action="Stop the run"
        keep="Let it run"
        pending={pending}
        error={error}
        onClose={close}
        onConfirm={() =>
          act(async (client) => {
            await client.run.stop({ run });
            close();
          })
        }
      >
        <p>
          The machine is switched off. It cannot go on from here later: a bootstrap starts from the beginning,
          or from a checkpoint if one was saved. Its log and record stay.
        </p>
      </ConfirmDialog>
    </>
  );
}
