import type { Tensor } from '@gradus/tensor';
import { ValueError } from '@gradus/tensor';
import type { LayerFactory, LayerOptions } from './layer.js';
import { layerLabel } from './layer-errors.js';
import { nestedContext, nestedParams, nestedSpecs } from './nested-layer.js';
import type { CellRun, RecurrentCell } from './recurrent-cell.js';
import { defineCell, isRecurrentCell } from './recurrent-cell.js';
import type { SymbolicShape } from './symbolic.js';

/** Options of {@link stackedRNNCells}. */
export interface StackedRNNCellsOptions extends LayerOptions {
  /** Cells one on top of the other: each sees the output of the one before. */
  readonly cells: readonly RecurrentCell[];
}

interface StackedConfig {
  readonly cells: readonly RecurrentCell[];
}

const place = (index: number): string => `cells/${index}`;

/** The input of each cell, one step of it. */
function stepShapes(cells: readonly RecurrentCell[], stepShape: SymbolicShape): SymbolicShape[] {
  const shapes = [stepShape];
  for (const cell of cells.slice(0, -1))
    shapes.push(cell.outputShape([shapes.at(-1) as SymbolicShape])[0] as SymbolicShape);
  return shapes;
}

/** The states of each cell, out of those of all. */
function statesOfEach<T>(counts: readonly number[], states: readonly T[]): T[][] {
  const queue = [...states];
  return counts.map((count) => queue.splice(0, count));
}

/**
 * Several cells as one: at every step each sees the output of the one before. States come in the order of the cells:
 * an LSTM cell on a GRU cell has `[h, c, h]`.
 *
 * @throws ValueError when there are no cells or something else among them.
 * @example
 * const cell = stackedRNNCells({ cells: [lstmCell({ units: 4 }), gruCell({ units: 2 })] });
 * cell.cell.stateShapes([null, 3]); // => [[4],[4],[2]]
 */
export const stackedRNNCells: LayerFactory<
  readonly [options: StackedRNNCellsOptions],
  RecurrentCell
> = defineCell({
  className: 'StackedRNNCells',
  resolve(options: StackedRNNCellsOptions): StackedConfig {
    const { cells } = options;
    if (!Array.isArray(cells) || cells.length === 0 || !cells.every(isRecurrentCell))
      throw new ValueError(
        'recurrent/cells',
        `${layerLabel('StackedRNNCells', options)} takes a list of cells.`,
        {
          got: Array.isArray(cells)
            ? `[${cells.map((cell) => String((cell as { className?: unknown } | null)?.className)).join(', ')}]`
            : String(cells),
          expected: 'at least one cell, such as lstmCell or one made with defineCell',
          fix: 'stackedRNNCells({ cells: [lstmCell({ units: 8 }), lstmCell({ units: 4 })] })',
        },
      );
    return { cells };
  },
  build({ cells }, stepShape) {
    const shapes = stepShapes(cells, stepShape);
    return Object.assign(
      {},
      ...cells.map((cell, i) =>
        nestedSpecs(place(i), cell.build(shapes[i] as SymbolicShape), cell),
      ),
    ) as Record<string, never>;
  },
  stateShapes({ cells }, stepShape) {
    const shapes = stepShapes(cells, stepShape);
    return cells.flatMap(({ cell }, i) => cell.stateShapes(shapes[i] as SymbolicShape));
  },
  outputState({ cells }, stepShape) {
    const shapes = stepShapes(cells, stepShape);
    const before = cells
      .slice(0, -1)
      .reduce((sum, { cell }, i) => sum + cell.stateShapes(shapes[i] as SymbolicShape).length, 0);
    const last = cells.at(-1) as RecurrentCell;
    return before + last.cell.outputState(shapes.at(-1) as SymbolicShape);
  },
  begin(params, inputs, states, { cells }, context): CellRun {
    const shapes = stepShapes(cells, inputs.shape.slice(1));
    const counts = cells.map(({ cell }, i) => cell.stateShapes(shapes[i] as SymbolicShape).length);
    const starts = statesOfEach(counts, states);
    // A cell above the first gets its input only step by step, so it begins anew with each; its dropout stays the same,
    // because it comes from the same key.
    const runs = (x: Tensor, i: number): CellRun =>
      (cells[i] as RecurrentCell).cell.begin(
        nestedParams(place(i), params),
        x,
        starts[i] as Tensor[],
        nestedContext(place(i), context),
      );
    const first = runs(inputs, 0);
    return {
      inputs: first.inputs,
      step(input, all) {
        const each = statesOfEach(counts, all);
        let { output, states: next } = first.step(input, each[0] as Tensor[]);
        const nextStates = [...next];
        for (let i = 1; i < cells.length; i++) {
          const run = runs(output.expandDims(0), i);
          ({ output, states: next } = run.step(run.inputs.squeeze(0), each[i] as Tensor[]));
          nextStates.push(...next);
        }
        return { output, states: nextStates };
      },
    };
  },
});

/** The cell itself, or a stack of those in a list. */
export function asCell(
  label: string,
  cell: RecurrentCell | readonly RecurrentCell[],
): RecurrentCell {
  if (Array.isArray(cell)) return stackedRNNCells({ cells: cell as readonly RecurrentCell[] });
  if (isRecurrentCell(cell)) return cell;
  throw new ValueError('recurrent/cell', `${label} takes a cell.`, {
    got: String((cell as { className?: unknown } | null)?.className ?? cell),
    expected: 'lstmCell, gruCell, simpleRNNCell, a list of them, or one made with defineCell',
    fix: 'rnn({ cell: lstmCell({ units: 8 }) })',
  });
}
