{{- /* The pod of both kinds of workload, from its metadata on. */}}
{{- define "falcon-image-analyzer.pod" -}}
metadata:
  labels:
    {{- $labels := include "falcon-image-analyzer.selectorLabels" . | fromYaml }}
    {{- $_ := set $labels "app.kubernetes.io/component" "iar" }}
    {{- merge $labels (.Values.podLabels | default dict) | toYaml | nindent 4 }}
  annotations:
    {{- /* The Falcon sensor's admission controller leaves the agent's pods alone. */}}
    {{- $annotations := dict "sensor.falcon-system.crowdstrike.com/injection" "disabled" }}
    {{- range $name, $value := .Values.podAnnotations }}
      {{- $_ := set $annotations $name $value }}
    {{- end }}
    {{- /* A change of what the environment is made of starts new pods. */}}
    {{- range $name := list "config" "secret" }}
      {{- $template := dict "config" "configmap.yaml" "secret" "secret.yaml" }}
      {{- $content := include (printf "%s/%s" $.Template.BasePath (get $template $name)) $ }}
      {{- $_ := set $annotations (printf "checksum/%s" $name) (sha256sum $content) }}
    {{- end }}
    {{- toYaml $annotations | nindent 4 }}
spec:
  {{- $pullSecret := .Values.image.pullSecret | default (.Values.global.containerRegistry).pullSecret }}
  {{- $ownPullSecret := include "falcon-image-analyzer.registryConfig" . }}
  {{- if or $pullSecret $ownPullSecret }}
  imagePullSecrets:
    {{- if $ownPullSecret }}
    - name: {{ include "falcon-image-analyzer.pullSecretName" . }}
    {{- end }}
    {{- with $pullSecret }}
    - name: {{ . | quote }}
    {{- end }}
  {{- end }}
  serviceAccountName: {{ include "falcon-image-analyzer.serviceAccountName" . }}
  automountServiceAccountToken: true
  {{- /* Else a Service called iar-something would put variables among the agent's own. */}}
  enableServiceLinks: false
  securityContext:
    {{- include "falcon-image-analyzer.podSecurityContext" . | nindent 4 }}
  terminationGracePeriodSeconds: {{ int .Values.iar.terminationGracePeriodSeconds }}
  containers:
    - name: {{ .Chart.Name }}
      {{- include "falcon-image-analyzer.container" . | nindent 6 }}
  volumes:
    {{- include "falcon-image-analyzer.volumes" . | trim | nindent 4 }}
  {{- if .Values.hostNetwork }}
  hostNetwork: true
  {{- end }}
  {{- with .Values.dnsPolicy | default (.Values.hostNetwork | ternary "ClusterFirstWithHostNet" "") }}
  dnsPolicy: {{ . }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . | quote }}
  {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{- define "falcon-image-analyzer.container" -}}
image: {{ include "falcon-image-analyzer.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
args: ["-runmode", {{ include "falcon-image-analyzer.runMode" . | quote }}]
securityContext:
  {{- include "falcon-image-analyzer.securityContext" . | nindent 2 }}
ports:
  - name: http
    containerPort: {{ int .Values.iar.httpPort }}
    protocol: TCP
livenessProbe:
  httpGet:
    path: /healthz
    port: http
  initialDelaySeconds: 10
  periodSeconds: 20
  timeoutSeconds: 5
readinessProbe:
  httpGet:
    path: /readyz
    port: http
  timeoutSeconds: 5
envFrom:
  - configMapRef:
      name: {{ include "falcon-image-analyzer.fullname" . }}
  {{- if include "falcon-image-analyzer.secretData" . | fromJson }}
  - secretRef:
      name: {{ include "falcon-image-analyzer.fullname" . }}
  {{- end }}
  {{- with include "falcon-image-analyzer.existingSecret" . }}
  - secretRef:
      name: {{ . | quote }}
  {{- end }}
env:
  - name: __CS_KAC_NAMESPACE
    value: {{ .Values.kac.namespace | default "falcon-kac" | quote }}
  {{- range $name, $path := dict "POD_NODE_NAME" "spec.nodeName" "POD_NAME" "metadata.name" "POD_NAMESPACE" "metadata.namespace" "POD_IP" "status.podIP" "POD_NODE_IP" "status.hostIP" }}
  - name: {{ $name }}
    valueFrom:
      fieldRef:
        fieldPath: {{ $path }}
  {{- end }}
  {{- if .Values.iar.caBundle.configMap }}
  - name: NODE_EXTRA_CA_CERTS
    value: /etc/falcon-iar/ca-bundle/ca.crt
  {{- end }}
  {{- with .Values.iar.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
volumeMounts:
  {{- include "falcon-image-analyzer.volumeMounts" . | trim | nindent 2 }}
{{- with .Values.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
