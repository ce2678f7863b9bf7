import { anywhere, type BinaryClass, near } from '../binary-class.ts';

const nginxCpes = ['f5:nginx', 'nginx:nginx'];
const openssh = near('OpenSSH_', /OpenSSH_(?<version>\d{1,2}\.\d{1,2}(?:\.\d)?p\d)/);

/** Web, mail, name and file servers, proxies and what else listens. */
export const serverClasses: readonly BinaryClass[] = [
  {
    ...{ id: 'nginx', name: 'nginx', cpes: nginxCpes, files: ['nginx', 'nginx-debug', 'openresty'] },
    rules: [near('nginx version: ', /nginx version: [^/\0]{1,40}\/(?<version>\d\.\d{1,3}\.\d{1,3})/)],
  },
  {
    ...{ id: 'openresty', name: 'openresty', cpes: ['openresty:openresty'], files: ['nginx', 'openresty'] },
    rules: [near('nginx version: ', /nginx version: openresty\/(?<version>\d(?:\.\d{1,3}){3})/)],
  },
  {
    ...{ id: 'httpd', name: 'httpd', cpes: ['apache:http_server'], files: ['httpd', 'apache2', 'httpd.worker'] },
    rules: [near('Apache/', /Apache\/(?<version>\d\.\d{1,2}\.\d{1,3})/)],
  },
  {
    ...{ id: 'haproxy', name: 'haproxy', cpes: ['haproxy:haproxy'], files: ['haproxy'] },
    rules: [
      near(', released 20', /version (?<version>\d\.\d{1,2}(?:\.|-dev|-rc)\d{1,3})[\w.+~-]{0,40}, released 20/),
      near('HA-Proxy version', /HA-Proxy version (?<version>\d\.\d{1,2}(?:\.|-dev)\d{1,3})/),
      near(
        'HAProxy version',
        /(?<version>\d\.\d{1,2}(?:\.|-dev)\d{1,3})-[\da-zA-Z]{7}[^\0]{0,9}\0[\s\S]{0,200}HAProxy version/,
      ),
    ],
  },
  {
    ...{ id: 'lighttpd', name: 'lighttpd', cpes: ['lighttpd:lighttpd'], files: ['lighttpd'] },
    rules: [near('lighttpd/', /\0lighttpd\/(?<version>\d\.\d{1,2}\.\d{1,3})[\0 ]/)],
  },
  {
    ...{ id: 'envoy', name: 'envoy', cpes: ['envoyproxy:envoy'], files: ['envoy'] },
    rules: [
      near('envoy_reloadable_features', /\0(?<version>1\.\d{1,2}\.\d{1,2}(?:-dev)?)\0[\s\S]{0,450}envoy_reload/),
      near('envoy.reloadable_features', /\0(?<version>1\.\d{1,2}\.\d{1,2}(?:-dev)?)\0[\s\S]{0,200}envoy\.reload/),
      near('envoy_quic', /envoy_quic[\s\S]{0,400}\0(?<version>1\.\d{1,2}\.\d{1,2}(?:-dev)?)\0/),
      near('ValidationError', /\0(?<version>1\.\d{1,2}\.\d{1,2}(?:-dev)?)\0[\s\S]{0,450}ValidationError/),
      near('RELEASE', /\0(?<version>1\.\d{1,2}\.\d{1,2}(?:-dev)?)\0[\s\S]{0,20}RELEASE/),
      anywhere(/\0(?<version>1\.[1-9]\d\.\d{1,2}(?:-dev)?)\0/, 'envoy.'),
    ],
  },
  {
    ...{ id: 'varnish', name: 'varnish', cpes: ['varnish-cache:varnish_cache'], files: ['varnishd'] },
    rules: [near('varnish-', /varnish-(?<version>\d{1,2}\.\d{1,2}\.\d{1,2}) revision/)],
  },
  {
    ...{ id: 'squid', name: 'squid', cpes: ['squid-cache:squid'], files: ['squid'] },
    rules: [near('squid/', /\0squid\/(?<version>\d\.[\d.]{1,8})\0/)],
  },
  {
    ...{ id: 'proftpd', name: 'proftpd', cpes: ['proftpd:proftpd'], files: ['proftpd'] },
    rules: [near('ProFTPD Version ', /\0ProFTPD Version (?<version>\d\.\d\.\d{1,2}[a-z]?)\0/)],
  },
  {
    ...{ id: 'vsftpd', name: 'vsftpd', cpes: ['vsftpd_project:vsftpd'], files: ['vsftpd'] },
    rules: [near('(vsFTPd ', /\(vsFTPd (?<version>\d\.\d{1,2}\.\d{1,2})\)/)],
  },
  {
    ...{ id: 'openssh', name: 'openssh', cpes: ['openbsd:openssh'] },
    ...{ files: ['ssh', 'sshd', 'sshd-session'], rules: [openssh] },
  },
  {
    ...{ id: 'dropbear', name: 'dropbear', cpes: ['dropbear_ssh_project:dropbear_ssh'] },
    files: ['dropbear', 'dropbearmulti', 'dbclient'],
    rules: [near('dropbear_', /SSH-2\.0-dropbear_(?<version>\d{4}\.\d{2}|0\.\d{1,2})/)],
  },
  {
    ...{ id: 'dnsmasq', name: 'dnsmasq', cpes: ['thekelleys:dnsmasq'], files: ['dnsmasq'] },
    rules: [near('dnsmasq-', /\0dnsmasq-(?<version>\d\.\d{1,3}(?:(?:test|rc)\d{1,2})?)[\0-]/)],
  },
  {
    ...{ id: 'bind', name: 'bind', cpes: ['isc:bind'], files: ['named'] },
    rules: [
      near('libisc-9.', /\0libisc-(?<version>9\.\d{1,2}\.\d{1,3})[\w.~-]{0,40}\.so\0/),
      near('BIND 9.', /BIND (?<version>9\.\d{1,2}\.\d{1,3})/),
    ],
  },
  {
    ...{ id: 'unbound', name: 'unbound', cpes: ['nlnetlabs:unbound'], files: ['unbound', 'unbound-checkconf'] },
    rules: [near('unbound 1.', /\0unbound (?<version>\d\.\d{1,2}\.\d{1,2})\0/)],
  },
  {
    ...{ id: 'mosquitto', name: 'mosquitto', cpes: ['eclipse:mosquitto'], files: ['mosquitto'] },
    rules: [near('mosquitto version ', /\0(?<version>\d\.\d{1,2}\.\d{1,2})\0[\s\S]{0,300}mosquitto version /)],
  },
  {
    ...{ id: 'stunnel', name: 'stunnel', cpes: ['stunnel:stunnel'], files: ['stunnel', /^stunnel\d$/] },
    rules: [near('stunnel/', /Server: stunnel\/(?<version>\d\.\d{1,2})/)],
  },
  {
    ...{ id: 'coturn', name: 'coturn', cpes: ['coturn_project:coturn'], files: ['turnserver'] },
    rules: [near('Coturn-', /Coturn-(?<version>\d\.\d{1,2}\.\d{1,2}(?:\.\d{1,2})?)/)],
  },
  {
    ...{ id: 'exim', name: 'exim', cpes: ['exim:exim'], files: ['exim', 'exim4', /^exim-4/] },
    rules: [near('<<eximcnumber>>', /<<eximcnumber>>\0(?<version>4\.\d{2,3}(?:\.\d{1,2})?)\0/)],
  },
  {
    ...{ id: 'postfix', name: 'postfix', cpes: ['postfix:postfix'], files: ['postconf', 'postqueue', 'postmap'] },
    rules: [near('mail_version=', /mail_version=(?<version>\d\.\d{1,2}(?:\.\d{1,2}|-RC\d|-\d{8})?)\0/)],
  },
  {
    ...{ id: 'keepalived', name: 'keepalived', cpes: ['keepalived:keepalived'], files: ['keepalived'] },
    rules: [near('Keepalived v', /Keepalived v(?<version>\d\.\d{1,2}\.\d{1,2}) \(/)],
  },
];
