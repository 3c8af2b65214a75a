{{- define "posthorn.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "posthorn.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "posthorn.labels" -}}
{{ include "posthorn.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "posthorn.image" -}}
{{ printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) | quote }}
{{- end }}

{{- define "posthorn.secret" -}}
{{ required "existingSecret is empty: name a Secret with the database's URL and the encryption key (values.yaml shows how to make one)." .Values.existingSecret }}
{{- end }}

{{/* What every process needs, the one that migrates as well. */}}
{{- define "posthorn.env" -}}
- name: DATABASE_URL
  valueFrom: { secretKeyRef: { name: {{ include "posthorn.secret" . }}, key: {{ .Values.secretKeys.databaseUrl }} } }
- name: POSTHORN_ENCRYPTION_KEY
  valueFrom: { secretKeyRef: { name: {{ include "posthorn.secret" . }}, key: {{ .Values.secretKeys.encryptionKey }} } }
{{- end }}

{{- define "posthorn.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "posthorn.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}
