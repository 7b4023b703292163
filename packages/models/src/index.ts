/** Models: build, compile, fit, evaluate, predict, save and load. */
export * from './callbacks/index.js';
export type { CompileOptions, LossLike, MetricLike } from './compile-options.js';
export type { ModelConfig } from './config.js';
export { useEngine } from './engine.js';
export type { EvaluateOptions } from './evaluate.js';
export type { FitOptions } from './fit.js';
export type { PredictOptions } from './predict.js';
export type { WeightOptions } from './prepare.js';
export type { FunctionalOptions } from './functional.js';
export { defineModel, DefinedModel } from './defined-model.js';
export type {
  DefinedModelOptions,
  ModelDefinition,
  ModelInput,
  OwnLayers,
} from './defined-model.js';
export { Functional, model } from './functional.js';
export type { Graph, PlacedVariable, Symbols } from './graph.js';
export { loadModel, modelFromBytes, modelFromConfig } from './load.js';
export type { ModelOptions, Prediction } from './model.js';
export { Model } from './model.js';
export { snakeCase } from './names.js';
export type { ProgressBarOptions, ShownValues } from './progbar.js';
export { ProgressBar } from './progbar.js';
export type { Logs } from './programs.js';
export { Run } from './run.js';
export type { History, TrainingEvent } from './run.js';
export type { SequentialOptions } from './sequential.js';
export { Sequential, sequential } from './sequential.js';
export type { SummaryOptions } from './summary.js';
export { applyGradients, differentiate, testStep, trainStep } from './train-step.js';
export type {
  Batch,
  DifferentiateOptions,
  StepFunction,
  StepPass,
  StepPlan,
  TrainState,
} from './train-step.js';
export { Variable } from './variables.js';
export * from './keras-config/index.js';
