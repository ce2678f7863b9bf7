{{- define "falcon-image-analyzer.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "falcon-image-analyzer.fullname" -}}
{{- $name := include "falcon-image-analyzer.name" . }}
{{- $default := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) }}
{{- .Values.fullnameOverride | default $default | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "falcon-image-analyzer.namespace" -}}
{{- .Values.namespaceOverride | default .Release.Namespace }}
{{- end }}

{{- define "falcon-image-analyzer.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (include "falcon-image-analyzer.fullname" .) }}
{{- end }}

{{- define "falcon-image-analyzer.pullSecretName" -}}
{{- include "falcon-image-analyzer.fullname" . | printf "%s-pull-secret" }}
{{- end }}

{{- /* A workload's selector can never change: nothing that may differ between two versions of the chart belongs here. */}}
{{- define "falcon-image-analyzer.selectorLabels" -}}
app: falcon-image-analyzer
app.kubernetes.io/name: {{ include "falcon-image-analyzer.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "falcon-image-analyzer.labels" -}}
{{ include "falcon-image-analyzer.selectorLabels" . }}
app.kubernetes.io/component: iar
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
{{- end }}

{{- define "falcon-image-analyzer.metadata" -}}
name: {{ include "falcon-image-analyzer.fullname" . }}
namespace: {{ include "falcon-image-analyzer.namespace" . }}
labels:
  {{- include "falcon-image-analyzer.labels" . | nindent 2 }}
{{- end }}

{{- define "falcon-image-analyzer.runMode" -}}
{{- .Values.daemonset.enabled | ternary "socket" "watcher" }}
{{- end }}

{{- define "falcon-image-analyzer.image" -}}
{{- with .Values.image }}
{{- if .digest }}{{ printf "%s@%s" .repository .digest }}{{ else }}{{ printf "%s:%s" .repository .tag }}{{ end }}
{{- end }}
{{- end }}

{{- /* The path on the node, without the scheme. */}}
{{- define "falcon-image-analyzer.runtimeSocketPath" -}}
{{- $config := .Values.crowdstrikeConfig }}
{{- $usual := dict "docker" "/run/docker.sock" "containerd" "/run/containerd/containerd.sock" "crio" "/run/crio/crio.sock" "podman" "/run/podman/podman.sock" }}
{{- $config.agentRuntimeSocket | default (get $usual $config.agentRuntime) | trimPrefix "unix://" }}
{{- end }}

{{- define "falcon-image-analyzer.cid" -}}
{{- .Values.crowdstrikeConfig.cid | default (.Values.global.falcon).cid | default "" }}
{{- end }}

{{- /* The Secret of the user's own that holds what the values do not. */}}
{{- define "falcon-image-analyzer.existingSecret" -}}
{{- $shared := .Values.global.falconSecret | default dict }}
{{- .Values.crowdstrikeConfig.existingSecret | default (and $shared.enabled $shared.secretName) | default "" }}
{{- end }}

{{- /* JSON of what the chart keeps in its own Secret, by environment name. */}}
{{- define "falcon-image-analyzer.secretData" -}}
{{- $data := dict }}
{{- with .Values.crowdstrikeConfig }}
  {{- if and .clientID .clientSecret }}
    {{- $_ := set $data "AGENT_CLIENT_ID" (b64enc .clientID) }}
    {{- $_ := set $data "AGENT_CLIENT_SECRET" (b64enc .clientSecret) }}
  {{- end }}
{{- end }}
{{- with include "falcon-image-analyzer.cid" . }}
  {{- $_ := set $data "AGENT_CID" (b64enc .) }}
{{- end }}
{{- range $name, $value := .Values.proxyConfig }}
  {{- if contains "@" ($value | default "") }}
    {{- $_ := set $data $name (b64enc $value) }}
  {{- end }}
{{- end }}
{{- toJson $data }}
{{- end }}

{{- /* Base64 of the Docker config.json that the chart makes a pull secret of; empty where it makes none. */}}
{{- define "falcon-image-analyzer.registryConfig" -}}
{{- $config := .Values.crowdstrikeConfig }}
{{- if $config.dockerAPIToken }}
  {{- $host := "registry.crowdstrike.com" }}
  {{- if has $config.agentRegion (list "us-gov-1" "gov-1" "gov1") }}
    {{- $host = "registry.laggar.gcw.crowdstrike.com" }}
  {{- else if has $config.agentRegion (list "us-gov-2" "gov-2" "gov2") }}
    {{- $host = "registry.us-gov-2.crowdstrike.mil" }}
  {{- end }}
  {{- $username := include "falcon-image-analyzer.cid" . | lower | splitList "-" | first | printf "fc-%s" }}
  {{- $auth := printf "%s:%s" $username $config.dockerAPIToken | b64enc }}
  {{- dict "auths" (dict $host (dict "username" $username "password" $config.dockerAPIToken "auth" $auth)) | toJson | b64enc }}
{{- else }}
  {{- .Values.image.registryConfigJSON | default (.Values.global.containerRegistry).configJSON | default "" }}
{{- end }}
{{- end }}

{{- /* JSON of the mount that serves as scratch space: the one at /tmp, whatever its volume is called, else tmp-volume's. */}}
{{- define "falcon-image-analyzer.scratchMount" -}}
{{- $scratch := dict }}
{{- range .Values.volumeMounts }}
  {{- if eq .name "tmp-volume" }}{{ $scratch = . }}{{ end }}
{{- end }}
{{- range .Values.volumeMounts }}
  {{- if eq (clean .mountPath) "/tmp" }}{{ $scratch = . }}{{ end }}
{{- end }}
{{- toJson $scratch }}
{{- end }}

{{- define "falcon-image-analyzer.scratchSize" -}}
{{- $mount := include "falcon-image-analyzer.scratchMount" . | fromJson }}
{{- $size := .Values.iar.scratchSize }}
{{- range .Values.volumes }}
  {{- if and (not $size) (eq .name ($mount.name | default "")) }}
    {{- $claimed := (((((.ephemeral).volumeClaimTemplate).spec).resources).requests).storage }}
    {{- $size = (.emptyDir).sizeLimit | default $claimed }}
  {{- end }}
{{- end }}
{{- if kindIs "float64" $size }}{{ $size = int64 $size }}{{ end }}
{{- $size | default "20Gi" }}
{{- end }}

{{- /* JSON of the Secrets named in privateRegistries.credentials, by namespace; those that are malformed under "". */}}
{{- define "falcon-image-analyzer.namedPullSecrets" -}}
{{- $byNamespace := dict }}
{{- range regexSplit "\\s*,\\s*" (.Values.privateRegistries.credentials | default "" | trim) -1 | compact }}
  {{- $namespace := "" }}
  {{- $secret := . }}
  {{- if regexMatch "^[a-z0-9]([a-z0-9-]*[a-z0-9])?:[a-z0-9]([a-z0-9.-]*[a-z0-9])?$" . }}
    {{- $namespace = splitList ":" . | first }}
    {{- $secret = splitList ":" . | last }}
  {{- end }}
  {{- $_ := set $byNamespace $namespace (append (get $byNamespace $namespace | default list) $secret | uniq) }}
{{- end }}
{{- toJson $byNamespace }}
{{- end }}
