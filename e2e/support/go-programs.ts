import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheEntry } from './cache-entry.ts';
import { runTool } from './run-tool.ts';

/** A module with a dependency that is vendored and two that are replaced, so that it builds without any network. */
const sources = {
  'go.mod': `module example.com/tool

go 1.19

require (
	example.com/local v1.1.0
	example.com/renamed v1.0.0
	example.com/vendored v1.2.3
)

replace example.com/renamed v1.0.0 => example.com/fork v1.5.0

replace example.com/local => ./local
`,
  'local/go.mod': 'module example.com/local\n\ngo 1.19\n',
  'cmd/tool/main.go': `package main

import (
	"fmt"

	"example.com/local"
	"example.com/renamed"
	"example.com/vendored"
)

var version = "unset"

func main() { fmt.Println(version, local.Name, renamed.Name, vendored.Name) }
`,
  'local/local.go': 'package local\n\nconst Name = "local"\n',
  'vendor/modules.txt': `# example.com/local v1.1.0 => ./local
## explicit; go 1.19
example.com/local
# example.com/renamed v1.0.0 => example.com/fork v1.5.0
## explicit; go 1.19
example.com/renamed
# example.com/vendored v1.2.3
## explicit; go 1.19
example.com/vendored
# example.com/local => ./local
# example.com/renamed v1.0.0 => example.com/fork v1.5.0
`,
  'vendor/example.com/local/local.go': 'package local\n\nconst Name = "local"\n',
  'vendor/example.com/renamed/renamed.go': 'package renamed\n\nconst Name = "renamed"\n',
  'vendor/example.com/vendored/vendored.go': 'package vendored\n\nconst Name = "vendored"\n',
} as const;

/** What is built: machine, and further flags. */
const builds: Readonly<Record<string, readonly [machine: string, ...flags: string[]]>> = {
  'linux-amd64': ['linux/amd64'],
  'linux-amd64-pie': ['linux/amd64', '-buildmode=pie'],
  'linux-amd64-stripped': ['linux/amd64', '-ldflags=-s -w -X main.version=v4.5.6', '-tags=netgo,osusergo'],
  'linux-386': ['linux/386'],
  'linux-s390x': ['linux/s390x'],
  'windows-amd64.exe': ['windows/amd64', '-trimpath'],
  'darwin-arm64': ['darwin/arm64'],
};

/** Programs that this machine's Go builds, by name: ELF of several machines, PE and Mach-O. */
export async function goPrograms(): Promise<Readonly<Record<string, string>>> {
  const version = await runTool('go', ['version']);
  const directory = await cacheEntry('go-programs', { version, sources, builds, made: 1 }, async (entry) => {
    for (const [path, text] of Object.entries(sources)) {
      await mkdir(dirname(join(entry, 'src', path)), { recursive: true });
      await writeFile(join(entry, 'src', path), text);
    }
    for (const [name, [machine, ...flags]] of Object.entries(builds)) {
      const [GOOS, GOARCH] = machine.split('/');
      const env = { ...process.env, GOOS, GOARCH, CGO_ENABLED: '0', GOFLAGS: '-mod=vendor', GOPROXY: 'off' };
      await runTool('go', ['build', ...flags, '-o', join(entry, name), './cmd/tool'], { cwd: join(entry, 'src'), env });
    }
  });
  return Object.fromEntries(Object.keys(builds).map((name) => [name, join(directory, name)]));
}
