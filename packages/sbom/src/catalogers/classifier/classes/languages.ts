import { anywhere, type BinaryClass, near, type VersionRule } from '../binary-class.ts';

const pythonCpes = ['python:python', 'python_software_foundation:python'];
const pythonLibrary = near('libpython', /\0(?<library>libpython\d\.\d{1,2}[a-z]{0,3}\.so[.\d]{0,8})\0/);

/** The version begins as the file's name ends: nothing else in the interpreter tells it from other numbers. */
function pythonRules(fileName: string): readonly VersionRule[] {
  const series = /^(?:lib)?python(\d\.\d{1,2})/.exec(fileName)?.[1]?.replace('.', String.raw`\.`);
  const ofSeries = series ?? String.raw`3\.(?:[6-9]|[1-9]\d)`;
  const version = new RegExp(String.raw`\0(?<version>${ofSeries}\.\d{1,2}(?:a|b|rc)?\d{0,2}\+?)\0`);
  return [anywhere(version, 'PYTHONHOME'), pythonLibrary];
}

const ruby = near('ruby ', /ruby (?<version>\d\.\d{1,2}\.\d{1,2}(?:(?:preview|rc|dev)\d{0,4})?)(?:p\d{1,4})? \(\d{4}-/);
const otp = [
  near('/otp_src_', /\/otp_src_(?<version>\d{1,2}(?:\.\d{1,3}){1,4}(?:-rc\d)?)\/erts\//),
  near('/src/otp-', /\/src\/otp-(?<version>\d{1,2}(?:\.\d{1,3}){1,4}(?:-rc\d)?)\/erts\//),
];
const julia = String.raw`\0(?<version>\d\.\d{1,2}\.\d{1,2}(?:-(?:alpha|beta|rc)\d)?)\0`;
const deno = String.raw`(?<version>\d{1,2}\.\d{1,2}\.\d{1,2})`;
const haskell = String.raw`(?<version>\d{1,2}(?:\.\d{1,2}){2,3})`;

/** Interpreters, runtimes and compilers, for where no package system knows of them. */
export const languageClasses: readonly BinaryClass[] = [
  {
    ...{ id: 'python', name: 'python', cpes: pythonCpes, rules: pythonRules },
    files: [/^python(?:\d(?:\.\d{1,2})?)?[a-z]{0,3}$/, /^libpython\d\.\d{1,2}[a-z]{0,3}\.so/],
  },
  {
    ...{ id: 'pypy', name: 'pypy', cpes: ['pypy:pypy'], files: [/^pypy\d?(?:\.\d{1,2})?(?:-c)?$/, /^libpypy.*\.so/] },
    rules: [near('[PyPy ', /\[PyPy (?<version>\d{1,2}\.\d{1,2}\.\d{1,2})/)],
  },
  {
    ...{ id: 'node', name: 'node', cpes: ['nodejs:node.js'], files: ['node', 'nodejs', /^libnode\.so/] },
    rules: [
      near('node.js/v', /node\.js\/v(?<version>\d{1,3}\.\d{1,3}\.\d{1,3})/),
      near('node v', /\0node v(?<version>\d\.\d{1,3}\.\d{1,3})\0/),
      near('libnode.so', /\0(?<library>libnode\.so\.\d{1,4})\0/),
      anywhere(/\0v(?<version>[0456]\.\d{1,3}\.\d{1,3})\0/, 'node.js'),
    ],
  },
  {
    ...{ id: 'ruby', name: 'ruby', cpes: ['ruby-lang:ruby'], files: [/^ruby\d?(?:\.\d)?$/, /^libruby.*\.so/] },
    rules: [ruby, near('libruby', /\0(?<library>libruby[\w.-]{0,30}\.so[.\d]{0,10})\0/)],
  },
  {
    ...{ id: 'perl', name: 'perl', cpes: ['perl:perl'], files: ['perl', /^perl5\.\d{1,2}\.\d{1,2}$/, /^libperl\.so/] },
    rules: [
      near('PERL_INTERNAL_RAND_SEED', /\0v(?<version>5\.\d{1,2}\.\d{1,2})\0/),
      near('perl5/5.', /\/perl5\/(?<version>5\.\d{1,2}\.\d{1,2})/),
      near('perl5/site_perl/5.', /\/site_perl\/(?<version>5\.\d{1,2}\.\d{1,2})/),
      near('perl/5.', /\/perl\/(?<version>5\.\d{1,2}\.\d{1,2})/),
    ],
  },
  {
    ...{ id: 'php', name: 'php', cpes: ['php:php'] },
    files: [/^php(?:-fpm|-cgi|-cli|dbg)?(?:\d(?:\.\d)?)?$/, /^libphp[\d.]{0,3}\.so/],
    rules: [
      near('X-Powered-By: PHP/', /X-Powered-By: PHP\/(?<version>\d\.\d{1,2}\.\d{1,2}(?:(?:alpha|beta|RC)\d{1,2})?)/),
    ],
  },
  {
    ...{ id: 'composer', name: 'composer', cpes: ['getcomposer:composer'], text: true },
    files: ['composer', 'composer.phar'],
    rules: [
      near(
        "'composer/composer'",
        /'composer\/composer',\s{0,9}'pretty_version'\s{0,9}=>\s{0,9}'(?<version>\d\.\d{1,2}\.\d{1,2}(?:-?(?:alpha|beta|RC)\d{1,2})?)'/,
      ),
      near('BRANCH_ALIAS_VERSION', /const VERSION = '(?<version>\d\.\d{1,2}\.\d{1,2}(?:-(?:alpha|beta|RC)\d{1,2})?)'/),
    ],
  },
  {
    ...{ id: 'wp-cli', name: 'wp-cli', cpes: ['wp-cli:wp-cli'], files: ['wp', 'wp-cli.phar'], text: true },
    rules: [near('wp-cli/wp-cli ', /wp-cli\/wp-cli (?<version>\d\.\d{1,2}\.\d{1,2})/)],
  },
  {
    ...{ id: 'go', name: 'go', cpes: ['golang:go'], files: ['go'] },
    rules: [anywhere(/go(?<version>1\.\d{1,2}(?:\.\d{1,2}|(?:beta|rc)\d)?)\0/, 'GOROOT')],
  },
  {
    ...{ id: 'go-version-file', name: 'go', cpes: ['golang:go'], files: ['VERSION'], text: true },
    rules: [near('go1.', /^go(?<version>1\.\d{1,2}(?:\.\d{1,2}|(?:beta|rc)\d)?)\r?(?:\n|$)/)],
  },
  {
    ...{ id: 'rust', name: 'rust', cpes: ['rust-lang:rust'] },
    files: [/^libstd-[\da-f]{16}\.(?:so|dylib)$/, /^librustc_driver-[\da-f]{16}\.(?:so|dylib)$/],
    rules: [near('rustc version ', /rustc version (?<version>\d\.\d{1,3}\.\d{1,2}(?:-(?:beta|nightly)(?:\.\d)?)?) \(/)],
  },
  {
    ...{ id: 'erlang', name: 'erlang', cpes: [String.raw`erlang:erlang\/otp`] },
    files: ['erlexec', 'beam.smp', 'beam'],
    rules: [
      ...otp,
      near('Erlang/OTP', /\0(?<version>\d{2}(?:\.\d{1,3}){1,4}(?:-rc\d)?)\0{1,16}Erlang\/OTP/),
      near('Erlang/OTP', /Erlang\/OTP[^\0]{1,150}\0{1,8}(?<version>\d{2}(?:\.\d{1,3}){1,4}(?:-rc\d)?)\0/),
    ],
  },
  {
    ...{ id: 'elixir', name: 'elixir', cpes: ['elixir-lang:elixir'], files: ['elixir'], text: true },
    rules: [near('ELIXIR_VERSION=', /ELIXIR_VERSION=(?<version>\d\.\d{1,2}\.\d{1,2}(?:-[a-z\d]{1,8}(?:\.\d{1,2})?)?)/)],
  },
  {
    ...{
      id: 'lua',
      name: 'lua',
      cpes: ['lua:lua'],
      files: [/^luac?\d?(?:\.\d)?$/, /^liblua-?[\d.]{0,3}(?:-c\+\+)?\.so/],
    },
    rules: [
      near('$Lua', /\$Lua(?:Version)?: Lua (?<version>5\.\d\.\d{1,2}) /),
      near('Lua 5.', /Lua (?<version>5\.\d\.\d{1,2}) {1,2}Copyright/),
    ],
  },
  {
    ...{ id: 'luajit', name: 'luajit', cpes: ['luajit:luajit'], files: [/^luajit/, /^libluajit/] },
    rules: [near('LuaJIT 2.', /LuaJIT (?<version>2\.\d\.[\w.-]{1,20}?)(?: --|\0)/)],
  },
  {
    ...{ id: 'dart', name: 'dart', cpes: ['dart:dart_software_development_kit'], files: ['dart', 'dartaotruntime'] },
    rules: [
      near(' (stable)', /\0(?<version>\d\.\d{1,2}\.\d{1,2}) \(stable\)/),
      near(' (beta)', /\0(?<version>\d\.\d{1,2}\.\d{1,2}-\d{1,4}(?:\.\d{1,3})?\.beta) \(beta\)/),
    ],
  },
  {
    ...{ id: 'deno', name: 'deno', cpes: ['deno:deno'], files: ['deno', 'denort'] },
    rules: [
      near('Deno/', new RegExp(`Deno/${deno}(?:Deno/|cli/)`)),
      near('Deno/', new RegExp(`Deno/${deno}`)),
      near('deno-', new RegExp(String.raw`deno-(?:canary/)?[\da-f]{40}(?:release/v)?${deno}`)),
      near('DENO_', new RegExp(String.raw`${deno}[\da-f]{40}DENO_`)),
    ],
  },
  {
    ...{ id: 'bun', name: 'bun', cpes: ['oven-sh:bun'], files: ['bun', 'bunx'] },
    rules: [
      near('bun v', /\bbun v(?<version>\d\.\d{1,2}\.\d{1,2})/),
      near('Bun v', /\bBun v(?<version>\d\.\d{1,2}\.\d{1,2})/),
      near('bun-v', /\bbun-v(?<version>\d\.\d{1,2}\.\d{1,2})/),
      near('Bun/', /\bBun\/(?<version>\d\.\d{1,2}\.\d{1,2})/),
      near('bun 1.', /\bbun (?<version>\d\.\d{1,2}\.\d{1,2})/),
    ],
  },
  {
    ...{ id: 'julia', name: 'julia', cpes: ['julialang:julia'], files: [/^libjulia(?:-internal)?\.so/] },
    rules: [
      near('julia version', new RegExp(`${julia}julia version`)),
      anywhere(new RegExp(String.raw`${julia}branch\0`)),
      near('__init__', new RegExp(String.raw`\0__init__${julia}verify_methods`)),
      near('verify_methods', new RegExp(String.raw`\0verify_methods\0[^\0]{0,40}${julia}BigInt`)),
    ],
  },
  {
    ...{ id: 'ghc', namespace: 'haskell', name: 'ghc', cpes: ['haskell:ghc'], files: [/^ghc(?:-\d[\d.]*)?$/] },
    rules: [
      near('GHC ', new RegExp(String.raw`\0GHC ${haskell}\0`)),
      near('libHSghc-', new RegExp(String.raw`\0libHSghc-${haskell}-`)),
    ],
  },
  {
    ...{ id: 'cabal', namespace: 'haskell', name: 'cabal', cpes: ['haskell:cabal'], files: ['cabal'] },
    rules: [
      near('cabal-install-', new RegExp(`cabal-install-${haskell}-`)),
      near('Cabal-', new RegExp(String.raw`\0Cabal-${haskell}-`)),
    ],
  },
  {
    ...{ id: 'stack', namespace: 'haskell', name: 'stack', cpes: ['haskell:stack'], files: ['stack'] },
    rules: [near('Version', new RegExp(String.raw`Version\s{1,3}${haskell}, Git`))],
  },
  {
    ...{ id: 'swipl', name: 'swipl', cpes: ['swi-prolog:swi-prolog'], files: ['swipl', /^libswipl\.so/] },
    rules: [near('swipl-', /swipl-(?<version>\d{1,2}\.\d{1,2}\.\d{1,2})\//)],
  },
  {
    ...{ id: 'gcc', name: 'gcc', cpes: ['gnu:gcc'], files: ['gcc'] },
    rules: [near('GCC: (GNU)', /GCC: \(GNU\) (?<version>\d{1,2}\.\d{1,2}\.\d{1,2})/)],
  },
];
