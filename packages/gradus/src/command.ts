#!/usr/bin/env node
import { loadModel } from '@gradus/models';
import { GradusError } from '@gradus/tensor';
import { Command } from 'commander';
import process from 'node:process';

const program = new Command('gradus').description('Look at models that Gradus saved.');

program
  .command('summary')
  .description('print the layers, shapes and parameters of a saved model')
  .argument('<file>', 'a file written by model.save')
  .action(async (file: string) => {
    const model = await loadModel(file);
    model.summary();
  });

try {
  await program.parseAsync();
} catch (error) {
  // A mistake in a file is the user's to fix, with the error's own words; a stack trace would only hide them.
  if (!(error instanceof GradusError)) throw error;
  console.error(`${error.name} ${error.message}`);
  process.exitCode = 1;
}
