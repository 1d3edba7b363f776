{{- define "broker.name" -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end }}

{{- define "broker.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "broker.labels" -}}
{{ include "broker.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
{{- end }}

{{- define "broker.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- define "broker.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{ .Values.serviceAccount.name | default (include "broker.name" .) }}
{{- else -}}
{{ .Values.serviceAccount.name | default "default" }}
{{- end -}}
{{- end }}

{{/* The issuer comes before the first table, as TOML wants it. */}}
{{- define "broker.configuration" -}}
issuer = {{ required "issuer: give the address that portals and citizens see, for example https://id.example.vn" .Values.issuer | toJson }}

{{ .Values.config | trim }}
{{- end }}

{{- define "broker.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "broker.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
privileged: false
capabilities: {drop: [ALL]}
{{- end }}

{{/* Settings that belong to the chart; they win over the file. */}}
{{- define "broker.environment" -}}
- {name: BROKER_CONFIG, value: /etc/broker/config/broker.toml}
- {name: BROKER__LISTEN__ADDRESS, value: "0.0.0.0:8080"}
- {name: BROKER__ADMIN__ADDRESS, value: {{ printf "0.0.0.0:%d" (int .Values.admin.port) | quote }}}
- {name: BROKER__SECRETS__FILE, value: /etc/broker/keys/keys.toml}
- {name: BROKER__STORES__LASTING_FILE, value: /etc/broker/stores/lasting.url}
- {name: BROKER__STORES__EXPIRING_FILE, value: /etc/broker/stores/expiring.url}
- {name: BROKER__LIMITS__DRAIN_SECS, value: {{ .Values.drainSeconds | quote }}}
- {name: BROKER__LIMITS__SHUTDOWN_SECS, value: {{ .Values.shutdownSeconds | quote }}}
{{- with .Values.trustedProxies }}
- {name: BROKER__PROXY__TRUSTED, value: {{ toJson . | quote }}}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "broker.mounts" -}}
- {name: config, mountPath: /etc/broker/config, readOnly: true}
- {name: keys, mountPath: /etc/broker/keys, readOnly: true}
- {name: stores, mountPath: /etc/broker/stores, readOnly: true}
- {name: secrets, mountPath: /etc/broker/secrets, readOnly: true}
{{- end }}

{{/* Takes the context and the name of the ConfigMap. */}}
{{- define "broker.volumes" -}}
{{- $secrets := .context.Values.secrets -}}
- name: config
  configMap: {name: {{ .config }}}
- name: keys
  secret:
    secretName: {{ required "secrets.keys.name: name the Secret that holds the broker's keys" $secrets.keys.name }}
    defaultMode: 0440
    items: [{key: {{ $secrets.keys.key | quote }}, path: keys.toml}]
- name: stores
  projected:
    defaultMode: 0440
    sources:
      - secret:
          name: {{ required "secrets.lasting.name: name the Secret that holds the address of PostgreSQL" $secrets.lasting.name }}
          items: [{key: {{ $secrets.lasting.key | quote }}, path: lasting.url}]
      - secret:
          name: {{ required "secrets.expiring.name: name the Secret that holds the address of Redis" $secrets.expiring.name }}
          items: [{key: {{ $secrets.expiring.key | quote }}, path: expiring.url}]
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      {{- range $secrets.files }}
      - secret: {name: {{ . }}}
      {{- else }}
      []
      {{- end }}
{{- end }}
