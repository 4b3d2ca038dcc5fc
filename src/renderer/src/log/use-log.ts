// Opens the terminal and its controller in an element, for as long as a run is shown.
import { useEffect, useMemo, useRef, useState, useSyncExternalStore, type RefObject } from 'react';
import type { SeedbedClient } from '../../../shared/contract/contract.ts';
import { type LogController, type LogViewState, openLogController } from './log-controller.ts';
import type { LogSource } from './log-reader.ts';
import { openTerminalPane, type TerminalPane } from './terminal-pane.ts';

export interface OpenLog {
  pane: TerminalPane;
  controller: LogController;
}

export function logSource(client: () => SeedbedClient, run: string): LogSource {
  return {
    read: (fromBytes, limitBytes) => client().run.readLog({ run, fromBytes, limitBytes }),
    search: (words, fromBytes, direction) => client().run.searchLog({ run, words, fromBytes, direction }),
  };
}

/** `find` opens the search field; `sizeBytes` is the log's size as last heard. */
export function useLog(
  source: LogSource,
  sizeBytes: number,
  label: string,
  find: () => void,
): { element: RefObject<HTMLDivElement | null>; log: OpenLog | null; selected: boolean } {
  const element = useRef<HTMLDivElement | null>(null);
  const [log, setLog] = useState<OpenLog | null>(null);
  const [selected, setSelected] = useState(false);
  const onFind = useRef(find);
  useEffect(() => {
    onFind.current = find;
  });

  useEffect(() => {
    const host = element.current;
    if (host === null) return;
    const pane: TerminalPane = openTerminalPane(host, label, {
      scrolled: () => controller.scrolled(),
      // The search addon clears and selects again in one go, and says so only for the first: look afterwards.
      selected: () => queueMicrotask(() => setSelected(pane.selection() !== '')),
      key: (event) => handleKey(event, pane, controller, () => onFind.current()),
    });
    const controller: LogController = openLogController(pane, source);
    const edge = (event: WheelEvent): void => {
      if (event.deltaY < 0 && pane.isAtTop()) controller.earlier();
      if (event.deltaY > 0 && pane.isAtBottom()) controller.later();
    };
    const fit = (): void => {
      pane.fit();
      if (controller.get().following) pane.scrollToBottom();
    };
    const observer = new ResizeObserver(fit);
    observer.observe(host);
    host.addEventListener('wheel', edge, { passive: true });
    fit();
    setLog({ pane, controller });
    return () => {
      observer.disconnect();
      host.removeEventListener('wheel', edge);
      controller.dispose();
      pane.dispose();
      setLog(null);
    };
  }, [source, label]);

  useEffect(() => {
    log?.controller.grow(sizeBytes);
  }, [log, sizeBytes]);
  return { element, log, selected };
}

const NOTHING: LogViewState = {
  following: true,
  hasEarlier: false,
  placeBytes: null,
  startBytes: 0,
  endBytes: 0,
  sizeBytes: 0,
  error: null,
};
const silent = {
  subscribe: () => () => undefined,
  get: () => NOTHING,
};

export function useLogState(log: OpenLog | null): LogViewState {
  const store = useMemo(() => log?.controller ?? silent, [log]);
  return useSyncExternalStore(store.subscribe, store.get);
}

/** Keys of the log: the ones that any text view has. True when the key was one of them. */
function handleKey(
  event: KeyboardEvent,
  pane: TerminalPane,
  controller: LogController,
  find: () => void,
): boolean {
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key.toLowerCase() === 'f') find();
  else if (command && event.key.toLowerCase() === 'c' && pane.selection() !== '')
    void navigator.clipboard.writeText(pane.selection());
  else if (command || event.altKey) return false;
  else if (event.key === 'End') controller.follow();
  else if (event.key === 'Home') controller.jump(0, null);
  else {
    const rows = ROWS_OF_KEY[event.key]?.(pane.rows());
    if (rows === undefined) return false;
    if (rows < 0 && pane.isAtTop()) controller.earlier();
    if (rows > 0 && pane.isAtBottom()) controller.later();
    pane.scrollToRow(pane.top() + rows);
  }
  return true;
}

const ROWS_OF_KEY: Record<string, (page: number) => number> = {
  ArrowUp: () => -1,
  ArrowDown: () => 1,
  PageUp: (page) => 1 - page,
  PageDown: (page) => page - 1,
};
