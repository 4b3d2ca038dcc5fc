// Plans and the tokens that confirm them: a plan is confirmed once, a token works once, both only for a while, and only for these drives and these bytes.
import { randomBytes } from 'node:crypto';
import { SeedbedError } from '../../shared/errors.ts';

/** Longer than anybody needs to read a question; a drive that was chosen an hour ago is chosen again. */
const LIFE_MILLISECONDS = 15 * 60 * 1000;
const MOST_PLANS = 20;

export interface Tokens<Plan> {
  add(plan: Plan): string;
  /** Throws FLASH_PLAN_UNKNOWN. */
  plan(id: string): Plan;
  /** The plan is used up by it. Throws FLASH_PLAN_UNKNOWN. */
  confirm(id: string): string;
  drop(id: string): void;
  /** Throws FLASH_PLAN_UNKNOWN; a second time, too. */
  redeem(token: string): Plan;
}

interface Entry<Plan> {
  plan: Plan;
  until: number;
}

export function createTokens<Plan>(now: () => number = () => performance.now()): Tokens<Plan> {
  const plans = new Map<string, Entry<Plan>>();
  const confirmed = new Map<string, Entry<Plan>>();

  function find(entries: Map<string, Entry<Plan>>, id: string): Plan {
    const entry = entries.get(id);
    if (entry === undefined || entry.until < now()) {
      entries.delete(id);
      throw new SeedbedError('FLASH_PLAN_UNKNOWN', { plan: id });
    }
    return entry.plan;
  }
  function keep(entries: Map<string, Entry<Plan>>, prefix: string, plan: Plan): string {
    const id = `${prefix}-${randomBytes(16).toString('hex')}`;
    entries.set(id, { plan, until: now() + LIFE_MILLISECONDS });
    const [oldest] = entries.keys();
    if (entries.size > MOST_PLANS && oldest !== undefined) entries.delete(oldest);
    return id;
  }

  return {
    add: (plan) => keep(plans, 'plan', plan),
    plan: (id) => find(plans, id),
    confirm(id) {
      const plan = find(plans, id);
      plans.delete(id);
      return keep(confirmed, 'token', plan);
    },
    drop: (id) => void plans.delete(id),
    redeem(token) {
      const plan = find(confirmed, token);
      confirmed.delete(token);
      return plan;
    },
  };
}
