import { UserError } from '../../core/errors.ts';

const pattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;
/** A name becomes a file name in places; docker itself has no limit. */
const MAX_LENGTH = 255;

/** @throws UserError `INVALID_NAME` in docker's words */
export function checkName(name: string): string {
  const bare = name.startsWith('/') ? name.slice(1) : name;
  if (pattern.test(bare) && bare.length <= MAX_LENGTH) return bare;
  const shown = JSON.stringify(bare.slice(0, 60)).slice(1, -1);
  throw new UserError('invalid', 'INVALID_NAME', `Invalid container name (${shown}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
}

const adjectives =
  'able agile amber ample apt bold brave brief bright brisk calm candid clear clever cosy crisp daring deft eager early easy elegant fair fancy fine fleet fond frank fresh gentle glad golden grand happy hardy honest humble jolly keen kind lively lucid lucky lunar mellow merry mild modest neat nimble noble patient placid plucky polite prime proud quick quiet rapid ready regal robust rosy royal serene sharp shiny silent silver simple sleek smart smooth snappy solar solid sound spry steady stoic sunny swift tidy tough true trusty upbeat valid vivid warm wise witty young zen zesty';
const people =
  'abel archimedes babbage banach bell bernoulli bohr boole born brahe cantor carson cauchy cerf chandra church clarke conway copernicus curie darwin dijkstra dirac easley einstein elion engelbart euclid euler faraday fermat fermi feynman franklin galileo galois gauss germain goedel goodall hamilton hawking heisenberg hilbert hodgkin hoover hopper hypatia jackson johnson joliot kalam kepler khorana kilby knuth kowalevski lamarr lamport leakey leavitt liskov lovelace lumiere maxwell mccarthy mcculloch mclean meitner mendel mirzakhani morse nash newton nobel noether pasteur payne perlman pike planck poincare ptolemy raman ride ritchie roentgen rubin sammet shannon shaw shockley swartz tesla thompson torvalds turing varahamihira villani volhard wescoff wiles wilson wozniak wright yalow yonath';

/** Docker's kind of name: an adjective and a person of science; after `taken` was hit a few times, with a number. */
export function inventName(taken: (name: string) => boolean): string {
  for (let attempt = 0; ; attempt++) {
    const name = `${pick(adjectives)}_${pick(people)}${attempt < 5 ? '' : randomBelow(10 ** Math.min(attempt - 4, 9))}`;
    if (!taken(name)) return name;
  }
}

function pick(words: string): string {
  const list = words.split(' ');
  return list[randomBelow(list.length)] ?? 'calm';
}

function randomBelow(limit: number): number {
  return Math.floor(Math.random() * limit);
}
