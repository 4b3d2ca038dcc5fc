// The console log: terminal, search, copy, and whether it follows the machine.
import { type ReactNode, useCallback, useEffect, useRef } from 'react';
import { formatBytes } from '../../../shared/units.ts';
import { readWireError } from '../../../shared/wire-errors.ts';
import { useConnection } from '../connection/context.tsx';
import type { LogSource } from '../log/log-reader.ts';
import { useLog, useLogState } from '../log/use-log.ts';
import { useLogSearch } from '../log/use-log-search.ts';
import type { JumpRequest } from '../pages/run.tsx';
import { Button } from './controls.tsx';
import { ErrorCard } from './feedback.tsx';
import { LogActions } from './log-actions.tsx';
import { LogSearch } from './log-search.tsx';

const LABEL = 'Console log. Arrow keys scroll, Home and End go to its ends, Control F searches.';

export function LogPanel(props: {
  run: string;
  source: LogSource;
  sizeBytes: number;
  failureOffset: number | null;
  request: JumpRequest | null;
}): ReactNode {
  const { run, source, failureOffset, request } = props;
  const field = useRef<HTMLInputElement | null>(null);
  const openSearch = useCallback(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  const { element, log, selected } = useLog(source, props.sizeBytes, LABEL, openSearch);
  const state = useLogState(log);
  const search = useLogSearch(source, log);
  const { status } = useConnection();

  useEffect(() => {
    if (request === null) return;
    log?.controller.jump(request.offsetBytes, null);
    element.current?.scrollIntoView({ block: 'nearest' });
  }, [log, request, element]);

  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'f') return;
      event.preventDefault();
      openSearch();
    }
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [openSearch]);

  return (
    <section className="log" aria-label="Console">
      <div className="log-bar">
        <LogSearch field={field} search={search} onLeave={() => log?.pane.focus()} />
        <span className="grow" />
        {failureOffset === null ? null : (
          <Button size="small" icon="flag" onPress={() => log?.controller.jump(failureOffset, null)}>
            First failure
          </Button>
        )}
        <LogActions run={run} source={source} log={log} selected={selected} />
      </div>
      {state.error === null || status !== 'open' ? null : <ErrorCard error={readWireError(state.error)} />}
      <div className="log-frame">
        {state.hasEarlier ? (
          <div className="log-earlier">
            <span>Shown from {formatBytes(state.startBytes)} on.</span>
            <Button size="small" kind="quiet" icon="up" onPress={() => log?.controller.earlier()}>
              Load earlier output
            </Button>
          </div>
        ) : null}
        <div className="log-terminal" role="group" aria-label="Console log">
          <div className="log-screen" ref={element} />
        </div>
        <div className="log-foot">
          {state.following ? (
            <span className="log-state" role="status">
              Following the end
            </span>
          ) : (
            <>
              <span className="log-state paused" role="status">
                Paused at {formatBytes(state.endBytes)} of {formatBytes(state.sizeBytes)}
              </span>
              <Button size="small" icon="down" kind="primary" onPress={() => log?.controller.follow()}>
                Follow
              </Button>
            </>
          )}
        </div>
      </div>
    </section>
  );
}
