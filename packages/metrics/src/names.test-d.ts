/** Checked by the type checker: a wrong name or option of a metric does not compile. Nothing here runs. */
import {
  auc,
  f1Score,
  getMetric,
  iou,
  meanIoU,
  precision,
  sensitivityAtSpecificity,
} from './index.js';
import type { Metric } from './index.js';

getMetric('mae') satisfies Metric;
getMetric('accuracy') satisfies Metric;
// @ts-expect-error no metric has this name
getMetric('acuracy');
// @ts-expect-error it needs to know how many classes there are
getMetric('meanIoU');

auc({ curve: 'PR' }) satisfies Metric;
// @ts-expect-error no such curve
auc({ curve: 'pr' });
// @ts-expect-error no such option
precision({ threshold: 0.5 });
// @ts-expect-error no such average
f1Score({ average: 'mean' });
// @ts-expect-error the number of classes is missing
meanIoU({});
// @ts-expect-error the classes that are wanted are missing
iou({ numClasses: 3 });
// @ts-expect-error the specificity is missing
sensitivityAtSpecificity({ numThresholds: 10 });
