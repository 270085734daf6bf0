{{- define "servelens.labels" -}}
app.kubernetes.io/name: servelens
app.kubernetes.io/part-of: servelens
app.kubernetes.io/version: {{ .Chart.AppVersion }}
{{- end }}
{{- define "servelens.metadata" -}}
metadata:
  name: servelens
  namespace: {{ .Release.Namespace }}
  labels:
    {{- include "servelens.labels" . | nindent 4 }}
{{- end }}
