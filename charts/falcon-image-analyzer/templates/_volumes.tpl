{{- define "falcon-image-analyzer.volumes" -}}
{{- with .Values.volumes }}
{{ toYaml . }}
{{- end }}
{{- with .Values.iar.stateVolume }}
{{- if .enabled }}
- name: iar-state
  {{- if .existingClaim }}
  persistentVolumeClaim:
    claimName: {{ .existingClaim | quote }}
  {{- else if .hostPath }}
  hostPath:
    path: {{ .hostPath | quote }}
    type: DirectoryOrCreate
  {{- else if .sizeLimit }}
  emptyDir:
    sizeLimit: {{ .sizeLimit | quote }}
  {{- else }}
  emptyDir: {}
  {{- end }}
{{- end }}
{{- end }}
{{- with .Values.iar.caBundle }}
{{- if .configMap }}
- name: iar-ca-bundle
  configMap:
    name: {{ .configMap | quote }}
    items:
      - key: {{ .key | default "ca.crt" | quote }}
        path: ca.crt
{{- end }}
{{- end }}
{{- if (.Values.azure).enabled }}
- name: azure-config
  hostPath:
    path: {{ .Values.azure.azureConfig | default "/etc/kubernetes/azure.json" | quote }}
    type: File
{{- end }}
{{- with include "falcon-image-analyzer.mountedSocket" . }}
- name: iar-runtime-socket
  hostPath:
    path: {{ . | quote }}
    type: Socket
{{- end }}
{{- end }}

{{- define "falcon-image-analyzer.volumeMounts" -}}
{{- with .Values.volumeMounts }}
{{ toYaml . }}
{{- end }}
{{- if .Values.iar.stateVolume.enabled }}
- name: iar-state
  mountPath: /var/lib/falcon-iar
{{- end }}
{{- if .Values.iar.caBundle.configMap }}
- name: iar-ca-bundle
  mountPath: /etc/falcon-iar/ca-bundle
  readOnly: true
{{- end }}
{{- if (.Values.azure).enabled }}
- name: azure-config
  mountPath: /etc/kubernetes/azure.json
  readOnly: true
{{- end }}
{{- with include "falcon-image-analyzer.mountedSocket" . }}
- name: iar-runtime-socket
  mountPath: {{ . | quote }}
  readOnly: true
{{- end }}
{{- end }}

{{- /*
The runtime's socket, unless there is none to mount or the values mount it or a directory above it themselves. Only what
is the node's can hold it: scratch space at /tmp does not hide a socket below /tmp.
*/}}
{{- define "falcon-image-analyzer.mountedSocket" -}}
{{- if .Values.daemonset.enabled }}
  {{- $socket := include "falcon-image-analyzer.runtimeSocketPath" . }}
  {{- $fromNode := list }}
  {{- range .Values.volumes }}
    {{- if .hostPath }}{{ $fromNode = append $fromNode .name }}{{ end }}
  {{- end }}
  {{- $mounted := false }}
  {{- range .Values.volumeMounts }}
    {{- if and (has .name $fromNode) (hasPrefix (clean .mountPath | printf "%s/") (printf "%s/" $socket)) }}{{ $mounted = true }}{{ end }}
  {{- end }}
  {{- if not $mounted }}{{ $socket }}{{ end }}
{{- end }}
{{- end }}
