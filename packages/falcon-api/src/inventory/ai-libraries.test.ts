import { describe, expect, it } from 'vitest';
import { isAiLibrary } from './ai-libraries.ts';

describe('isAiLibrary', () => {
  it.each([
    ['pypi', 'torch'],
    ['pypi', 'PyTorch_Lightning'],
    ['pypi', 'huggingface.hub'],
    ['npm', '@tensorflow/tfjs-node'],
    ['maven', 'dev.langchain4j:langchain4j'],
    ['nuget', 'Microsoft.ML'],
    ['huggingface', 'Qwen/Qwen2.5-0.5B'],
  ])('knows %s %s', (type, name) => {
    expect(isAiLibrary(type, name)).toBe(true);
  });

  it.each([
    ['pypi', 'torchlight'],
    ['npm', 'torch'],
    ['npm', '@Tensorflow/tfjs'],
    ['deb', 'torch'],
    ['constructor', 'name'],
  ])('does not take %s %s for one', (type, name) => {
    expect(isAiLibrary(type, name)).toBe(false);
  });
});
