export type { ArrayValue } from './array-value.js';
export { checkArrayValue } from './array-value.js';
export type { ColumnType, CsvOptions } from './csv/csv-options.js';
export { defaultMissing } from './csv/csv-options.js';
export type { Column } from './csv/column.js';
export { parseCsv, readCsv } from './csv/read-csv.js';
export type { StreamCsvOptions } from './csv/stream-csv.js';
export { streamCsv } from './csv/stream-csv.js';
export { Table } from './csv/table.js';
export type { CsvColumns, FormatCsvOptions } from './csv/write-csv.js';
export { formatCsv, writeCsv } from './csv/write-csv.js';
export { readFileBytes } from './files/read-file.js';
export { writeFileAtomic } from './files/write-file-atomic.js';
export { nodeFiles } from './files/node-modules.js';
export { formatNpy, parseNpy, readNpy, writeNpy } from './npy/npy.js';
export type { NpzOptions } from './npy/npz.js';
export { formatNpz, parseNpz, readNpz, writeNpz } from './npy/npz.js';
export type { Safetensors, SafetensorsOptions } from './safetensors/safetensors.js';
export {
  formatSafetensors,
  parseSafetensors,
  readSafetensors,
  writeSafetensors,
} from './safetensors/safetensors.js';
export type { TensorBoardEvent } from './tensorboard/events.js';
export { formatTensorBoard, tensorBoardHeader } from './tensorboard/events.js';
