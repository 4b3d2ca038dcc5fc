// What jobs came to in detail, by job id, for the time of the host: a snapshot that is sent ten times a second is no place for it.

export interface Reports<T> {
  set(job: string, report: T): void;
  get(job: string): T | null;
}

/** As many as jobs are remembered. */
const KEPT_REPORTS = 50;

export function createReports<T>(): Reports<T> {
  const reports = new Map<string, T>();
  return {
    set(job, report) {
      reports.set(job, report);
      const oldest = reports.keys().next();
      if (reports.size > KEPT_REPORTS && oldest.done !== true) reports.delete(oldest.value);
    },
    get: (job) => reports.get(job) ?? null,
  };
}
