/** Whole modules that no model needs and that run programs, load code or speak to the network. */
const dangerousModules: ReadonlySet<string> = new Set([
  ...['os', 'posix', 'nt', 'subprocess', 'sys', 'socket', 'shutil', 'pty', 'runpy', 'importlib', 'imp', 'pkgutil'],
  ...[
    'commands',
    'ctypes',
    'cffi',
    'code',
    'codeop',
    'pdb',
    'bdb',
    'timeit',
    'cProfile',
    'profile',
    'trace',
    'marshal',
  ],
  ...['webbrowser', 'http', 'httplib', 'urllib', 'urllib2', 'requests', 'aiohttp', 'httpx', 'ssl', 'ftplib', 'smtplib'],
  ...['asyncio', 'multiprocessing', 'threading', 'signal', 'pip', 'venv', 'ensurepip', 'setuptools', 'distutils'],
  ...['platform', 'pydoc', 'tempfile', 'pathlib', 'zipimport', 'types', 'pickle', '_pickle', 'cloudpickle', 'dill'],
]);

/** Single names of modules that models do need. */
const dangerousNames: ReadonlySet<string> = new Set([
  ...['builtins.eval', 'builtins.exec', 'builtins.execfile', 'builtins.compile', 'builtins.__import__'],
  ...['builtins.open', 'builtins.getattr', 'builtins.setattr', 'builtins.delattr', 'builtins.apply', 'builtins.input'],
  ...['builtins.globals', 'builtins.locals', 'builtins.vars', 'builtins.breakpoint'],
  ...['operator.attrgetter', 'operator.methodcaller', 'operator.itemgetter', '_operator.attrgetter'],
  ...['_operator.methodcaller', 'functools.partial', 'functools.reduce', 'torch.hub.load', 'torch.load'],
  ...['torch.serialization.load', 'torch.jit.load', 'torch.utils.cpp_extension.load', 'numpy.load', 'joblib.load'],
  ...[
    'numpy.testing._private.utils.runstring',
    'numpy.f2py.crackfortran.getlincoef',
    'torch._inductor.codecache.compile_file',
  ],
]);

/** Whether loading a pickle with this global (`module.name`) may do more than make values. */
export function isDangerousGlobal(global: string): boolean {
  const name = global.replace(/^__builtin__\./, 'builtins.');
  const [module = ''] = name.split('.', 1);
  return dangerousModules.has(module) || dangerousNames.has(name);
}
