// All runs, newest first.
import { type ReactNode, useState } from 'react';
import { Cell, Column, Row, Table, TableBody, TableHeader } from 'react-aria-components';
import type { RunSummary } from '../../../shared/model/run.ts';
import { formatDuration } from '../../../shared/units.ts';
import { useNow } from '../components/use-now.ts';
import { Button, PageLink } from '../components/controls.tsx';
import { Empty, ErrorCard, Waiting } from '../components/feedback.tsx';
import { ConfirmDialog } from '../components/overlays.tsx';
import { RunBadge } from '../components/status.tsx';
import { useAction, useRuns } from '../connection/context.tsx';
import { durationMs, executorWord, goalTitle, goalWord, isLive } from '../derive/run-view.ts';
import { formatMoment } from '../derive/text.ts';
import { AttachSerial } from '../run/attach-serial.tsx';
import { navigate } from '../use-route.ts';
import { Page } from './page.tsx';

export function RunsPage(): ReactNode {
  const { value, error } = useRuns();
  const [removing, setRemoving] = useState<RunSummary | null>(null);
  return (
    <Page
      title="Runs"
      lead="Each run is one machine, or one sandbox, with its record and its whole console log."
      actions={<AttachSerial />}
    >
      {error === null ? null : <ErrorCard error={error} />}
      {value === null && error === null ? <Waiting>Reading the runs</Waiting> : null}
      {value?.length === 0 ? (
        <Empty icon="runs" title="No runs yet">
          <PageLink to={{ page: 'home' }}>Go to the first page</PageLink> and press{' '}
          <strong>Check this machine now</strong>.
        </Empty>
      ) : null}
      {value === null || value.length === 0 ? null : <RunTable runs={value} onRemove={setRemoving} />}
      <RemoveDialog run={removing} onClose={() => setRemoving(null)} />
    </Page>
  );
}

function RunTable(props: { runs: RunSummary[]; onRemove: (run: RunSummary) => void }): ReactNode {
  const now = useNow(
    1000,
    props.runs.some((run) => isLive(run.state)),
  );
  return (
    <div className="table-frame">
      <Table
        aria-label="Runs, newest first"
        className="table"
        selectionMode="none"
        onRowAction={(key) => navigate({ page: 'run', id: String(key) })}
      >
        <TableHeader>
          <Column isRowHeader>Goal</Column>
          <Column>Result</Column>
          <Column>Image</Column>
          <Column>Started</Column>
          <Column>Duration</Column>
          <Column>Accelerator</Column>
          <Column>
            <span className="visually-hidden">Actions</span>
          </Column>
        </TableHeader>
        <TableBody items={props.runs} dependencies={[now]}>
          {(run) => <RunRow run={run} now={now} onRemove={props.onRemove} />}
        </TableBody>
      </Table>
    </div>
  );
}

function RunRow(props: { run: RunSummary; now: number; onRemove: (run: RunSummary) => void }): ReactNode {
  const { run } = props;
  const duration = durationMs(run, props.now);
  return (
    <Row id={run.id} textValue={`${goalTitle(run.goal)}, ${formatMoment(run.createdAt)}`}>
      <Cell>
        <span className="cell-title">{goalTitle(run.goal)}</span>
        <span className="cell-sub">{goalWord(run.goal)}</span>
      </Cell>
      <Cell>
        <RunBadge state={run.state} verdict={run.verdict} />
      </Cell>
      <Cell>
        <span className="cell-path">{run.imageLabel}</span>
      </Cell>
      <Cell>{formatMoment(run.startedAt ?? run.createdAt)}</Cell>
      <Cell className="number">{duration === null ? '–' : formatDuration(duration)}</Cell>
      <Cell>{executorWord(run)}</Cell>
      <Cell>
        {isLive(run.state) ? null : (
          <Button
            kind="quiet"
            size="small"
            icon="trash"
            label={`Remove the run of ${formatMoment(run.createdAt)}`}
            onPress={() => props.onRemove(run)}
          />
        )}
      </Cell>
    </Row>
  );
}

function RemoveDialog({ run, onClose }: { run: RunSummary | null; onClose: () => void }): ReactNode {
  const { act, pending, error, clear } = useAction();
  function close(): void {
    clear();
    onClose();
  }
  return (
    <ConfirmDialog
      open={run !== null}
      title="Remove this run?"
      action="Remove the run"
      keep="Keep it"
      pending={pending}
      error={error}
      onClose={close}
      onConfirm={() =>
        act(async (client) => {
          if (run !== null) await client.run.remove({ run: run.id });
          onClose();
        })
      }
    >
      <p>
        Its record, its console log and its disks are deleted
        {run === null ? '' : `: ${goalTitle(run.goal)} of ${formatMoment(run.createdAt)}`}. The image stays.
      </p>
    </ConfirmDialog>
  );
}
