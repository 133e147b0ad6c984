import { UserError } from '../../core/errors.ts';
import type { ImageRecord } from '../../core/image.ts';
import { pathMatcher } from '../../core/path-match.ts';
import type { Paths } from '../../core/paths.ts';
import { familiarName, parseNamed } from '../../core/reference.ts';
import { untilTime } from '../../core/until-filter.ts';
import type { ImageList } from '../../store/image-list.ts';
import { readImageConfig, readImages, requireIn } from '../../store/images.ts';
import type { Filters, ImageSummary } from '../types.ts';
import type { ImagesDeps } from './deps.ts';
import { familiar } from './inspect.ts';

type Test = (image: ImageRecord, labels: Labels) => boolean;
type Labels = Readonly<Record<string, string>>;

/** Docker's `GET /images/json`, newest first. @throws UserError `INVALID_FILTER`, `IMAGE_NOT_FOUND` (of a filter) in docker's words */
export function list(
  { paths }: Pick<ImagesDeps, 'paths'>,
  { filters }: { filters: Filters; all: boolean; sharedSize: boolean },
): ImageSummary[] {
  const images = readImages(paths);
  const tests = [...filters].flatMap(([key, values]) => testsOf(key, values, images));
  const patterns = filters.get('reference');
  const named = patterns && nameTest(patterns);
  return images
    .map(image => (named ? withMatchingNames(image, named) : image))
    .filter(image => !named || hasNames(image))
    .map(image => ({ image, labels: labelsOf(paths, image) }))
    .filter(({ image, labels }) => tests.every(test => test(image, labels ?? {})))
    .map(({ image, labels }) => summaryOf(image, labels))
    .sort((a, b) => b.Created - a.Created);
}

/** A damaged image is listed, so that it can be removed or pulled again, and does not hide the others. */
function labelsOf(paths: Paths, image: ImageRecord): Labels | null {
  try {
    return readImageConfig(paths, image).config?.Labels ?? null;
  } catch (error) {
    if (error instanceof UserError && error.code === 'IMAGE_DAMAGED') return null;
    throw error;
  }
}

function summaryOf(image: ImageRecord, labels: Labels | null): ImageSummary {
  return {
    Id: image.id,
    ParentId: '',
    RepoTags: image.repoTags.map(familiar),
    RepoDigests: image.repoDigests.map(familiar),
    Created: Math.floor(Date.parse(image.created) / 1000),
    Size: image.size,
    SharedSize: -1,
    Labels: labels,
    Containers: -1,
  };
}

function testsOf(key: string, values: readonly string[], images: ImageList): Test[] {
  switch (key) {
    case 'reference':
      return [];
    case 'dangling':
      return [danglingTest(values)];
    case 'label':
      return values.map(value => labelTest(value, true));
    case 'label!':
      return values.map(value => labelTest(value, false));
    case 'before': {
      const limits = values.map(value => createdMs(requireIn(images, value)));
      return [image => limits.every(limit => createdMs(image) < limit)];
    }
    case 'since': {
      const limits = values.map(value => createdMs(requireIn(images, value)));
      return [image => limits.every(limit => createdMs(image) > limit)];
    }
    case 'until': {
      const limits = values.map(value => untilTime(value, Date.now()));
      return [image => limits.every(limit => createdMs(image) < limit)];
    }
    default:
      throw new UserError('invalid', 'INVALID_FILTER', `invalid filter '${key}'`);
  }
}

function danglingTest(values: readonly string[]): Test {
  const wanted = values.map(value => {
    if (['1', 'true'].includes(value.toLowerCase())) return true;
    if (['0', 'false'].includes(value.toLowerCase())) return false;
    throw new UserError('invalid', 'INVALID_FILTER', `invalid filter 'dangling=[${values.join(' ')}]'`);
  });
  // As in docker, what has a digest and no tag is dangling, and is shown among the others too.
  return image => (wanted.includes(true) && image.repoTags.length === 0) || (wanted.includes(false) && hasNames(image));
}

function labelTest(text: string, wanted: boolean): Test {
  const [key = '', ...rest] = text.split('=');
  const value = rest.length > 0 ? rest.join('=') : undefined;
  return (_, labels) => (Object.hasOwn(labels, key) && (value === undefined || labels[key] === value)) === wanted;
}

function createdMs(image: ImageRecord): number {
  return Date.parse(image.created);
}

type NameTest = (fullName: string) => boolean;

/** Docker's `FamiliarMatch`: the pattern fits the name as shown, or the name without tag and digest. */
function nameTest(patterns: readonly string[]): NameTest {
  const tests = patterns.map(pathMatcher);
  return fullName => tests.some(matches => matches(familiar(fullName)) || matches(familiarName(parseNamed(fullName))));
}

function withMatchingNames(image: ImageRecord, matches: NameTest): ImageRecord {
  return { ...image, repoTags: image.repoTags.filter(matches), repoDigests: image.repoDigests.filter(matches) };
}

function hasNames(image: ImageRecord): boolean {
  return image.repoTags.length + image.repoDigests.length > 0;
}
