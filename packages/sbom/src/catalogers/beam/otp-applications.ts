/** Applications that come with Erlang/OTP and with Elixir; all others come from Hex, or from the image's own project. */
export const otpApplications: ReadonlySet<string> = new Set([
  ...['asn1', 'common_test', 'compiler', 'crypto', 'debugger', 'dialyzer', 'diameter', 'edoc', 'eldap', 'erl_docgen'],
  ...['erl_interface', 'erts', 'et', 'eunit', 'ftp', 'hipe', 'inets', 'jinterface', 'kernel', 'megaco', 'mnesia'],
  ...['observer', 'odbc', 'os_mon', 'otp_mibs', 'parsetools', 'percept', 'public_key', 'reltool', 'runtime_tools'],
  ...['sasl', 'snmp', 'ssh', 'ssl', 'stdlib', 'syntax_tools', 'tftp', 'tools', 'wx', 'xmerl'],
  // Gone from newer versions.
  ...['cosEvent', 'cosEventDomain', 'cosFileTransfer', 'cosNotification', 'cosProperty', 'cosTime', 'cosTransactions'],
  ...['gs', 'ic', 'orber', 'ose', 'test_server', 'typer', 'webtool'],
  ...['eex', 'elixir', 'ex_unit', 'iex', 'logger', 'mix'],
]);
