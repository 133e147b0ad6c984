export { ClientQueue } from './client-queue.ts';
export { type OutputClient, OutputFanOut } from './output-fan-out.ts';
export { openInputPipe, openOutputPipe, openTerminal } from './process-stdio.ts';
export { StdinFanIn } from './stdin-fan-in.ts';
