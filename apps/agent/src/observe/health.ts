import { printable } from '../cli/printable.ts';

/** How one part of the agent is, as the probes tell it. */
export interface ComponentReport {
  readonly ok: boolean;
  /** RFC 3339: since when it has been so. */
  readonly since: string;
  /** Why, for people. */
  readonly detail?: string;
}

/** The answer to a probe. */
export interface HealthReport {
  readonly ok: boolean;
  readonly components: Readonly<Record<string, ComponentReport>>;
}

/** The side of a part of the agent that tells how it is. */
export interface HealthComponent {
  /** It does its job. */
  up(detail?: string): void;
  /** It cannot do its job for now, and goes on trying: the agent is not ready, and alive. */
  down(detail: string): void;
  /** It has ended and nothing but a restart helps: the agent is not alive. */
  dead(detail: string): void;
  /** It is at work and got on: its deadline starts anew. */
  progress(): void;
  /** It has nothing to do: no deadline runs. */
  idle(): void;
}

/** Options of a component. */
export interface ComponentOptions {
  /** Whether it counts as up before it has said anything, such as a sink with nothing sent yet. */
  readonly up?: boolean;
  /** ms without progress, while at work, after which the agent counts as not alive. */
  readonly deadline?: number;
}

/** What the probes ask: whether the agent lives, and whether it is ready. */
export interface Health {
  /** The component of this name; declared by the first call, whose options hold. */
  component(name: string, options?: ComponentOptions): HealthComponent;
  /** Fails only for what a restart would repair. That the event loop turns is shown by getting an answer at all. */
  liveness(): HealthReport;
  /** Fails when some component is not up. */
  readiness(): HealthReport;
}

/** Options of {@link createHealth}. */
export interface HealthOptions {
  /** ms since epoch; what reports show. */
  readonly now: () => number;
  /** ms that neither a set clock nor a suspended machine moves; what deadlines go by. Default: `performance.now`. */
  readonly monotonic?: () => number;
  /** Takes secrets out of details. */
  readonly redact?: (text: string) => string;
}

type State = 'up' | 'down' | 'dead';

interface Component {
  state: State;
  detail: string | undefined;
  /** ms since epoch. */
  since: number;
  readonly deadline: number;
  /** By the monotonic clock; undefined while idle. */
  lastProgress: number | undefined;
}

const longestDetail = 500;

/** The health of the agent, made of what its components say. */
export function createHealth({
  now,
  monotonic = () => performance.now(),
  redact = (text) => text,
}: HealthOptions): Health {
  const components = new Map<string, Component>();
  const declare = (name: string, { up = false, deadline = Number.POSITIVE_INFINITY }: ComponentOptions): Component => {
    const state = up ? 'up' : 'down';
    const detail = up ? undefined : 'starting';
    const component = { state, detail, since: now(), deadline, lastProgress: undefined } satisfies Component;
    components.set(name, component);
    return component;
  };
  const report = (isOk: (component: Component, overdue: number) => boolean): HealthReport => {
    const reports = [...components].map(([name, component]): [string, ComponentReport] => {
      const overdue = overdueBy(component, monotonic());
      return [name, reportOf(component, isOk(component, overdue), overdue, now())];
    });
    return { ok: reports.every(([, { ok }]) => ok), components: Object.fromEntries(reports) };
  };
  const clean = (detail: string | undefined): string | undefined =>
    detail === undefined ? undefined : printable(redact(detail)).slice(0, longestDetail);
  return {
    component: (name, options = {}) =>
      handleOf(components.get(name) ?? declare(name, options), { now, monotonic, clean }),
    liveness: () => report(({ state }, overdue) => state !== 'dead' && overdue <= 0),
    readiness: () => report(({ state }, overdue) => state === 'up' && overdue <= 0),
  };
}

interface HandleContext {
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly clean: (detail: string | undefined) => string | undefined;
}

function handleOf(component: Component, { now, monotonic, clean }: HandleContext): HealthComponent {
  const change = (state: State, detail: string | undefined): void => {
    // Whatever still runs of it, a dead component stays dead.
    if (component.state === 'dead') return;
    if (component.state !== state) component.since = now();
    component.state = state;
    component.detail = clean(detail);
  };
  return {
    up: (detail) => change('up', detail),
    down: (detail) => change('down', detail),
    dead: (detail) => change('dead', detail),
    progress: () => {
      component.lastProgress = monotonic();
    },
    idle: () => {
      component.lastProgress = undefined;
    },
  };
}

/** ms past the deadline; 0 or less when there is time left. */
function overdueBy({ lastProgress, deadline }: Component, monotonic: number): number {
  return lastProgress === undefined ? 0 : monotonic - lastProgress - deadline;
}

function reportOf({ detail, since, deadline }: Component, ok: boolean, overdue: number, now: number): ComponentReport {
  if (overdue > 0) {
    const seconds = Math.round((deadline + overdue) / 1000);
    return { ok, since: rfc3339(now - overdue), detail: `no progress for ${seconds} s` };
  }
  return { ok, since: rfc3339(since), ...(detail === undefined ? {} : { detail }) };
}

function rfc3339(time: number): string {
  return new Date(time).toISOString();
}
