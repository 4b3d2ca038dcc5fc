// The console log: terminal, search, copy, and whether it follows the machine.
import { type ReactNode, useCallback, useEffect, useRef } from 'react';
import type { LogSource } from '../log/log-reader.ts';
import { useLog } from '../log/use-log.ts';
import type { JumpRequest } from '../pages/run.tsx';
import { LogActions } from './log-actions.tsx';
import { FirstFailure, LogEarlier, LogFoot, LogProblem } from './log-state.tsx';
import { LogSearch } from './log-search.tsx';

const LABEL = 'Console log. Arrow keys scroll, Home and End go to its ends, Control F searches.';

export function LogPanel(props: {
  run: string;
  source: LogSource;
  sizeBytes: number;
  failureOffset: number | null;
  request: JumpRequest | null;
  /** About which byte is in view; null while the log follows its end. */
  onPlace: (placeBytes: number | null) => void;
}): ReactNode {
  const { run, source, failureOffset, request, onPlace } = props;
  const field = useRef<HTMLInputElement | null>(null);
  const openSearch = useCallback(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  const { element, log, selected } = useLog(source, props.sizeBytes, LABEL, openSearch);

  useEffect(() => {
    if (request === null) return;
    log?.controller.jump(request.offsetBytes, null);
    element.current?.scrollIntoView({ block: 'nearest' });
  }, [log, request, element]);

  useEffect(() => {
    if (log === null) return;
    return log.controller.subscribe(() => onPlace(log.controller.get().placeBytes));
  }, [log, onPlace]);

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
        <LogSearch field={field} source={source} log={log} />
        <span className="grow" />
        <FirstFailure offset={failureOffset} log={log} />
        <LogActions run={run} source={source} log={log} selected={selected} />
      </div>
      <LogProblem log={log} />
      <div className="log-frame">
        <LogEarlier log={log} />
        <div className="log-terminal" role="group" aria-label="Console log">
          <div className="log-screen" ref={element} />
        </div>
        <LogFoot log={log} />
      </div>
    </section>
  );
}
