// The distfiles of a checkout: how many are here, what to do, and the table.
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { Input, SearchField, ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import type { DistfileSelection } from '../../../shared/contract/distfiles.ts';
import type { DistfileTable as Table } from '../../../shared/model/distfile.ts';
import type { Job } from '../../../shared/model/job.ts';
import type { MirrorView } from '../../../shared/model/mirror.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard, Waiting } from '../components/feedback.tsx';
import { Icon } from '../components/icons.tsx';
import { Progress } from '../components/status.tsx';
import { useJobs, useLive } from '../connection/context.tsx';
import {
  countFilters,
  type FilterId,
  FILTERS,
  readFilter,
  readOrder,
  shownRows,
  writeOrder,
} from '../derive/distfile-filter.ts';
import { wholeTables } from '../derive/distfile-view.ts';
import { totalsText } from '../derive/missing-files.ts';
import { shownJob } from '../derive/source-jobs.ts';
import type { SourcesView } from '../route-views.ts';
import { BillFiles } from './bill-files.tsx';
import { DistfileDetails } from './distfile-details.tsx';
import { DistfileTable } from './distfile-table.tsx';
import { JobStrip } from './job-strip.tsx';
import { MissingNotice } from './missing-notice.tsx';
import { MoreActions } from './more-actions.tsx';
import { RatesProvider } from './rates.tsx';
import { changeView } from './sources-address.ts';
import { type SourceActions, useSourceActions } from './use-source-actions.ts';

/** Words get into the address when typing pauses. */
const TYPING_PAUSE_MS = 300;

/** What is wrong with the checkout itself stands in its card. */
const SAID_ABOVE = ['CHECKOUT_INVALID', 'PLACE_UNKNOWN', 'NOT_FOUND'];

interface SectionProps {
  selection: DistfileSelection;
  view: SourcesView;
  mirrors: readonly MirrorView[];
}

export function DistfileSection(props: SectionProps): ReactNode {
  const { selection, view } = props;
  const { value, error } = useLive(`distfiles ${JSON.stringify(selection)}`, async (client, signal) =>
    wholeTables(await client.distfiles.watch(selection, { signal })),
  );
  const actions = useSourceActions(selection);
  const job = shownJob(useJobs().value ?? [], view.job);
  return (
    <section aria-labelledby="distfiles" className="distfiles">
      {error === null || SAID_ABOVE.includes(error.code) ? null : <ErrorCard error={error} />}
      {actions.error === null ? null : <ErrorCard error={actions.error} />}
      {actions.importFolder.dialog}
      {actions.exportFolder.dialog}
      {actions.createMirror.dialog}
      {value === null && error === null ? <Waiting>Reading which files the checkout wants</Waiting> : null}
      {value === null ? null : <Distfiles {...props} table={value} actions={actions} job={job} />}
    </section>
  );
}

interface DistfilesProps extends SectionProps {
  table: Table;
  actions: SourceActions;
  job: Job | null;
}

function Distfiles({ selection, view, mirrors, table, actions, job }: DistfilesProps): ReactNode {
  const { rows, totals } = table;
  const filter = readFilter(view.show);
  const order = readOrder(view.sort);
  const [words, setWords] = useTypedWords(view.find);
  const isBusy = job?.state === 'running';
  const counts = useMemo(() => countFilters(rows), [rows]);
  const shown = useMemo(
    () => shownRows(rows, { filter, order: readOrder(view.sort), words }),
    [rows, filter, view.sort, words],
  );
  const wanted = shown.filter(({ state }) => state !== 'present').map(({ name }) => name);
  const isPart = wanted.length > 0 && wanted.length < counts.missing;
  return (
    <>
      <div className="distfiles-head">
        <div className="distfiles-words">
          <h2 id="distfiles">Distfiles</h2>
          <p className="muted">{totalsText(totals)}</p>
        </div>
        <div className="page-actions">
          {isPart ? (
            <Button pending={actions.pending || isBusy} onPress={() => actions.fetch(wanted)}>
              {`Fetch the ${wanted.length} shown`}
            </Button>
          ) : null}
          {counts.missing === 0 ? null : (
            <Button
              kind="primary"
              icon="download"
              pending={actions.pending || isBusy}
              onPress={() => actions.fetch(null)}
            >
              {totals.present === 0 ? 'Fetch all' : `Fetch all ${counts.missing} missing`}
            </Button>
          )}
          <MoreActions
            choice={selection.checkout}
            actions={actions}
            disabled={isBusy}
            missing={counts.missing}
          />
        </div>
        {isBusy ? null : (
          <Progress
            label="Distfiles that are here"
            share={totals.files === 0 ? 0 : totals.present / totals.files}
            text={totalsText(totals)}
          />
        )}
      </div>
      {job === null ? null : <JobStrip job={job} />}
      {isBusy ? null : (
        <MissingNotice
          rows={rows}
          mirrors={mirrors}
          disabled={actions.pending}
          onImport={actions.importFolder.ask}
        />
      )}
      <div className="table-tools">
        <div className="filters">
          <FilterChoice filter={filter} counts={counts} />
          <ToggleButton
            aria-label="Every step: also files of steps that are not built"
            className="button quiet small"
            isSelected={selection.everyStep === true}
            onChange={(every) => changeView({ steps: every ? 'every' : null })}
          >
            Every step
          </ToggleButton>
        </div>
        <SearchField
          aria-label="Search the distfiles"
          className="search-field"
          value={words}
          onChange={setWords}
        >
          <Icon name="search" size={15} />
          <Input placeholder="Name, step, address, sha256" maxLength={200} />
        </SearchField>
      </div>
      <RatesProvider rows={rows}>
        <DistfileTable
          rows={shown}
          order={order}
          onOrder={(next) => changeView({ sort: writeOrder(next) })}
          onOpen={(file) => changeView({ file })}
        />
      </RatesProvider>
      <p className="hint" role="status">
        {shown.length === rows.length
          ? `${rows.length} files`
          : `${shown.length} of ${rows.length} files shown`}
      </p>
      <section className="chain-files" aria-label="Bill of materials">
        <span className="hint">Save the bill of materials as</span>
        <BillFiles checkout={selection.checkout} />
      </section>
      <DistfileDetails
        row={rows.find(({ name }) => name === view.file) ?? null}
        selection={selection}
        mirrors={mirrors}
        busy={isBusy}
        pending={actions.pending}
        onFetch={() => {
          if (view.file !== null) actions.fetch([view.file]);
        }}
        onClose={() => changeView({ file: null })}
      />
    </>
  );
}

function FilterChoice(props: { filter: FilterId; counts: Record<FilterId, number> }): ReactNode {
  return (
    <ToggleButtonGroup
      aria-label="Show"
      className="filters"
      disallowEmptySelection
      selectedKeys={[props.filter]}
      onSelectionChange={(keys) => {
        const show = readFilter(String([...keys][0] ?? 'all'));
        changeView({ show: show === 'all' ? null : show });
      }}
    >
      {FILTERS.map(({ id, text }) => (
        <ToggleButton key={id} id={id} className="button quiet small">
          {text} <span className="filter-count">{props.counts[id]}</span>
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}

/** What is typed now, and in the address a moment later. */
function useTypedWords(find: string | null): [string, (words: string) => void] {
  const [words, setWords] = useState(find ?? '');
  useEffect(() => {
    const timer = setTimeout(() => {
      const next = words === '' ? null : words;
      if (next !== find) changeView({ find: next });
    }, TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [words, find]);
  return [words, setWords];
}
