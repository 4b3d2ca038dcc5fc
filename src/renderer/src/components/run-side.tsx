// Beside the log: milestones, what the machine is made of, and what happened around it.
import { memo, type ReactNode, useState } from 'react';
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import type { RunRecord, RunSnapshot } from '../../../shared/model/run.ts';
import { formatBytes, formatCount } from '../../../shared/units.ts';
import type { Timeline } from '../../../shared/model/timeline.ts';
import { useAction, useAnswer, useConnection } from '../connection/context.tsx';
import { isLive } from '../derive/run-view.ts';
import { formatCommand, formatMoment, formatTime, shortHash } from '../derive/text.ts';
import { Probe } from './probe.tsx';
import { hasBegun } from '../derive/timeline-view.ts';
import { saveBlob } from '../log/log-download.ts';
import { CheckpointList } from '../run/checkpoint-list.tsx';
import { ScreenView } from '../run/screen-view.tsx';
import { TimelineList } from '../run/timeline-card.tsx';
import { TypeField } from '../run/type-field.tsx';
import { Button, PageLink } from './controls.tsx';
import { CopyButton } from './copy-button.tsx';
import { ErrorCard } from './feedback.tsx';
import { Fold } from './overlays.tsx';
import { Milestones } from './run-parts.tsx';
import { type Fact, Facts } from './status.tsx';

interface RunSideProps {
  snapshot: RunSnapshot;
  timeline: Timeline | null;
  /** About which byte the log shows; null while it follows its end. */
  placeBytes: number | null;
  onJump: (offsetBytes: number) => void;
}

/** Snapshots come ten times a second; what stands here changes a few times in a run. */
export const RunSide = memo(
  RunSideView,
  (before, after) =>
    before.onJump === after.onJump &&
    before.timeline === after.timeline &&
    before.placeBytes === after.placeBytes &&
    sideKey(before.snapshot) === sideKey(after.snapshot),
);

function sideKey({ record, report, checkpoints }: RunSnapshot): string {
  const { id, state, qemu, process, stoppedBy, accelerator } = record;
  const last = report.milestones.at(-1);
  return JSON.stringify([
    ...[id, state, qemu, process, stoppedBy, accelerator],
    ...[report.milestones.length, last, checkpoints],
  ]);
}

function RunSideView(props: RunSideProps): ReactNode {
  const { record, report, checkpoints } = props.snapshot;
  return (
    <aside className="run-side" aria-label="About the run">
      <Progression {...props} />
      <div className="folds">
        <Fold title="Machine" summary={machineSummary(record)}>
          <MachineFacts record={record} />
        </Fold>
        {record.state === 'running' ? (
          <>
            {record.kind === 'qemu' ? (
              <Fold title="Screen" summary="what a monitor would show">
                <ScreenView run={record.id} />
              </Fold>
            ) : null}
            <Fold title="Keyboard" summary="type on the serial console">
              <TypeField run={record.id} />
            </Fold>
          </>
        ) : null}
        {record.machine.checkpoints || checkpoints.length > 0 ? (
          <Fold title="Checkpoints" summary={`${checkpoints.length}`}>
            <CheckpointList snapshot={props.snapshot} />
          </Fold>
        ) : null}
        <Fold title="Command" summary="to run it by hand">
          <CommandWords record={record} />
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

type Shown = 'timeline' | 'milestones';

/** The timeline, once the console shows a stage; milestones always. */
function Progression({ snapshot, timeline, placeBytes, onJump }: RunSideProps): ReactNode {
  const { record, report } = snapshot;
  const [shown, setShown] = useState<Shown>('timeline');
  const count = <span className="count">{formatCount(report.milestones.length)}</span>;
  const milestones = (
    <Milestones milestones={report.milestones} live={isLive(record.state)} onJump={onJump} />
  );
  if (timeline === null || !hasBegun(timeline))
    return (
      <section className="card side-card" aria-labelledby="milestones">
        <h2 id="milestones">Milestones {count}</h2>
        {milestones}
      </section>
    );
  return (
    <section className="card side-card progression" aria-label="Progress of the bootstrap">
      <ToggleButtonGroup
        className="filters side-choice"
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[shown]}
        onSelectionChange={(keys) => setShown(keys.has('milestones') ? 'milestones' : 'timeline')}
      >
        <ToggleButton id="timeline" className="button quiet small">
          Timeline
        </ToggleButton>
        <ToggleButton id="milestones" className="button quiet small">
          Milestones {count}
        </ToggleButton>
      </ToggleButtonGroup>
      {shown === 'milestones' ? (
        milestones
      ) : (
        <TimelineList timeline={timeline} placeBytes={placeBytes} onJump={onJump} />
      )}
    </section>
  );
}

function CommandWords({ record }: { record: RunRecord }): ReactNode {
  const { act, pending, error } = useAction();
  return (
    <>
      <pre className="code wrap">{formatCommand(record.argv)}</pre>
      <CopyButton text={() => formatCommand(record.argv)} label="Copy the command">
        Copy
      </CopyButton>
      <Button
        kind="quiet"
        size="small"
        icon="download"
        pending={pending}
        onPress={() =>
          act(async (client) => {
            const { script } = await client.run.command({ run: record.id });
            saveBlob(new Blob([script], { type: 'text/plain' }), `${record.id}.sh`);
          })
        }
      >
        Save as a script
      </Button>
      {error === null ? null : <ErrorCard error={error} />}
    </>
  );
}

const MIB = 1_048_576;

function machineSummary({ memoryMiB, cores, sandbox }: RunRecord): string {
  if (sandbox !== null) return `${sandbox.tool}, ${cores === 1 ? '1 job' : `${cores} jobs`}`;
  return `${formatBytes(memoryMiB * MIB)} of memory, ${cores} ${cores === 1 ? 'core' : 'cores'}`;
}

function MachineFacts({ record }: { record: RunRecord }): ReactNode {
  const { info } = useConnection();
  const { image, qemu, sandbox, serial } = record;
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
    ...(record.memoryMiB === 0 ? [] : [{ name: 'Memory', value: formatBytes(record.memoryMiB * MIB) }]),
    ...(record.cores === 0 ? [] : [{ name: 'Processors', value: formatCount(record.cores) }]),
    ...(serial === null ? [] : [{ name: 'Serial port', value: `${serial.device}, ${serial.baud} baud` }]),
    ...(record.kind === 'serial'
      ? []
      : sandbox === null
        ? [{ name: 'QEMU', value: qemu === null ? 'not found yet' : `${qemu.version}, ${qemu.path}` }]
        : [
            { name: 'Sandbox', value: sandbox.tool },
            { name: 'Rests on', value: sandbox.restsOn },
          ]),
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
