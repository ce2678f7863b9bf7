{{- /*
Fails with everything at once that is wrong with the values and that the schema cannot say, or cannot say well.
*/}}
{{- define "falcon-image-analyzer.validate" -}}
{{- $problems := concat
    (include "falcon-image-analyzer.imageProblems" . | fromJsonArray)
    (include "falcon-image-analyzer.credentialProblems" . | fromJsonArray)
    (include "falcon-image-analyzer.agentProblems" . | fromJsonArray)
    (include "falcon-image-analyzer.unsupported" . | fromJsonArray) }}
{{- if $problems }}
  {{- printf "\n\nThese values of falcon-image-analyzer cannot be used:\n  - %s\n" (join "\n  - " $problems) | fail }}
{{- end }}
{{- end }}

{{- define "falcon-image-analyzer.imageProblems" -}}
{{- $problems := list }}
{{- if not .Values.image.repository }}
  {{- $problems = append $problems "image.repository is required: where you keep the agent's image, such as registry.example/falcon-image-analyzer" }}
{{- end }}
{{- if not (or .Values.image.tag .Values.image.digest) }}
  {{- $problems = append $problems "image.tag is required (or image.digest, sha256:…)" }}
{{- end }}
{{- if .Values.crowdstrikeConfig.dockerAPIToken }}
  {{- if .Values.image.registryConfigJSON }}
    {{- $problems = append $problems "crowdstrikeConfig.dockerAPIToken and image.registryConfigJSON cannot be used together" }}
  {{- end }}
  {{- if not (include "falcon-image-analyzer.cid" .) }}
    {{- $problems = append $problems "crowdstrikeConfig.dockerAPIToken needs crowdstrikeConfig.cid or global.falcon.cid: the user name of the registry is made of it" }}
  {{- end }}
{{- end }}
{{- toJson $problems }}
{{- end }}

{{- define "falcon-image-analyzer.credentialProblems" -}}
{{- $problems := list }}
{{- $config := .Values.crowdstrikeConfig }}
{{- $existing := include "falcon-image-analyzer.existingSecret" . }}
{{- $needed := and (has "falcon" .Values.iar.sinks) (not $existing) }}
{{- if and (.Values.global.falconSecret).enabled (not $existing) }}
  {{- $problems = append $problems "global.falconSecret.secretName is required (global.falconSecret.enabled is true)" }}
{{- end }}
{{- if and $config.clientID (not $config.clientSecret) }}
  {{- $problems = append $problems "crowdstrikeConfig.clientSecret is required (crowdstrikeConfig.clientID is given)" }}
{{- else if and $config.clientSecret (not $config.clientID) }}
  {{- $problems = append $problems "crowdstrikeConfig.clientID is required (crowdstrikeConfig.clientSecret is given)" }}
{{- else if and $needed (not $config.clientID) }}
  {{- $problems = concat $problems (list
    "crowdstrikeConfig.clientID is required (or crowdstrikeConfig.existingSecret)"
    "crowdstrikeConfig.clientSecret is required (or crowdstrikeConfig.existingSecret)") }}
{{- end }}
{{- if and $needed (not (include "falcon-image-analyzer.cid" .)) }}
  {{- $problems = append $problems "crowdstrikeConfig.cid is required (or global.falcon.cid, or crowdstrikeConfig.existingSecret)" }}
{{- end }}
{{- toJson $problems }}
{{- end }}

{{- define "falcon-image-analyzer.agentProblems" -}}
{{- $problems := list }}
{{- with get (include "falcon-image-analyzer.namedPullSecrets" . | fromJson) "" }}
  {{- $problems = append $problems (printf "privateRegistries.credentials: %s is not of the form namespace:secret" (join ", " .)) }}
{{- end }}
{{- with .Values.iar.stateVolume }}
  {{- if and .existingClaim $.Values.daemonset.enabled }}
    {{- $problems = append $problems "iar.stateVolume.existingClaim is for the Deployment: the agents of several nodes cannot share one state. Use iar.stateVolume.hostPath" }}
  {{- end }}
  {{- if and .hostPath $.Values.deployment.enabled }}
    {{- $problems = append $problems "iar.stateVolume.hostPath is for the DaemonSet: the Deployment's pod can come up on another node. Use iar.stateVolume.existingClaim" }}
  {{- end }}
{{- end }}
{{- if ne (empty .Values.iar.falconApiUrl) (empty .Values.iar.falconUploadUrl) }}
  {{- $problems = append $problems "iar.falconApiUrl and iar.falconUploadUrl go together: the other host of the region would belong to another cloud" }}
{{- end }}
{{- $own := list "__CS_KAC_NAMESPACE" "NODE_EXTRA_CA_CERTS" "POD_IP" "POD_NAME" "POD_NAMESPACE" "POD_NODE_IP" "POD_NODE_NAME" }}
{{- $seen := list }}
{{- range .Values.iar.extraEnv }}
  {{- if has .name $own }}
    {{- $problems = append $problems (printf "iar.extraEnv: %s is set by the chart" .name) }}
  {{- else if has .name $seen }}
    {{- $problems = append $problems (printf "iar.extraEnv: %s is there twice" .name) }}
  {{- end }}
  {{- $seen = append $seen .name }}
{{- end }}
{{- toJson $problems }}
{{- end }}

{{- /* What the public chart can do and this one cannot yet. Its no-op settings pass. */}}
{{- define "falcon-image-analyzer.unsupported" -}}
{{- $wanted := list }}
{{- if (.Values.openshift).enabled }}{{ $wanted = append $wanted "openshift.enabled" }}{{ end }}
{{- if (.Values.global.openshift).enabled }}{{ $wanted = append $wanted "global.openshift.enabled" }}{{ end }}
{{- $local := (.Values.secretsStore).enabled }}
{{- if $local }}
  {{- $wanted = append $wanted "secretsStore.enabled" }}
{{- else if and (kindIs "invalid" $local) ((.Values.global.secretsStore).enabled) }}
  {{- $wanted = append $wanted "global.secretsStore.enabled" }}
{{- end }}
{{- range $name := list "enabled" "labelNamespace" }}
  {{- if get ($.Values.testing | default dict) $name }}{{ $wanted = printf "testing.%s" $name | append $wanted }}{{ end }}
{{- end }}
{{- $service := .Values.iarAgentService | default dict }}
{{- range $name, $noOp := dict "httpPort" 8001 "autoCertificateUpdate" true "certExpiration" 3650 "domainName" "" }}
  {{- $value := get $service $name }}
  {{- if and (hasKey $service $name) (not (kindIs "invalid" $value)) (ne (toString $value) (toString $noOp)) }}
    {{- $wanted = printf "iarAgentService.%s" $name | append $wanted }}
  {{- end }}
{{- end }}
{{- $problems := list }}
{{- range $wanted }}
  {{- $problems = printf "%s is not supported yet; leave it as it is in this chart's values.yaml" . | append $problems }}
{{- end }}
{{- toJson $problems }}
{{- end }}
