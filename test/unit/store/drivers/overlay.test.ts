import { layerDriverSuite } from '../../../suites/layer-driver.ts';

layerDriverSuite('overlay');
