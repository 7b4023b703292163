// Results as tables: for a terminal with every detail, and as Markdown for docs/benchmarks.md.
import { compareTimes, inWords, threeDigits } from './statistics.mjs';
import { findMetric, shown, works } from './works.mjs';

/** What `runner` reached in `metric`: its own figure, or the one that stands in for it. */
export function resultOf(results, metric, runnerId) {
  const find = (id) => results.find((each) => each.metric === id && each.runner === runnerId);
  const own = find(metric.id);
  if (own !== undefined) return { ...own, stand: undefined };
  if (metric.otherwise === undefined) return undefined;
  const other = find(metric.otherwise);
  return other && { ...other, stand: findMetric(metric.otherwise)?.metric.title };
}

/** Gradus as it comes, with as many threads as the runner; with one thread where it has no more. */
function gradusResult(run, metric, threads) {
  const candidates = run.runners.filter(({ isGradus }) => isGradus);
  const ordered = [
    ...candidates.filter((each) => each.threads === threads),
    ...candidates.filter((each) => each.threads === 1),
  ];
  for (const { id } of ordered) {
    const found = run.results.find((each) => each.metric === metric.id && each.runner === id);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Times and sizes of Gradus over those of a runner; undefined for Gradus itself and where there is nothing to compare. */
export function ratioTo(run, metric, runner) {
  // A factor is a ratio already: of a peer with itself.
  if (runner.isGradus || metric.show === 'factor') return undefined;
  const gradus = gradusResult(run, metric, runner.threads);
  const peer = resultOf(run.results, metric, runner.id);
  return gradus && peer && compareTimes(gradus.median, peer.median);
}

const wordsFor = (metric) =>
  metric.show === 'size' ? { better: 'smaller', worse: 'larger' } : undefined;

/** Columns of text, the first one and the last one to the left, the others to the right. */
export function grid(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, i) =>
        i === 0 || i === row.length - 1 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]),
      )
      .join('  ')
      .trimEnd(),
  );
}

const worksOf = (run) =>
  works
    .map((work) => ({
      ...work,
      metrics: work.metrics.filter(({ id }) => run.results.some((each) => each.metric === id)),
    }))
    .filter(({ metrics }) => metrics.length > 0);

function goalText({ goal }) {
  if (goal === undefined) return undefined;
  const pair = (one, two) => (two === undefined ? one : `${one} (2 threads ${two})`);
  const text = (name) =>
    pair(goal[name].toLocaleString('en-US'), goal[`${name}2`]?.toLocaleString('en-US'));
  return goal.relaxed === goal.wide ? text('relaxed') : `${text('relaxed')}; wide ${text('wide')}`;
}

/** Tables for a terminal: one per metric, best and median, and the ratio in both directions. */
export function textTables(run) {
  const lines = [];
  for (const work of worksOf(run)) {
    lines.push('', `## ${work.title}`);
    for (const metric of work.metrics) {
      const rows = [['', 'threads', 'median', 'best', 'Gradus/peer', 'Gradus is']];
      for (const runner of run.runners) {
        const result = resultOf(run.results, metric, runner.id);
        if (result === undefined) continue;
        const ratio = ratioTo(run, metric, runner);
        const notes = [result.stand, result.note].filter((each) => each !== undefined);
        rows.push([
          `  ${runner.title}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`,
          String(runner.threads),
          threeDigits(shown(metric, result.median)),
          threeDigits(shown(metric, result.best)),
          ratio === undefined ? '' : ratio.time.toPrecision(2),
          ratio === undefined ? '' : inWords(ratio, wordsFor(metric)),
        ]);
      }
      const goal = goalText(metric);
      const more = metric.show === 'rate' ? 'more' : 'less';
      lines.push(
        '',
        `${metric.title}, ${metric.unit} (${more} is better${goal ? `; goal ${goal}` : ''})`,
      );
      lines.push(...grid(rows));
    }
  }
  return lines.join('\n').trimStart();
}

const versionOf = ({ about = {} }) => [about.version, about.backend].filter(Boolean).join(', ');

function markdownTable(rows) {
  const [head, ...body] = rows;
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [
    line(head),
    line(head.map((_, i) => (i < 1 ? '---' : '---:'))),
    ...body.map((cells) => line(cells)),
  ].join('\n');
}

const threadsOf = ({ threads }) => `${threads} ${threads === 1 ? 'thread' : 'threads'}`;

/** A cell: the median, and in brackets how many times as fast as the runner Gradus is. */
function cell(run, metric, runner) {
  const result = resultOf(run.results, metric, runner.id);
  if (result === undefined) {
    const failed = run.failures.some(
      (each) => each.runner === runner.id && each.metric === metric.id,
    );
    return failed ? 'fails' : '';
  }
  const value = threeDigits(shown(metric, result.median));
  const ratio = ratioTo(run, metric, runner);
  const stand = result.stand === undefined ? '' : '*';
  return ratio === undefined ? value : `${value}${stand} (${threeDigits(ratio.speed)}×)`;
}

/** The page for docs/benchmarks.md: machine, versions, date, one table per work. */
export function markdown(run) {
  const { machine } = run;
  const parts = [
    '# Benchmarks',
    [
      `Measured on ${run.date.slice(0, 10)}: ${machine.cores} cores of ${machine.cpu}, ${machine.memoryGiB} GiB,`,
      `${machine.system}, Node ${machine.node.replace(/^v/, '')}; Gradus at \`${machine.commit}\`${machine.hasLocalChanges ? ' with local changes' : ''}.`,
    ].join('\n'),
    [
      `Medians of ${run.options.rounds} interleaved ${run.options.rounds === 1 ? 'round' : 'rounds'}, each peer in a process of its own${run.options.quick ? '; a quick run, for a look and not to quote' : ''}.`,
      'In brackets: how many times as fast (or small) as the peer Gradus is, with as many threads; below 1 it is slower.',
      'Differences under 10 % mean nothing. `*`: the peer has no such way of working, its nearest one is shown.',
      'How it is measured: [bench/README.md](../bench/README.md).',
    ].join('\n'),
    markdownTable([
      ['who', 'version'],
      ...[...new Map(run.runners.map((each) => [each.title, versionOf(each)]))].filter(
        ([, version]) => version !== '',
      ),
    ]),
  ];
  for (const work of worksOf(run)) {
    const shownRunners = run.runners.filter((runner) =>
      work.metrics.some((metric) => cell(run, metric, runner) !== ''),
    );
    const head = ['', 'threads', ...work.metrics.map(({ title, unit }) => `${title}, ${unit}`)];
    const goals = work.metrics.map((metric) => goalText(metric) ?? '');
    parts.push(
      `## ${work.title}`,
      markdownTable([
        head,
        ...shownRunners.map((runner) => [
          runner.title,
          String(runner.threads),
          ...work.metrics.map((metric) => cell(run, metric, runner)),
        ]),
        ...(goals.some((goal) => goal !== '') ? [['_goal_', '', ...goals]] : []),
      ]),
    );
  }
  if (run.skipped.length > 0)
    parts.push(
      '## Not measured',
      run.skipped.map((each) => `- ${each.title}, ${threadsOf(each)}: ${each.reason}`).join('\n'),
    );
  if (run.failures.length > 0)
    parts.push(
      '## What failed',
      run.failures
        .map((each) => `- ${each.title}, ${threadsOf(each)}, ${each.metric}: ${each.message}`)
        .join('\n'),
    );
  return `${parts.join('\n\n')}\n`;
}
