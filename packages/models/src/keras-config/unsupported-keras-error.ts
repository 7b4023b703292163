import { GradusError } from '@gradus/tensor';

/**
 * Something of Keras that Gradus has no counterpart for. `className` names it, so that a reader of many files can say
 * what was left out.
 */
export class UnsupportedKerasError extends GradusError {
  /** Keras' class name, such as 'ConvLSTM2D'. */
  readonly className: string;

  constructor(className: string, reason?: string, fix?: string) {
    super(
      'keras/unsupported',
      `${className} is not supported yet${reason === undefined ? '.' : `: ${reason}.`}`,
      {
        got: className,
        expected: 'a class and options that Gradus has',
        ...(fix === undefined ? {} : { fix }),
      },
    );
    this.className = className;
  }
}
