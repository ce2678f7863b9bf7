import { RunningRegistry } from './running-registry.ts';
import type { TestRegistry, TestRegistryOptions } from './test-registry.ts';

/**
 * Starts a registry for tests: a real HTTP server on loopback with its content in memory, strict about the protocol and
 * about authentication, and faulty where rules say so. Close it in the end.
 */
export async function createRegistry(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const registry = new RunningRegistry(options);
  await registry.start();
  return registry;
}
