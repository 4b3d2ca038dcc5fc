// Beside the log: milestones, what the machine is made of, and what happened around it.
import { memo, type ReactNode } from 'react';
import type { RunRecord, RunSnapshot } from '../../../shared/model/run.ts';
import { formatBytes, formatCount } from '../../../shared/units.ts';
import { useAnswer, useConnection } from '../connection/context.tsx';
import { isLive } from '../derive/run-view.ts';
import { formatCommand, formatMoment, formatTime, shortHash } from '../derive/text.ts';
import { Probe } from './probe.tsx';
import { PageLink } from './controls.tsx';
import { CopyButton } from './copy-button.tsx';
import { ErrorCard } from './feedback.tsx';
import { Fold } from './overlays.tsx';
import { Milestones } from './run-parts.tsx';
import { type Fact, Facts } from './status.tsx';

interface RunSideProps {
  snapshot: RunSnapshot;
  onJump: (offsetBytes: number) => void;
}

/** Snapshots come ten times a second; what stands here changes a few times in a run. */
export const RunSide = memo(
  RunSideView,
  (before, after) => before.onJump === after.onJump && sideKey(before.snapshot) === sideKey(after.snapshot),
);

function sideKey({ record, report }: RunSnapshot): string {
  const { id, state, qemu, process, stoppedBy, accelerator } = record;
  const last = report.milestones.at(-1);
  return JSON.stringify([id, state, qemu, process, stoppedBy, accelerator, report.milestones.length, last]);
}

function RunSideView(props: RunSideProps): ReactNode {
  const { record, report } = props.snapshot;
  return (
    <aside className="run-side" aria-label="About the run">
      <section className="card side-card" aria-labelledby="milestones">
        <h2 id="milestones">
          Milestones <span className="count">{formatCount(report.milestones.length)}</span>
        </h2>
        <Milestones milestones={report.milestones} live={isLive(record.state)} onJump={props.onJump} />
      </section>
      <div className="folds">
        <Fold title="Machine" summary={machineSummary(record)}>
          <MachineFacts record={record} />
        </Fold>
        <Fold title="Command" summary="to run it by hand">
          <pre className="code wrap">{formatCommand(record.argv)}</pre>
          <CopyButton text={() => formatCommand(record.argv)} label="Copy the command">
            Copy
          </CopyButton>
        </Fold>
        {record.accelerator.probes.length === 0 ? null : (
          <Fold title="Accelerators tried" summary={`${record.accelerator.probes.length}`}>
            <ul className="probes">
              {record.accelerator.probes.map((probe) => (
                <Probe key={probe.accelerator} probe={probe} />
              ))}
            </ul>
          </Fold>
        )}
        <Fold title="Events">
          <Events run={record.id} version={`${record.state} ${report.milestones.length}`} />
        </Fold>
      </div>
    </aside>
  );
}

const MIB = 1_048_576;

function machineSummary({ memoryMiB, cores }: RunRecord): string {
  return `${formatBytes(memoryMiB * MIB)} of memory, ${cores} ${cores === 1 ? 'core' : 'cores'}`;
}

function MachineFacts({ record }: { record: RunRecord }): ReactNode {
  const { info } = useConnection();
  const { image, qemu } = record;
  const facts: Fact[] = [
    {
      name: 'Image',
      value:
        image.id === null ? (
          <span className="path">{image.label}</span>
        ) : (
          <PageLink to={{ page: 'image', id: image.id }}>{image.label}</PageLink>
        ),
    },
    {
      name: 'sha256',
      value: (
        <span className="hash">
          <code>{shortHash(image.sha256)}…</code>
          <CopyButton text={() => image.sha256} label="Copy the whole sha256 of the image" />
        </span>
      ),
    },
    { name: 'Memory', value: formatBytes(record.memoryMiB * MIB) },
    { name: 'Processors', value: formatCount(record.cores) },
    { name: 'QEMU', value: qemu === null ? 'not found yet' : `${qemu.version}, ${qemu.path}` },
    { name: 'Process', value: record.process === null ? 'none' : String(record.process.pid) },
    { name: 'Created', value: formatMoment(record.createdAt) },
    { name: 'Run', value: <code className="whole">{record.id}</code> },
  ];
  if (info !== null) {
    const path = `${info.dataFolder}/runs/${record.id}/serial.log`;
    facts.push({ name: 'Log file', value: <span className="path">{path}</span> });
  }
  if (record.stoppedBy !== null) facts.push({ name: 'Ended by', value: record.stoppedBy });
  return <Facts facts={facts} />;
}

function Events({ run, version }: { run: string; version: string }): ReactNode {
  const { value, error } = useAnswer(`events ${run} ${version}`, (client, signal) =>
    client.run.events({ run }, { signal }),
  );
  if (error !== null) return <ErrorCard error={error} />;
  return (
    <ol className="events">
      {value?.map((event, at) => (
        <li key={`${at}-${event.at}`}>
          <time dateTime={event.at}>{formatTime(event.at)}</time>
          <span>{event.text}</span>
        </li>
      ))}
    </ol>
  );
}
