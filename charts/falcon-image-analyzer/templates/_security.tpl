{{- /* A map (first of the list) with another's keys laid over it (second): each replaces the whole key, null removes it. */}}
{{- define "falcon-image-analyzer.laidOver" -}}
{{- $result := first . }}
{{- range $key, $value := last . }}
  {{- if kindIs "invalid" $value }}
    {{- $_ := unset $result $key }}
  {{- else }}
    {{- $_ := set $result $key $value }}
  {{- end }}
{{- end }}
{{- toYaml $result }}
{{- end }}

{{- /*
The watcher needs no rights on its node. The socket belongs to root, and as its owner root may open it without any
capability, also where it is mounted read-only. The same is true of a node's azure.json.
*/}}
{{- define "falcon-image-analyzer.podSecurityContext" -}}
{{- $context := dict "seccompProfile" (dict "type" "RuntimeDefault") }}
{{- if or .Values.daemonset.enabled (.Values.azure).enabled }}
  {{- $_ := set $context "runAsUser" 0 }}
  {{- $_ := set $context "runAsGroup" 0 }}
{{- else }}
  {{- $_ := set $context "runAsUser" 65532 }}
  {{- $_ := set $context "runAsGroup" 65532 }}
  {{- /* Makes the volumes writable for the agent. */}}
  {{- $_ := set $context "fsGroup" 65532 }}
  {{- /* The kubelet refuses to start root where this is true: whoever asks for root by its number need not say it twice. */}}
  {{- $asked := list (.Values.podSecurityContext | default dict | deepCopy) .Values.securityContext | include "falcon-image-analyzer.laidOver" | fromYaml }}
  {{- if ne (toString $asked.runAsUser) "0" }}
    {{- $_ := set $context "runAsNonRoot" true }}
  {{- end }}
{{- end }}
{{- include "falcon-image-analyzer.laidOver" (list $context .Values.podSecurityContext) }}
{{- end }}

{{- define "falcon-image-analyzer.securityContext" -}}
{{- $context := dict "privileged" false "readOnlyRootFilesystem" true }}
{{- /* The API server refuses a privileged container that may not gain privileges. */}}
{{- if not (.Values.securityContext).privileged }}
  {{- $_ := set $context "allowPrivilegeEscalation" false }}
  {{- $_ := set $context "capabilities" (dict "drop" (list "ALL")) }}
{{- end }}
{{- include "falcon-image-analyzer.laidOver" (list $context .Values.securityContext) }}
{{- end }}
