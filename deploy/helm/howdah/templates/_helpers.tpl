{{- define "howdah.name" -}}
{{- if contains "howdah" .Release.Name }}{{ .Release.Name | trunc 52 | trimSuffix "-" }}{{ else }}{{ printf "%s-howdah" (.Release.Name | trunc 45 | trimSuffix "-") }}{{ end }}
{{- end }}

{{- define "howdah.selector" -}}
app.kubernetes.io/name: howdah
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "howdah.labels" -}}
{{ include "howdah.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "howdah.account" -}}
{{- if .Values.serviceAccount.name }}{{ .Values.serviceAccount.name }}{{ else if .Values.serviceAccount.create }}{{ include "howdah.name" . }}{{ else }}default{{ end }}
{{- end }}

{{- define "howdah.host" -}}
{{- $host := (urlParse .Values.publicUrl).hostname -}}
{{- required "ingress.enabled needs publicUrl, such as https://howdah.example.com" $host -}}
{{- end }}

{{/* What the chart knows, under what the person wrote. Prometheus comes by the pod's address, others in the cluster by the Service's names. */}}
{{- define "howdah.settings" -}}
{{- $name := include "howdah.name" . -}}
{{- $inside := printf "%s.%s" $name .Release.Namespace -}}
{{- $names := list $name $inside (printf "%s.svc" $inside) "${POD_IP}" -}}
{{- $written := default dict .Values.settings.listen -}}
{{- $listen := merge (dict "host" "0.0.0.0" "port" 3000 "names" (concat $names (default list $written.names) | uniq)) (omit $written "host" "port" "names") -}}
{{- $own := dict "data" "/var/lib/howdah" "listen" $listen -}}
{{- if .Values.publicUrl }}{{ $_ := set $own "publicUrl" .Values.publicUrl }}{{ end -}}
{{- merge $own (omit .Values.settings "listen" "data") | toYaml }}
{{- end }}
